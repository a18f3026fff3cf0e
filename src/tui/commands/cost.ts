import { dollars, duration, tokens } from "../format.ts"
import type { SlashCommand } from "./command.ts"

export const cost: SlashCommand = {
  name: "cost",
  aliases: ["usage", "stats"],
  description: "Show what this run has used and cost",
  run({ state, notice }) {
    const { totals } = state
    if (totals === null) return notice("info", "Nothing has been asked of a model yet.")
    const models = Object.entries(totals.models)
    const unknown = models.some(([, model]) => model.costBasis === "unknown")
    const lines = models.map(([name, { usage, costUsd }]) => {
      const read = `${tokens(usage.input_tokens)} in, ${tokens(usage.cache_creation_input_tokens)} cache write, ${tokens(usage.cache_read_input_tokens)} cache read`
      return `${name}: ${read}, ${tokens(usage.output_tokens)} out (${dollars(costUsd)})`
    })
    const total = `Total: ${dollars(totals.costUsd)}${unknown ? ", without models of unknown price" : ""}, ${duration(totals.apiMs)} waiting for the model`
    notice("info", [total, ...lines].join("\n"))
  },
}
