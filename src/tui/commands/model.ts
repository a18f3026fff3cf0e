import { createPicker } from "../dialogs/picker.ts"
import { tokens } from "../format.ts"
import { fuzzyFilter } from "../fuzzy.ts"
import type { SlashCommand } from "./command.ts"

export const model: SlashCommand = {
  name: "model",
  aliases: [],
  description: "Choose the model",
  argumentHint: "[name]",
  run({ engine, ports, state, notice, open, close, changed }, name) {
    const choose = (chosen: string, how: { readonly source?: "picker" } = {}) => {
      const problem = ports.refuseModel?.(chosen) ?? null
      if (problem !== null) return notice("warning", problem)
      engine.send({ type: "model", model: chosen === "default" ? null : chosen, ...how })
      // Hooks have a word first; the engine says what came of it.
      const guarded = ports.hooks?.().some((row) => row.event === "PreModelSwitch" && row.disabled !== true)
      if (guarded === true) return
      const known = ports.models().find(({ alias, info }) => alias === chosen || info.id === chosen)
      if (known !== undefined) notice("info", `Model: ${known.info.displayName}`)
      else
        notice(
          "warning",
          `Model: ${chosen}. ccts does not know it; the next request shows whether the service does.`,
        )
    }
    if (name !== "") return choose(name)
    const items = ports.models().map(({ alias, info }) => ({
      label: `${alias} · ${info.displayName}`,
      hint: `${tokens(info.window)} window${info.id === state.session?.model ? " · in use" : ""}`,
      value: alias,
    }))
    if (items.length === 0) return notice("error", "No models are known; name one: /model <id>")
    open(
      createPicker({
        title: "Model of this session",
        load: async (query) => fuzzyFilter(query, items, (item) => item.label),
        pick(alias) {
          close()
          choose(alias, { source: "picker" })
        },
        cancel: close,
        changed,
      }),
    )
  },
}
