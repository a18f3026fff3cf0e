/**
 * The one way out of a process that owns the terminal: whatever ends it, the terminal is given back first, at most
 * one line is printed, and the exit code says why.
 */
import { writeSync } from "node:fs"

export interface Leaving {
  /** 128 + signal number, or 1 for a bug. */
  readonly code: number
  /** Printed on standard error after the terminal is restored. */
  readonly message?: string
  readonly error?: unknown
}

export interface LeaveOptions {
  /** Restores the terminal. */
  readonly close: () => Promise<void>
  /** The caller's last words (save the draft, write a crash log), before the terminal is restored. */
  readonly onLeave?: ((leaving: Leaving) => void | Promise<void>) | undefined
}

// How long the caller's last words, and then restoring the terminal, may take: a user waits for the prompt.
const lastWordsMs = 1500
const closeMs = 1000

const signals = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const

/** Installs the handlers; the returned function removes them (the terminal was closed in the ordinary way). */
export function watchForLeaving(options: LeaveOptions): () => void {
  let leaving = false
  const leave = async (reason: Leaving): Promise<void> => {
    // A second signal while leaving means: now.
    if (leaving) process.exit(reason.code)
    leaving = true
    await within(lastWordsMs, () => options.onLeave?.(reason))
    await within(closeMs, options.close)
    if (reason.message !== undefined) say(reason.message)
    process.exit(reason.code)
  }
  const crash = (error: unknown): void => {
    if (leaving) return
    void leave({ code: 1, message: `ccts: internal error: ${oneLine(error)}`, error })
  }
  const hangUp = (): void => void leave({ code: signals.SIGHUP })
  const onSignal = Object.entries(signals).map(([name, code]) => [name, () => void leave({ code })] as const)
  for (const [name, handler] of onSignal) process.on(name, handler)
  process.on("uncaughtException", crash)
  process.on("unhandledRejection", crash)
  process.stdin.on("end", hangUp)
  process.stdin.on("error", hangUp)
  return () => {
    for (const [name, handler] of onSignal) process.off(name, handler)
    process.off("uncaughtException", crash)
    process.off("unhandledRejection", crash)
    process.stdin.off("end", hangUp)
    process.stdin.off("error", hangUp)
  }
}

/** Settles with the work or the deadline, whichever is first; a failure on the way out must not stop it. */
async function within(deadlineMs: number, work: () => void | Promise<void>): Promise<void> {
  let timer: Timer | undefined
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs)
  })
  try {
    await Promise.race([work(), deadline])
  } catch {
    // Nothing can be shown or done any more; the exit code and the message tell the first reason.
  } finally {
    clearTimeout(timer)
  }
}

function oneLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return text.replace(/\s+/g, " ").trim()
}

function say(line: string): void {
  try {
    writeSync(2, `${line}\n`)
  } catch {
    // The terminal is gone.
  }
}
