import { EFFORTS } from "../../model/model-info.ts"
import type { SlashCommand } from "./command.ts"

export const effort: SlashCommand = {
  name: "effort",
  aliases: [],
  description: `Set how hard the model thinks: ${EFFORTS.join(", ")} or auto`,
  argumentHint: "[level]",
  run({ engine, notice, state }, level) {
    if (level === "" || level === "status")
      return notice("info", `Effort: ${state.session?.effort ?? "the model's default"}`)
    const known = EFFORTS.find((name) => name === level)
    if (known === undefined && level !== "auto")
      return notice("error", `/effort takes ${EFFORTS.join(", ")} or auto, not ${level}`)
    engine.send({ type: "effort", effort: known ?? null })
    notice("info", `Effort: ${known ?? "the model's default"}`)
  },
}
