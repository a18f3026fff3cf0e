/** A program on a pseudo-terminal of its own, ended with this program like every group (process.ts). */
import { MARK_NAME, nextMark } from "./escaped.ts"
import { type Exit, exitOf, trackGroup } from "./process.ts"

export interface PtyRequest {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly columns: number
  readonly rows: number
  /** The buffer is only valid during the call. */
  onData(bytes: Uint8Array): void
}

export interface Pty {
  readonly pid: number
  readonly ended: Promise<Exit>
  write(bytes: Uint8Array): void
  resize(columns: number, rows: number): void
  /** Hangs up, as closing a terminal window does: TERM and HUP now, KILL after a grace. */
  stop(): void
}

/** Throws when the program cannot be started or the platform has no pseudo-terminals. */
export function startPty(request: PtyRequest): Pty {
  const mark = nextMark()
  const child = Bun.spawn([...request.argv], {
    cwd: request.cwd,
    env: { ...request.env, [MARK_NAME]: mark },
    terminal: {
      cols: request.columns,
      rows: request.rows,
      data: (_terminal, bytes) => request.onData(bytes),
    },
  })
  const { terminal } = child
  if (terminal === undefined) {
    child.kill("SIGKILL")
    throw new Error("this platform has no pseudo-terminals")
  }
  const group = trackGroup(child.pid, mark)
  const ended = child.exited.then(() => {
    group.ended()
    // What it printed last has been read by then; the terminal has no other user.
    setTimeout(() => terminal.close(), 0)
    return exitOf(child)
  })
  return {
    pid: child.pid,
    ended,
    write(bytes) {
      if (!terminal.closed) terminal.write(bytes)
    },
    resize(columns, rows) {
      if (!terminal.closed) terminal.resize(columns, rows)
    },
    stop: () => group.stop(),
  }
}
