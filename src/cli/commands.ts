import type { CommandDef } from "citty"
import type { CommandName, RunnableName } from "./command-names.ts"

type Loader = () => Promise<CommandDef>

/** What can be run: one file per subcommand, loaded only when it is called. */
const LOADERS: Readonly<Record<RunnableName, Loader>> = {
  completion: async () => (await import("./commands/completion.ts")).completionCommand,
  sandbox: async () => (await import("./commands/sandbox.ts")).sandboxCommand,
  why: async () => (await import("./commands/why.ts")).whyCommand,
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
  const load: Loader | undefined = LOADERS[name as RunnableName]
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
