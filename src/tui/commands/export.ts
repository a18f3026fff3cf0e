import type { SlashCommand } from "./command.ts"
import { tell } from "./tell.ts"

export const exportSession: SlashCommand = {
  name: "export",
  aliases: [],
  description: "Write this conversation to a Markdown file",
  argumentHint: "[file]",
  run(context, target) {
    const { session } = context.state
    if (session === null) return
    const { id, title, cwd } = session
    const written = context.ports.exportSession({ id, title, cwd, target })
    tell(
      context,
      written.then((path) => `Written to ${path}`),
      "success",
    )
  },
}
