import { createPicker } from "../dialogs/picker.ts"
import { age } from "../format.ts"
import type { SlashCommand } from "./command.ts"

export const resume: SlashCommand = {
  name: "resume",
  aliases: ["continue"],
  description: "Go on with an earlier session",
  argumentHint: "[session id]",
  run(context, id) {
    if (id !== "") return context.resume(id)
    const { ports, open, close, changed, state } = context
    open(
      createPicker({
        title: "Resume a session",
        async load(query, signal) {
          const sessions = await ports.listSessions(query, signal)
          return sessions
            .filter((session) => session.id !== state.session?.id)
            .map((session) => ({
              label: session.title === "" ? "(no prompt)" : session.title,
              hint: [age(Date.now() - session.modified), session.gitBranch ?? ""]
                .filter((part) => part !== "")
                .join(" · "),
              value: session.id,
            }))
        },
        pick(session) {
          close()
          context.resume(session)
        },
        cancel: close,
        changed,
      }),
    )
  },
}
