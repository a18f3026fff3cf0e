import type { SlashCommand } from "./command.ts"

export const compact: SlashCommand = {
  name: "compact",
  aliases: [],
  description: "Summarise the conversation to make room",
  argumentHint: "[what to keep]",
  run: ({ engine }, hint) => engine.send(hint === "" ? { type: "compact" } : { type: "compact", hint }),
}
