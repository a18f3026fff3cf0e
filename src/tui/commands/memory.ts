import { createPicker } from "../dialogs/picker.ts"
import { fuzzyFilter } from "../fuzzy.ts"
import type { SlashCommand } from "./command.ts"

export const memory: SlashCommand = {
  name: "memory",
  aliases: [],
  description: "Open a file of instructions (CLAUDE.md, rules) in your editor",
  run({ ports, open, close, changed, notice, editFile }) {
    open(
      createPicker({
        title: "Instructions that hold here",
        load: async (query) =>
          fuzzyFilter(
            query,
            (await ports.memoryFiles()).map(({ path, label }) => ({ label: path, hint: label, value: path })),
            (item) => item.label,
          ),
        pick(path) {
          close()
          editFile(path).then(
            () => changed(),
            (error: Error) => {
              notice("error", error.message)
              changed()
            },
          )
        },
        cancel: close,
        changed,
      }),
    )
  },
}
