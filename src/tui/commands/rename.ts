import type { SlashCommand } from "./command.ts"

export const rename: SlashCommand = {
  name: "rename",
  aliases: [],
  description: "Give this session a name",
  argumentHint: "<name>",
  run({ engine, notice }, title) {
    if (title === "") return notice("error", "Say the name too: /rename <name>")
    engine.send({ type: "title", title })
    notice("success", `This session is now called ${title}.`)
  },
}
