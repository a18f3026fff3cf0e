import { createPicker } from "../dialogs/picker.ts"
import { fuzzyFilter } from "../fuzzy.ts"
import type { SlashCommand } from "./command.ts"
import { tell } from "./tell.ts"

export const memory: SlashCommand = {
  name: "memory",
  aliases: [],
  description: "Open a file of instructions (CLAUDE.md, rules) in your editor",
  run(context) {
    const { ports, open, close, changed } = context
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
          tell(
            context,
            context.editFile(path).then(() => null),
          )
        },
        cancel: close,
        changed,
      }),
    )
  },
}
