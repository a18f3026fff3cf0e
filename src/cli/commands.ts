import type { CommandDef } from "citty"
import { COMMANDS, type CommandName } from "./command-names.ts"

type Loader = () => Promise<CommandDef>

/** What can be run: one file per subcommand, loaded only when it is called. */
const LOADERS: Partial<Record<CommandName, Loader>> = {
  completion: async () => (await import("./commands/completion.ts")).completionCommand,
  mcp: async () => (await import("./commands/mcp.ts")).mcpCommand,
}

/** Names that can be run, for help and completions. */
export function runnableCommands(): readonly CommandName[] {
  return (Object.keys(COMMANDS) as CommandName[]).filter((name) => LOADERS[name] !== undefined)
}

export interface Streams {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/**
 * Runs a subcommand with its own arguments; the exit code. A command returns a number to choose it and throws an
 * `Error` whose message is one clear line.
 */
export async function runSubcommand(
  name: CommandName,
  args: readonly string[],
  { out, err }: Streams,
): Promise<number> {
  const load = LOADERS[name]
  if (load === undefined) {
    err(`ccts ${name} is not part of this version.\n`)
    return 1
  }
  const command = await load()
  const { renderUsage, runCommand } = await import("citty")
  if (args.includes("--help") || args.includes("-h")) {
    out(`${await renderUsage(command, { meta: { name: "ccts" } })}\n`)
    return 0
  }
  try {
    const { result } = await runCommand(command, { rawArgs: [...args] })
    return typeof result === "number" ? result : 0
  } catch (error) {
    err(`${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}
