import type { CommandDef } from "citty"
import { COMMANDS, type CommandEntry, type CommandName, type RunnableName } from "./command-names.ts"

type Loader = () => Promise<CommandDef>

/** What can be run: one file per subcommand, loaded only when it is called. */
const LOADERS: Readonly<Record<RunnableName, Loader>> = {
  auth: async () => (await import("./commands/auth.ts")).authCommand,
  "auto-mode": async () => (await import("./commands/auto-mode.ts")).autoModeCommand,
  completion: async () => (await import("./commands/completion.ts")).completionCommand,
  config: async () => (await import("./commands/config.ts")).configCommand,
  doctor: async () => (await import("./commands/doctor.ts")).doctorCommand,
  import: async () => (await import("./commands/import.ts")).importCommand,
  install: async () => (await import("./commands/update.ts")).installCommand,
  mcp: async () => (await import("./commands/mcp.ts")).mcpCommand,
  project: async () => (await import("./commands/purge.ts")).projectCommand,
  purge: async () => (await import("./commands/purge.ts")).purgeCommand,
  sandbox: async () => (await import("./commands/sandbox.ts")).sandboxCommand,
  "setup-token": async () => (await import("./commands/setup-token.ts")).setupTokenCommand,
  update: async () => (await import("./commands/update.ts")).updateCommand,
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
    const { absent }: CommandEntry = COMMANDS[name]
    err(
      absent === "hosted"
        ? `ccts ${name} is not part of ccts: it needs a service that ccts does not have.\n`
        : `ccts ${name} is not there yet: this version of ccts cannot run it.\n`,
    )
    return 1
  }
  const root = await load()
  const [{ renderUsage, runCommand }, { descend }] = await Promise.all([
    import("citty"),
    import("./descend.ts"),
  ])
  try {
    const end = args.indexOf("--")
    const own = end < 0 ? args : args.slice(0, end)
    const asked = own.includes("--help") || own.includes("-h")
    const { command, parent, args: rest } = await descend(root, args)
    if (asked) {
      const usage = await renderUsage(command, { meta: { name: parent === null ? "ccts" : `ccts ${name}` } })
      out(`${process.stdout.isTTY === true ? usage : Bun.stripANSI(usage)}\n`)
      return 0
    }
    const { result } = await runCommand(command, { rawArgs: [...rest] })
    return typeof result === "number" ? result : 0
  } catch (error) {
    err(`${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}
