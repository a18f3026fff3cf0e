/**
 * Command hooks: a process of its own group with the event on stdin, bounded output and a deadline. The call returns
 * at the deadline even if the process, or a grandchild that holds its pipe, does not end.
 */
import { type Group, startGroup } from "../../lib/process.ts"
import { messageOf } from "../json.ts"
import { createCapture } from "./capture.ts"
import type { CommandHandler, Ran } from "./handler.ts"

/** Of stdout and of stderr each; JSON beyond it would not be an answer to a question. */
export const MAX_OUTPUT_BYTES = 1024 * 1024
/** Hooks that run on in the background; one more waits for nobody and is refused. */
const MAX_BACKGROUND = 20
/** How often progress is told while a hook runs. */
const PROGRESS_MS = 1_000

export interface CommandRun {
  readonly handler: CommandHandler
  /** The event as JSON. */
  readonly input: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly signal: AbortSignal
  onProgress?(output: { readonly stdout: string; readonly stderr: string; readonly elapsedMs: number }): void
  /** A background hook ended. */
  onLate?(ran: Ran): void
}

/** Processes that outlive the event that started them. */
export type Background = Set<Group>

export async function runCommand(run: CommandRun, background: Background): Promise<Ran> {
  const { handler, signal } = run
  if (signal.aborted) return { stdout: "", stderr: "", cut: "interrupted" }
  const detached = handler.async === true || handler.asyncRewake === true
  if (detached && background.size >= MAX_BACKGROUND)
    return { stdout: "", stderr: "", error: `${MAX_BACKGROUND} hooks run in the background already` }

  const stdout = createCapture(MAX_OUTPUT_BYTES)
  const stderr = createCapture(MAX_OUTPUT_BYTES)
  const wentAsync = Promise.withResolvers<"async">()
  let asyncMs = run.timeoutMs
  let asked = false
  let group: Group
  try {
    group = startGroup({
      argv: argvOf(handler, run.env),
      cwd: run.cwd,
      env: run.env,
      stdin: Buffer.from(`${run.input}\n`),
      // Hooks of the session's end run while everything else is ended; the signal or the deadline ends each.
      lasting: true,
      onData(stream, chunk) {
        ;(stream === "stdout" ? stdout : stderr).push(chunk)
        // Its first line may say that it goes on by itself.
        if (asked || stream === "stderr" || !chunk.includes(10)) return
        asked = true
        const own = saysAsync(stdout.text)
        if (own === null) return
        asyncMs = Math.min(own ?? asyncMs, run.timeoutMs)
        wentAsync.resolve("async")
      },
    })
  } catch (error) {
    return { stdout: "", stderr: "", error: `cannot be started: ${messageOf(error)}` }
  }

  const startedAt = performance.now()
  const output = () => ({ stdout: stdout.text, stderr: stderr.text })
  const ended = group.ended.then(({ code }): Ran => ({ ...output(), exitCode: code }))
  const detach = (): Ran => {
    background.add(group)
    const timer = setTimeout(() => group.stop(), asyncMs)
    void ended.then((ran) => {
      clearTimeout(timer)
      background.delete(group)
      run.onLate?.(ran)
    })
    return { ...output(), background: true }
  }
  if (detached) return detach()

  const progress = setInterval(
    () => run.onProgress?.({ ...output(), elapsedMs: performance.now() - startedAt }),
    PROGRESS_MS,
  )
  const cut = Promise.withResolvers<"timeout" | "interrupted">()
  const timer = setTimeout(() => cut.resolve("timeout"), run.timeoutMs)
  const onAbort = () => cut.resolve("interrupted")
  signal.addEventListener("abort", onAbort, { once: true })
  try {
    const first = await Promise.race([ended, cut.promise, wentAsync.promise])
    if (first === "async") return detach()
    if (typeof first === "object") return first
    group.stop()
    return { ...output(), cut: first }
  } finally {
    clearInterval(progress)
    clearTimeout(timer)
    signal.removeEventListener("abort", onAbort)
  }
}

function argvOf(
  { command, args, shell }: CommandHandler,
  env: Readonly<Record<string, string>>,
): readonly string[] {
  if (args === undefined) {
    if (shell === "powershell") return [powershell(), "-NoProfile", "-NonInteractive", "-Command", command]
    return [shell ?? "sh", "-c", command]
  }
  // Without a shell nobody else fills in the places.
  const fill = (text: string) =>
    text.replace(
      /\$\{(CLAUDE_PROJECT_DIR|CLAUDE_PLUGIN_ROOT|CLAUDE_PLUGIN_DATA)\}/g,
      (whole, name: string) => env[name] ?? whole,
    )
  return [fill(command), ...args.map(fill)]
}

/** The newer one where it is installed. */
function powershell(): string {
  return Bun.which("pwsh") ?? (process.platform === "win32" ? "powershell" : "pwsh")
}

/** A first line `{"async": true}`: its own deadline in milliseconds, or undefined without one. Null for other text. */
function saysAsync(text: string): number | undefined | null {
  const line = text.trimStart().split("\n", 1)[0] ?? ""
  if (!line.startsWith("{")) return null
  try {
    const { async: isAsync, asyncTimeout } = JSON.parse(line) as { async?: unknown; asyncTimeout?: unknown }
    if (isAsync !== true) return null
    return typeof asyncTimeout === "number" && asyncTimeout > 0 ? asyncTimeout : undefined
  } catch {
    return null
  }
}
