import type { SlashCommand } from "./command.ts"

export const plan: SlashCommand = {
  name: "plan",
  aliases: [],
  description: "Enter plan mode: read and think, change nothing",
  argumentHint: "[task]",
  run({ engine }, task) {
    engine.send({ type: "mode", mode: "plan" })
    if (task !== "") engine.send({ type: "prompt", content: task, origin: "person" })
  },
}
