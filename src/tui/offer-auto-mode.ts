import type { Command } from "../model/command.ts"
import type { Asks } from "./asks.ts"
import { createAutoConfirm } from "./dialogs/auto-mode.ts"
import type { TuiPorts } from "./ports.ts"

const ID = "auto-mode"

/** Auto mode is entered after one plain notice; a no goes on with the cycle of modes behind it. */
export function offerAutoMode(
  { accept }: NonNullable<TuiPorts["autoMode"]>,
  { asks, send, changed }: { readonly asks: Asks; send(command: Command): void; changed(): void },
): void {
  const dialog = createAutoConfirm((yes) => {
    asks.remove(ID)
    if (yes) accept()
    send({ type: "mode", mode: yes ? "auto" : "default" })
    changed()
  })
  asks.offer(ID, dialog)
}
