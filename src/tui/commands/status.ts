import type { SlashCommand } from "./command.ts"

export const status: SlashCommand = {
  name: "status",
  aliases: [],
  description: "Show version, session, model, mode and how requests are paid for",
  run({ state, ports, notice }) {
    const { session } = state
    const lines = [`ccts ${ports.version}`, ports.credentialLine]
    if (session !== null)
      lines.push(
        `Session: ${session.id}`,
        `Model: ${session.modelName} (${session.model})`,
        `Mode: ${session.mode}`,
        `Folder: ${session.cwd}`,
        `Tools: ${session.tools.length}`,
      )
    notice("info", lines.join("\n"))
  },
}
