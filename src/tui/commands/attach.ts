import type { SlashCommand } from "./command.ts"

export const attach: SlashCommand = {
  name: "attach",
  aliases: [],
  description: "Go back to the program that was left with ctrl+]",
  run({ attach, notice }) {
    if (!attach()) notice("info", "No program waits on a terminal.")
  },
}
