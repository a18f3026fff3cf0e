import type { AliasPort } from "../ports.ts"
import type { SlashCommand } from "./command.ts"

/** An alias of the settings as a command: it makes its call, which is judged like any other. */
export function aliasCommand(alias: AliasPort): SlashCommand {
  return {
    name: alias.name,
    aliases: [],
    description: `Tool alias: ${alias.text}`,
    run({ engine, notice, state }, args) {
      const call = alias.fill(args)
      if (typeof call === "string") return notice("error", call)
      if (state.turn !== null) return notice("error", "Wait until the turn has ended, or interrupt it.")
      engine.send({ type: "call", tool: call.tool, input: call.input })
    },
  }
}
