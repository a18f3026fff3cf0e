import type { SlashCommand } from "./command.ts"

export const logout: SlashCommand = {
  name: "logout",
  aliases: [],
  description: "Remove the login of ccts, and take back an agreement",
  run({ ports, notice, changed }) {
    const { auth } = ports
    if (auth === null) return notice("info", "The demo has no login.")
    auth
      .logout()
      .then(
        (text) => notice("info", text),
        (error: unknown) => notice("error", error instanceof Error ? error.message : String(error)),
      )
      .finally(changed)
  },
}
