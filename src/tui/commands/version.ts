import type { SlashCommand } from "./command.ts"

export const version: SlashCommand = {
  name: "version",
  aliases: [],
  description: "Show the version",
  run: ({ ports, notice }) => notice("info", `ccts ${ports.version}`),
}
