import { createPicker } from "../dialogs/picker.ts"
import { fuzzyFilter } from "../fuzzy.ts"
import type { SlashCommand } from "./command.ts"

export const mode: SlashCommand = {
  name: "mode",
  aliases: [],
  description: "Choose what may run without a question",
  argumentHint: "[mode]",
  run({ engine, state, notice, open, close, changed }, wanted) {
    const modes = state.session?.modes ?? []
    const choose = (name: string) => {
      const known = modes.find((one) => one === name)
      if (known === undefined) return notice("error", `/mode takes ${modes.join(", ")}, not ${name}`)
      engine.send({ type: "mode", mode: known })
    }
    if (wanted !== "") return choose(wanted)
    const items = modes.map((name) => ({
      label: name,
      hint: name === state.session?.mode ? "in use" : "",
      value: name,
    }))
    open(
      createPicker({
        title: "Mode of this session",
        load: async (query) => fuzzyFilter(query, items, (item) => item.label),
        pick(name) {
          close()
          choose(name)
        },
        cancel: close,
        changed,
      }),
    )
  },
}
