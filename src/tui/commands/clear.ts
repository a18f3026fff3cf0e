import type { SlashCommand } from "./command.ts"

export const clear: SlashCommand = {
  name: "clear",
  aliases: ["reset", "new"],
  description: "Start a new, empty session; this one can be resumed",
  run: ({ engine }) => engine.send({ type: "clear" }),
}
