import type { SlashCommand } from "./command.ts"

export const cost: SlashCommand = {
  name: "cost",
  aliases: [],
  description: "Show what this run has cost, and for what",
  run: ({ engine }) => engine.send({ type: "report", report: "cost", id: crypto.randomUUID() }),
}
