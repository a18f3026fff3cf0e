import type { ParsedArgs } from "./parse-args.ts"

/** Everything after `--version`: parses, refuses what cannot be, and hands over to the reader that was asked for. */
export async function run(argv: readonly string[]): Promise<number> {
  const { parseArgs } = await import("./parse-args.ts")
  const parsed = parseArgs(argv)
  if ("error" in parsed) return refuse(parsed.error)
  const { withEnvFlags } = await import("./flags-from-env.ts")
  const args: ParsedArgs = { ...parsed, flags: withEnvFlags(parsed.flags, process.env) }
  if (args.flags.help === true && args.command === undefined) {
    const { renderHelp } = await import("./help.ts")
    process.stdout.write(renderHelp())
    return 0
  }
  if (args.flags.version === true) {
    const { version } = await import("../lib/version.ts")
    process.stdout.write(`${version} (ccts)\n`)
    return 0
  }
  if (args.command !== undefined) {
    const [{ runSubcommand }, { sanitise }] = await Promise.all([
      import("./commands.ts"),
      import("../lib/sanitise.ts"),
    ])
    return runSubcommand(args.command as Parameters<typeof runSubcommand>[0], args.rest, {
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(sanitise(text)),
    })
  }
  const headless = isHeadless(args)
  const { checkCombination, withoutEffect } = await import("./check-combination.ts")
  const clash = checkCombination(args.flags)
  if (clash !== null) return refuse(clash)
  const idle = withoutEffect(args.flags)
  if (idle.length > 0) await refuse(`Without effect in ccts: ${idle.join("; ")}.`)

  try {
    if (args.flags.worktree !== undefined) {
      const { enterWorktree } = await import("./start-worktree.ts")
      enterWorktree(args.flags.worktree)
    }
    if (args.flags.demo === true && process.stdout.isTTY === true) {
      const { startDemo } = await import("./start-demo.ts")
      return await startDemo({
        flags: args.flags,
        ...(args.prompt === undefined ? {} : { prompt: args.prompt }),
      })
    }
    if (headless) return await (await import("./start-headless.ts")).startHeadless(args)
    return await (await import("./start-terminal.ts")).startTerminal(args)
  } catch (error) {
    const { StartError } = await import("./start-error.ts")
    if (!(error instanceof StartError)) throw error
    await tellHost(args, error)
    return await refuse(error.message)
  }
}

/** A host on stream-json reads why as a result: always when it asks for that, else where the reason has a name. */
async function tellHost(
  { flags }: ParsedArgs,
  { message, reason }: { readonly message: string; readonly reason: string | undefined },
): Promise<void> {
  if (flags.outputFormat !== "stream-json") return
  if (reason === undefined && !process.env.CLAUDE_CODE_STARTUP_FAILURE_RESULTS) return
  const [{ startupFailure }, { version }] = await Promise.all([
    import("../headless/startup-failure.ts"),
    import("../lib/version.ts"),
  ])
  process.stdout.write(startupFailure(message, { version, ...(reason === undefined ? {} : { reason }) }))
}

/** Without a terminal on stdout, or when asked to, there is no screen (spec/headless.md section 1). */
function isHeadless({ flags }: ParsedArgs): boolean {
  return (
    flags.print === true ||
    flags.initOnly === true ||
    flags.inputFormat === "stream-json" ||
    process.stdout.isTTY !== true
  )
}

async function refuse(line: string): Promise<number> {
  const { complain } = await import("./complain.ts")
  complain(line)
  return 1
}
