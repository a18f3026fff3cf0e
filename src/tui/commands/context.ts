import type { SlashCommand } from "./command.ts"

export const context: SlashCommand = {
  name: "context",
  aliases: [],
  description: "Show what fills the context window",
  run: ({ engine }) => engine.send({ type: "report", report: "context", id: crypto.randomUUID() }),
}
