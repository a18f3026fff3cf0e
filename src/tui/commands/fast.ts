import type { SlashCommand } from "./command.ts"

export const fast: SlashCommand = {
  name: "fast",
  aliases: [],
  description: "Ask the faster service, which costs more, or no longer",
  argumentHint: "[on|off]",
  run({ engine, notice, state }, word) {
    const isOn = state.session?.fast === true
    if (word !== "" && word !== "on" && word !== "off")
      return notice("error", `/fast takes on or off, not ${word}`)
    const on = word === "" ? !isOn : word === "on"
    engine.send({ type: "fast", on })
    notice(
      "info",
      on
        ? "Fast mode for this session, where the model has one. It costs more than what is shown: its price is not known here."
        : "Fast mode is off.",
    )
  },
}
