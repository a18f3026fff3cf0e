/** Bash: one process group per command, bounded output, a result whatever the command does (spec/tools.md Bash). */
import { existsSync } from "node:fs"
import * as z from "zod"
import { failed, type Tool, type ToolContext, type ToolOutput } from "../model/tool.ts"
import prompt from "./bash.md" with { type: "text" }
import { refused, spillPath } from "./result.ts"
import { followCwd, rememberShown } from "./shell/after.ts"
import { moveToBackground, runInBackground } from "./shell/background.ts"
import { commandFacts, leadingSleep } from "./shell/facts.ts"
import { runOnTerminal } from "./shell/on-terminal.ts"
import { renderEnd, renderInterrupted, renderTimeout } from "./shell/render.ts"
import { type ShellRun, startShell } from "./shell/run.ts"

/** spec/cli.md section 5: BASH_DEFAULT_TIMEOUT_MS, BASH_MAX_TIMEOUT_MS. */
const DEFAULT_TIMEOUT_MS = 120_000
/** The most that a call may ask for. */
const MAX_TIMEOUT_MS = 600_000
/** Progress at most five times a second; own choice. */
const PROGRESS_MS = 200
/** Of the output, shown while it runs; own choice. */
const PROGRESS_BYTES = 2_048
/** spec/tools.md Bash: a longer leading sleep is refused. */
const SLEEP_REFUSED_S = 25

const schema = z.strictObject({
  command: z.string().describe("The command to run"),
  timeout: z
    .number()
    .optional()
    .describe(
      `Milliseconds until the command is ended or moved to the background (at most ${MAX_TIMEOUT_MS})`,
    ),
  description: z.string().optional().describe("What the command does, in five to ten words"),
  run_in_background: z.boolean().optional().describe("Return at once; the output goes to a file"),
  dangerouslyDisableSandbox: z.boolean().optional().describe("Ask to run outside the sandbox"),
})
export type BashInput = z.infer<typeof schema>

export const bash: Tool<BashInput> = {
  name: "Bash",
  prompt,
  schema,
  offered: "always",
  access: (input, place) => [
    {
      kind: "exec",
      command: input.command,
      cwd: place.cwd,
      ...(input.dangerouslyDisableSandbox ? { unsandboxed: true } : {}),
    },
  ],
  title: (input) => input.command.split("\n")[0] ?? "",
  run,
}

async function* run(input: BashInput, ctx: ToolContext): AsyncGenerator<string, ToolOutput> {
  const backgroundAllowed = !isOn(ctx.env.CLAUDE_CODE_DISABLE_BACKGROUND_TASKS)
  const background = input.run_in_background === true && backgroundAllowed
  const refusal = refuse(input, background)
  if (refusal !== null) return refused(refusal)
  if (!existsSync(ctx.cwd)) {
    const gone = ctx.cwd
    const project = ctx.roots[0] ?? ctx.home
    ctx.setCwd(project)
    return failed(
      `The working directory ${gone} no longer exists. Shell cwd was reset to ${project}; run the command again.`,
    )
  }
  if (background) return runInBackground(input, ctx)

  const attended = await runOnTerminal(input, ctx)
  if (attended !== null) return attended
  const limit = timeoutOf(input, ctx.env)
  const progress = throttle(PROGRESS_MS)
  let latest: "stdout" | "stderr" = "stdout"
  const shell = await startShell(ctx, {
    command: input.command,
    spoolPath: spillPath(ctx),
    unsandboxed: input.dangerouslyDisableSandbox === true,
    onOutput(stream) {
      latest = stream
      progress.touch()
    },
  }).catch((error: Error) => error)
  if (shell instanceof Error) return failed(shell.message)

  const aborted = once(ctx.signal)
  // A signal that never fires where nobody can ask for it.
  const detached = once(ctx.detach ?? new AbortController().signal)
  const deadline = timer(limit)
  try {
    for (;;) {
      const what = await Promise.race([
        shell.exit.then(() => "ended" as const),
        aborted.promise,
        detached.promise.then(() => "detached" as const),
        deadline.promise,
        progress.next(),
      ])
      if (what === "ended") return await finish(input, ctx, shell)
      if (what === "aborted") return endLater(shell, () => renderInterrupted(shell))
      if (what === "detached") {
        const moved = backgroundAllowed ? moveToBackground(input, ctx, shell, null) : null
        if (moved !== null) return moved
        detached.forget()
        continue
      }
      if (what === "late") return await giveUp(input, ctx, shell, limit, backgroundAllowed)
      yield shell.spool.recent(latest, PROGRESS_BYTES)
    }
  } finally {
    aborted.dispose()
    detached.dispose()
    deadline.dispose()
    progress.dispose()
  }
}

async function finish(input: BashInput, ctx: ToolContext, shell: ShellRun): Promise<ToolOutput> {
  const exit = await shell.exit
  const notice = await followCwd(ctx, shell.cwdAfter())
  const facts = await commandFacts(input.command)
  if (exit.code === 0 && facts.shows !== undefined) await rememberShown(ctx, facts.shows)
  const output = await renderEnd({
    shell,
    exit,
    facts,
    notice,
    env: ctx.env,
    unsandboxed: input.dangerouslyDisableSandbox === true,
  })
  shell.dispose()
  return output
}

async function giveUp(
  input: BashInput,
  ctx: ToolContext,
  shell: ShellRun,
  limit: number,
  backgroundAllowed: boolean,
): Promise<ToolOutput> {
  const mayGoOn = backgroundAllowed && (await mayMove(input.command))
  const moved = mayGoOn ? moveToBackground(input, ctx, shell, limit) : null
  if (moved !== null) return moved
  shell.stop()
  await Promise.race([shell.exit, Bun.sleep(PROGRESS_MS)])
  return endLater(shell, () => renderTimeout(shell, limit))
}

/** Renders now, ends the group, and frees the run's files when it is gone. */
function endLater(shell: ShellRun, render: () => ToolOutput): ToolOutput {
  shell.stop()
  const output = render()
  void shell.exit.then(() => shell.dispose())
  return output
}

/** spec/tools.md Bash: what starts with sleep, contains git or cannot be parsed is ended instead. */
async function mayMove(command: string): Promise<boolean> {
  if (/^\s*sleep\b/.test(command) || /\bgit\b/.test(command)) return false
  return (await commandFacts(command)).parseable
}

function refuse(input: BashInput, background: boolean): string | null {
  if (input.command.includes("\0")) return "The command contains a NUL character."
  if (input.command.trim() === "") return "The command is empty."
  const seconds = leadingSleep(input.command)
  if (background || seconds < SLEEP_REFUSED_S) return null
  return `Blocked: standalone sleep ${seconds}. To wait for a condition, use Monitor with a command that ends when it holds; to wait for a background task, do nothing: you are told when it ends.`
}

function timeoutOf(input: BashInput, env: Readonly<Record<string, string>>): number {
  const standard = positive(env.BASH_DEFAULT_TIMEOUT_MS) ?? DEFAULT_TIMEOUT_MS
  const ceiling = Math.max(positive(env.BASH_MAX_TIMEOUT_MS) ?? MAX_TIMEOUT_MS, standard)
  const wanted = input.timeout !== undefined && input.timeout > 0 ? input.timeout : standard
  return Math.min(wanted, ceiling)
}

export function positive(text: string | undefined): number | undefined {
  const value = Number(text)
  return Number.isFinite(value) && value > 0 ? value : undefined
}

function isOn(text: string | undefined): boolean {
  return text !== undefined && text !== "" && text !== "0" && text.toLowerCase() !== "false"
}

/** A promise per burst of touches, at most one each `ms`; no timer runs while nothing is touched. */
function throttle(ms: number) {
  let handle: Timer | undefined
  let waiting = Promise.withResolvers<"output">()
  return {
    next: () => waiting.promise,
    touch() {
      handle ??= setTimeout(() => {
        handle = undefined
        waiting.resolve("output")
        waiting = Promise.withResolvers()
      }, ms)
    },
    dispose: () => clearTimeout(handle),
  }
}

function timer(ms: number) {
  const { promise, resolve } = Promise.withResolvers<"late">()
  const handle = setTimeout(() => resolve("late"), ms)
  return { promise, dispose: () => clearTimeout(handle) }
}

function once(signal: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<"aborted">()
  const listen = () => resolve("aborted")
  if (signal.aborted) listen()
  signal.addEventListener("abort", listen)
  let waiting: Promise<"aborted"> = promise
  return {
    get promise() {
      return waiting
    },
    /** It happened and was of no use: wait for ever from now on. */
    forget() {
      waiting = new Promise(() => {})
    },
    dispose: () => signal.removeEventListener("abort", listen),
  }
}
