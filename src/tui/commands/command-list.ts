/** The slash commands there are now: the built-in ones that are not switched off, then the aliases of the settings. */
import type { AliasPort, TuiPorts } from "../ports.ts"
import type { SlashCommand } from "./command.ts"
import { COMMANDS } from "./registry.ts"
import { aliasCommand } from "./tool-alias.ts"

/** The list is made anew only when the aliases are others: it is asked for at every key. */
export function createCommandList({ hidden, aliases = () => NONE }: TuiPorts): () => readonly SlashCommand[] {
  const own = COMMANDS.filter(({ name }) => !hidden.has(name))
  let made: { readonly of: readonly AliasPort[]; readonly list: readonly SlashCommand[] } | null = null
  return () => {
    const of = aliases()
    if (made === null || made.of !== of) made = { of, list: [...own, ...of.map(aliasCommand)] }
    return made.list
  }
}

const NONE: readonly AliasPort[] = []
