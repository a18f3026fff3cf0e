import type { SlashCommand } from "./command.ts"

export const exportSession: SlashCommand = {
  name: "export",
  aliases: [],
  description: "Write this conversation to a Markdown file",
  argumentHint: "[file]",
  run({ ports, state, notice, changed }, target) {
    const { session } = state
    if (session === null) return
    ports.exportSession({ id: session.id, title: session.title, cwd: session.cwd, target }).then(
      (path) => {
        notice("success", `Written to ${path}`)
        changed()
      },
      (error: Error) => {
        notice("error", error.message)
        changed()
      },
    )
  },
}
