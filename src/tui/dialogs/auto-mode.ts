/** Asked once before auto mode is entered. */
import { AUTO_WORDS } from "../../model/auto-mode.ts"
import { createConfirm } from "./confirm.ts"
import type { Dialog } from "./dialog.ts"

export function createAutoConfirm(done: (yes: boolean) => void): Dialog {
  return createConfirm({
    title: "Let a model decide what runs without asking you?",
    text: AUTO_WORDS.join("\n\n"),
    choices: ["No, go on to the next mode", "Yes, use auto mode"],
    pick: (index) => done(index === 1),
    cancel: () => done(false),
  })
}
