import { createPicker } from "../dialogs/picker.ts"
import type { SlashCommand } from "./command.ts"

export const tasks: SlashCommand = {
  name: "tasks",
  aliases: ["bashes"],
  description: "See what runs in the background, and stop it",
  run({ state, engine, notice, open, close, changed }) {
    if (state.tasks.size === 0) return notice("info", "Nothing runs in the background.")
    open(
      createPicker({
        title: "In the background (enter stops one)",
        load: async (query) =>
          [...state.tasks.values()]
            .filter(({ description }) => description.toLowerCase().includes(query.toLowerCase()))
            .map(({ id, kind, description }) => ({
              label: description,
              hint: `${kind} · ${id}`,
              value: id,
            })),
        pick(task) {
          close()
          engine.send({ type: "stop-task", task })
        },
        cancel: close,
        changed,
      }),
    )
  },
}
