import type { SlashCommand } from "./command.ts"

export const status: SlashCommand = {
  name: "status",
  aliases: [],
  description: "Show version, session, model, mode and how requests are paid for",
  run({ state, ports, notice, changed }) {
    const { session } = state
    const lines: string[] = []
    if (session !== null)
      lines.push(
        `Session: ${session.id}`,
        `Model: ${session.modelName} (${session.model})`,
        `Mode: ${session.mode}`,
        `Folder: ${session.cwd}`,
        `Tools: ${session.tools.length}`,
      )
    const show = (payment: readonly string[]) => {
      notice("info", [`ccts ${ports.version}`, ...payment, ...lines].join("\n"))
      changed()
    }
    if (ports.auth === null) return show([ports.credentialLine])
    ports.auth.status().then(show, () => show([ports.credentialLine]))
  },
}
