import type { SlashCommand } from "./command.ts"

export const think: SlashCommand = {
  name: "think",
  aliases: [],
  description: "Let the model think before it answers, or not",
  argumentHint: "[on|off|tokens]",
  run({ engine, notice }, how) {
    const tokens = how === "on" || how === "" ? null : how === "off" ? 0 : Number(how)
    if (tokens !== null && !(Number.isSafeInteger(tokens) && tokens >= 0))
      return notice("error", `/think takes on, off or a number of tokens, not ${how}`)
    engine.send({ type: "thinking", tokens })
    const says = tokens === null ? "as the settings say" : tokens === 0 ? "off" : `up to ${tokens} tokens`
    notice("info", `Thinking: ${says}. Models that always think take it as a hint.`)
  },
}
