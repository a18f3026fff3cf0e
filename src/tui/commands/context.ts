import { tokens } from "../format.ts"
import type { SlashCommand } from "./command.ts"

const BAR = 40

export const context: SlashCommand = {
  name: "context",
  aliases: [],
  description: "Show how full the context window is",
  run({ state, notice }) {
    if (state.session === null) return notice("info", "The session has not started yet.")
    const { used, window } = state.session.context
    if (window <= 0)
      return notice("info", `${tokens(used)} tokens in the context; the window of this model is not known.`)
    const share = Math.min(1, used / window)
    const full = Math.round(share * BAR)
    const bar = "█".repeat(full) + "░".repeat(BAR - full)
    notice(
      "info",
      `${bar}\n${tokens(used)} of ${tokens(window)} tokens (${Math.round(100 * share)}%), ${tokens(Math.max(0, window - used))} free`,
    )
  },
}
