import type { SlashCommand } from "./command.ts"

export const usage: SlashCommand = {
  name: "usage",
  aliases: ["stats"],
  description: "Show what this run has used and changed",
  run: ({ engine }) => engine.send({ type: "report", report: "usage", id: crypto.randomUUID() }),
}
