import { COMMANDS, RUNNABLE } from "./command-names.ts"
import type { FlagSpec } from "./flag-spec.ts"
import { flagTable } from "./flags.ts"

/** Column at which the explanations start. */
const INDENT = 34

/** The text of `--help`, made from the flag table; `columns` is the width to wrap at. */
export function renderHelp({ columns = 80 }: { readonly columns?: number } = {}): string {
  const commands = RUNNABLE.map((name) => row(`  ${name}`, COMMANDS[name].help, columns))
  const flags = Object.entries(flagTable)
    .filter(([, spec]) => !spec.hidden)
    .sort(([a], [b]) => a.localeCompare(b, "en"))
    .map(([name, spec]) => row(`  ${flagUsage(name, spec)}`, explain(spec), columns))
  return [
    "Usage: ccts [flags] [command] [prompt]",
    "",
    "A coding agent for the terminal. Without -p it opens a screen,",
    "with -p it answers on stdout.",
    "",
    "Commands:",
    ...commands,
    "",
    "Flags:",
    ...flags,
    "",
  ].join("\n")
}

/** `-r, --resume [id or words]`. */
export function flagUsage(name: string, spec: FlagSpec): string {
  const short = spec.short === undefined ? "    " : `-${spec.short}, `
  const names = [name, ...(spec.aliases ?? [])].map((long) => `--${long}`)
  if (spec.negatable) names.push(`--no-${name}`)
  return `${short}${names.join(", ")}${valueUsage(spec)}`
}

function valueUsage(spec: FlagSpec): string {
  const value = spec.value ?? "value"
  switch (spec.arity) {
    case "switch":
      return ""
    case "attached":
      return `[=${value}]`
    case "optional":
      return ` [${value}]`
    default:
      return ` <${value}>`
  }
}

function explain(spec: FlagSpec): string {
  return spec.choices === undefined ? spec.help : `${spec.help}: ${spec.choices.join(", ")}`
}

function row(left: string, right: string, columns: number): string {
  const width = Math.max(24, columns - INDENT)
  const lines: string[] = []
  let line = ""
  for (const word of right.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ""
    }
    line += line === "" ? word : ` ${word}`
  }
  lines.push(line)
  const first = left.length + 2 <= INDENT ? left.padEnd(INDENT) + (lines.shift() ?? "") : left
  return [first, ...lines.map((rest) => " ".repeat(INDENT) + rest)].join("\n")
}
