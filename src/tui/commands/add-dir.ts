import type { SlashCommand } from "./command.ts"

export const addDir: SlashCommand = {
  name: "add-dir",
  aliases: [],
  description: "Work in one more folder for the rest of this session",
  argumentHint: "<folder>",
  run({ engine, notice, ports, state, changed }, typed) {
    if (typed === "") return notice("error", "Say which folder: /add-dir <folder>")
    ports.findFolder(typed, state.session?.cwd ?? ".").then(
      (folder) => {
        const update = { type: "addDirectories", directories: [folder], destination: "session" } as const
        engine.send({ type: "permissions", updates: [update], added: "slash_command" })
        notice("success", `${folder} is one of this session's folders now.`)
        changed()
      },
      (error: Error) => {
        notice("error", error.message)
        changed()
      },
    )
  },
}
