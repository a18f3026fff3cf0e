import type { ArgsDef, CommandDef, SubCommandsDef } from "citty"
import { suggest } from "./suggest.ts"

export interface Descent {
  readonly command: CommandDef
  readonly parent: CommandDef | null
  readonly args: readonly string[]
}

/**
 * From `auth` and `login --json` to the command `login` and `--json`: citty runs nested commands, but keeps their exit code
 * to itself and lets unknown flags pass. @throws Error with one line that names the word and what there is instead.
 */
export async function descend(root: CommandDef, words: readonly string[]): Promise<Descent> {
  let found: Descent = { command: root, parent: null, args: words }
  for (;;) {
    const nested = await settled(found.command.subCommands)
    if (nested === undefined || Object.keys(nested).length === 0) break
    const [name, ...args] = found.args
    if (name === "--help" || name === "-h") return found
    const names = Object.keys(nested)
    if (name === undefined) {
      if (found.command.run !== undefined) break
      throw new Error(`Say which: ${names.join(", ")}.`)
    }
    const next = Object.hasOwn(nested, name) ? nested[name] : undefined
    if (next === undefined) {
      const near = suggest(name, names)
      const hint = near === null ? "" : ` Did you mean ${near}?`
      throw new Error(`There is no "${name}" here; there is ${names.join(", ")}.${hint}`)
    }
    found = { command: await settled(next), parent: found.command, args }
  }
  await refuseUnknownFlags(found)
  return found
}

async function refuseUnknownFlags({ command, args }: Descent): Promise<void> {
  const table = await settled(command.args)
  // A command without a table reads its words itself.
  if (table === undefined) return
  const known = new Set(["help", "h"])
  for (const [name, spec] of Object.entries(table)) {
    known.add(name).add(`no-${name}`)
    const { alias = [] } = spec as { readonly alias?: string | readonly string[] }
    for (const other of typeof alias === "string" ? [alias] : alias) known.add(other)
  }
  for (const word of args) {
    if (word === "--") return
    // A lone dash and negative numbers are values.
    const flag = /^--?([a-z][\w-]*)/i.exec(word)?.[1]
    if (flag !== undefined && !known.has(flag))
      throw new Error(`Unknown flag ${word.split("=")[0]}; see --help.`)
  }
}

type Resolvable<T> = T | Promise<T> | (() => T) | (() => Promise<T>)

async function settled<T extends CommandDef | SubCommandsDef | ArgsDef | undefined>(
  value: Resolvable<T>,
): Promise<T> {
  return typeof value === "function" ? value() : value
}
