import type { SlashCommand } from "./command.ts"

export const exit: SlashCommand = {
  name: "exit",
  aliases: ["quit"],
  description: "Leave ccts",
  run: (context) => context.exit(),
}
