/**
 * What the Bash tool wants to know about a command after the fact: how to read its exit code, whether it may go on
 * in the background, which file it showed. Nothing here permits anything; `permissions/` has its own reading.
 */
import type { Command, CommandNode, PipelineNode } from "unbash"

export interface CommandFacts {
  readonly parseable: boolean
  /** Words of the command whose exit code is the whole command's, as far as they are literal. */
  readonly last: readonly string[]
  /** The words of every simple command outside groups and loops, in order. */
  readonly commands: readonly (readonly string[])[]
  /** The one file a plain `cat x` and the like put on the screen. */
  readonly shows?: string
}

export async function commandFacts(source: string): Promise<CommandFacts> {
  const { parse } = await import("unbash")
  const script = parse(source)
  const parseable = (script.errors ?? []).length === 0
  const statements = script.commands
  const final = statements.at(-1)
  if (!parseable || final === undefined) return { parseable, last: [], commands: [] }
  const commands = statements.flatMap(({ command }) => simpleCommands(command)).map(wordsOf)
  const command = lastCommand(final.command)
  const last = command ? wordsOf(command) : []
  if (statements.length !== 1 || command !== final.command || command?.redirects.length)
    return { parseable, last, commands }
  const shows = shownFile(last)
  return shows === undefined ? { parseable, last, commands } : { parseable, last, commands, shows }
}

type Node = PipelineNode | { readonly type: "AndOr"; readonly commands: readonly PipelineNode[] }

function lastCommand(node: Node): Command | undefined {
  if (node.type === "Command") return node
  if (node.type === "AndOr" || node.type === "Pipeline") {
    const inner: PipelineNode | CommandNode | undefined = node.commands.at(-1)
    return inner && lastCommand(inner)
  }
  return undefined
}

function simpleCommands(node: Node): Command[] {
  if (node.type === "Command") return [node]
  if (node.type !== "AndOr" && node.type !== "Pipeline") return []
  return (node.commands as readonly Node[]).flatMap(simpleCommands)
}

function wordsOf(command: Command): string[] {
  if (command.name === undefined) return []
  return [command.name.value, ...command.args.map((word) => (word.type === "Word" ? word.value : word.text))]
}

/** Exit code 1 is an answer, not a failure (spec/tools.md Bash). Undefined: it is a failure. */
export function meaningOfOne(words: readonly string[]): string | undefined {
  const name = words[0]?.split("/").at(-1)
  switch (name) {
    case "grep":
    case "egrep":
    case "fgrep":
    case "rg":
      return "No matches found"
    case "find":
      return "Some directories were inaccessible"
    case "diff":
      return "Files differ"
    case "test":
    case "[":
      return "Condition is false"
    case "git": {
      const verb = words.slice(1).find((word) => !word.startsWith("-"))
      if (verb === "diff") return "Files differ"
      return verb === "grep" ? "No matches found" : undefined
    }
    default:
      return undefined
  }
}

const SHOWS_WHOLE = new Set(["cat", "nl", "bat", "batcat", "head", "tail"])
const SEARCHES = new Set(["grep", "egrep", "fgrep", "rg"])
/** Options of head and tail that take the next word. */
const TAKES_VALUE = new Set(["-n", "-c", "--lines", "--bytes"])

function shownFile(words: readonly string[]): string | undefined {
  const [name = "", ...rest] = words
  const operands: string[] = []
  let sedQuiet = false
  for (let i = 0; i < rest.length; i += 1) {
    const word = rest[i] ?? ""
    if (name === "sed" && word === "-n") sedQuiet = true
    else if ((name === "head" || name === "tail") && TAKES_VALUE.has(word)) i += 1
    else if (!word.startsWith("-")) operands.push(word)
  }
  if (SHOWS_WHOLE.has(name)) return operands.length === 1 ? operands[0] : undefined
  if (SEARCHES.has(name)) return operands.length === 2 ? operands[1] : undefined
  if (name !== "sed" || !sedQuiet || operands.length !== 2) return undefined
  return /^\d+(,\d+)?p$/.test(operands[0] ?? "") ? operands[1] : undefined
}

/** Seconds of a `sleep` that stands alone or first in an `&&` chain; 0 when there is none. */
export function leadingSleep(command: string): number {
  const found = /^\s*sleep\s+(\d+(?:\.\d+)?)([smhd]?)\s*(?:$|&&|;|\n)/.exec(command)
  if (!found) return 0
  const unit = { "": 1, s: 1, m: 60, h: 3600, d: 86400 }[found[2] ?? ""] ?? 1
  return Number(found[1]) * unit
}
