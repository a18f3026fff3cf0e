import type { SlashCommand } from "./command.ts"
import { tell } from "./tell.ts"

export const addDir: SlashCommand = {
  name: "add-dir",
  aliases: [],
  description: "Work in one more folder for the rest of this session",
  argumentHint: "<folder>",
  run(context, typed) {
    const { engine, notice, ports, state } = context
    if (typed === "") return notice("error", "Say which folder: /add-dir <folder>")
    const added = ports.findFolder(typed, state.session?.cwd ?? ".").then((folder) => {
      const update = { type: "addDirectories", directories: [folder], destination: "session" } as const
      engine.send({ type: "permissions", updates: [update], added: "slash_command" })
      return `${folder} is one of this session's folders now.`
    })
    tell(context, added, "success")
  },
}
