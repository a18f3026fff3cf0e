/** Commands that outlive their call: their output goes to the task's file, their end is told by `TaskPort`. */
import type { Exit } from "../../lib/process.ts"
import { failed, type ToolContext, type ToolOutput } from "../../model/tool.ts"
import { durationText } from "./render.ts"
import { type ShellRun, startShell } from "./run.ts"

/** Of each stream in the result; as large as a preview (spec/tools.md Bash). */
const RECENT_BYTES = 2_048
/** One line of the task list; own choice. */
const MAX_DESCRIPTION = 200

/** spec/tools.md Bash: the life of a background command. */
const LIFE_MS = 1_800_000
/** The most that a call may ask for (spec/tools.md Bash). */
const MAX_LIFE_MS = 7_200_000

interface Wanted {
  readonly command: string
  readonly timeout?: number | undefined
  readonly description?: string | undefined
  readonly dangerouslyDisableSandbox?: boolean | undefined
}

interface Ending {
  readonly status: "completed" | "failed" | "killed"
  readonly summary: string
  readonly exitCode?: number
}

export async function runInBackground(input: Wanted, ctx: ToolContext): Promise<ToolOutput> {
  const done = Promise.withResolvers<Ending>()
  let shell: ShellRun | undefined
  let stopped = false
  const task = register(input, ctx, done.promise, () => {
    stopped = true
    shell?.stop()
  })
  if (task instanceof Error) return failed(task.message)
  try {
    shell = await startShell(ctx, {
      command: input.command,
      spoolPath: task.outputFile,
      unsandboxed: input.dangerouslyDisableSandbox === true,
      onOutput: () => {},
    })
  } catch (error) {
    const text = (error as Error).message
    done.resolve({ status: "failed", summary: text })
    return failed(text)
  }
  // From the start, so that the file is there whenever the model looks.
  shell.spool.open()
  if (stopped) shell.stop()
  watch(input, shell, lifeOf(input), () => stopped, done.resolve)
  return {
    content: `Command running in background with ID: ${task.id}. Output is being written to: ${task.outputFile}. You will be told when it ends; read that file to see what it printed so far.`,
    data: {
      stdout: "",
      stderr: "",
      interrupted: false,
      isImage: false,
      noOutputExpected: false,
      backgroundTaskId: task.id,
    },
    view: { kind: "text", summary: `Running in the background (${task.id})` },
  }
}

/** Null when there is no room for another background task. */
export function moveToBackground(
  input: Wanted,
  ctx: ToolContext,
  shell: ShellRun,
  /** The timeout that ran out; null when the person moved it. */
  limitMs: number | null,
): ToolOutput | null {
  const done = Promise.withResolvers<Ending>()
  let stopped = false
  const task = register(input, ctx, done.promise, () => {
    stopped = true
    shell.stop()
  })
  if (task instanceof Error) return null
  shell.spool.relocate(task.outputFile)
  watch(input, shell, LIFE_MS, () => stopped, done.resolve)
  const why =
    limitMs === null
      ? "The user moved this command to the background"
      : `Command did not complete within its ${durationText(limitMs)} timeout and was moved to the background`
  const text = `${why} with ID: ${task.id}. Output is being written to: ${task.outputFile}. You will be told when it ends.`
  return {
    content: text,
    data: {
      stdout: shell.spool.recent("stdout", RECENT_BYTES),
      stderr: shell.spool.recent("stderr", RECENT_BYTES),
      interrupted: false,
      isImage: false,
      noOutputExpected: false,
      backgroundTaskId: task.id,
      ...(limitMs === null ? { backgroundedByUser: true } : { timedOutAfterMs: limitMs }),
    },
    view: { kind: "text", summary: `Moved to the background (${task.id})` },
  }
}

function register(input: Wanted, ctx: ToolContext, done: Promise<Ending>, stop: () => void) {
  const outputFile = ctx.tasks.outputFile(ctx.tasks.newId("shell"))
  try {
    return ctx.tasks.add({
      kind: "shell",
      description: labelOf(input),
      outputFile,
      toolUseId: ctx.toolUseId,
      done,
      stop,
    })
  } catch (error) {
    return error as Error
  }
}

function watch(
  input: Wanted,
  shell: ShellRun,
  lifeMs: number,
  wasStopped: () => boolean,
  settle: (ending: Ending) => void,
): void {
  let expired = false
  const life = setTimeout(() => {
    expired = true
    shell.stop()
  }, lifeMs)
  void shell.exit.then((exit) => {
    clearTimeout(life)
    if (expired) shell.spool.note(`\n[ended: it ran longer than ${durationText(lifeMs)}]\n`)
    shell.dispose()
    settle(endingOf(labelOf(input), exit, wasStopped() || expired))
  })
}

/** Nonsense is as if it were left out. */
function lifeOf({ timeout }: Wanted): number {
  return Math.min(timeout !== undefined && timeout > 0 ? timeout : LIFE_MS, MAX_LIFE_MS)
}

function endingOf(label: string, exit: Exit, killed: boolean): Ending {
  const exitCode = exit.code
  if (killed) return { status: "killed", summary: `Background command "${label}" was stopped`, exitCode }
  if (exitCode === 0)
    return { status: "completed", summary: `Background command "${label}" completed (exit code 0)`, exitCode }
  return {
    status: "failed",
    summary: `Background command "${label}" failed with exit code ${exitCode}`,
    exitCode,
  }
}

function labelOf(input: Wanted): string {
  return (input.description || input.command.split("\n")[0] || "command").slice(0, MAX_DESCRIPTION)
}
