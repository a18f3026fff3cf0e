/** A program inside a private tmux server, for tests; the server is ended with the test. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface Tmux {
  /** The pane's rows from the start of its history, or only the visible ones. */
  capture(part?: "all" | "visible"): Promise<string[]>
  /** Keys by tmux's names (`Enter`, `C-c`, `Up`) or literal text. */
  keys(...names: readonly string[]): Promise<void>
  type(text: string): Promise<void>
  resize(columns: number, rows: number): Promise<void>
  waitFor(wanted: string | RegExp, deadlineMs?: number): Promise<void>
  close(): Promise<void>
}

export interface TmuxOptions {
  /** A shell command line. */
  readonly command: string
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
}

const defaultDeadlineMs = 10_000
let started = 0

export const hasTmux = Bun.which("tmux") !== null

export async function openTmux(options: TmuxOptions): Promise<Tmux> {
  const { columns = 80, rows = 24 } = options
  const name = `ccts-test-${process.pid}-${started++}`
  // Its own socket directory, so that no server of the user's is ever seen.
  const sockets = mkdtempSync(join(tmpdir(), "ccts-tmux-"))
  const env = {
    // An environment that is given is the whole of it: the tests' own settings folder is not the program's.
    ...(options.env ?? process.env),
    TMUX_TMPDIR: sockets,
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
    TMUX: "",
  }
  const run = async (...args: readonly string[]): Promise<string> => {
    const child = Bun.spawn(["tmux", "-u", "-L", name, "-f", "/dev/null", ...args], {
      env,
      stdout: "pipe",
      stderr: "pipe",
      timeout: defaultDeadlineMs,
    })
    const [out, error, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited])
    if (code !== 0) throw new Error(`tmux ${args.join(" ")}: ${error.trim() || `exit code ${code}`}`)
    return out
  }
  await run(
    ...["set-option", "-g", "history-limit", "10000", ";"],
    ...["new-session", "-d", "-x", String(columns), "-y", String(rows), options.command],
  )
  const capture = async (part: "all" | "visible" = "all"): Promise<string[]> => {
    const text = await run("capture-pane", "-p", ...(part === "all" ? ["-S", "-"] : []))
    return text.split("\n").slice(0, -1)
  }
  return {
    capture,
    keys: async (...names) => void (await run("send-keys", ...names)),
    type: async (text) => void (await run("send-keys", "-l", text)),
    resize: async (newColumns, newRows) =>
      void (await run("resize-window", "-x", String(newColumns), "-y", String(newRows))),
    async waitFor(wanted, deadlineMs = defaultDeadlineMs) {
      const deadline = performance.now() + deadlineMs
      while (true) {
        const text = (await capture()).join("\n")
        if (typeof wanted === "string" ? text.includes(wanted) : wanted.test(text)) return
        if (performance.now() > deadline)
          throw new Error(`waited ${deadlineMs} ms for ${wanted} in tmux:\n${text}`)
        await Bun.sleep(30)
      }
    },
    async close() {
      // The server is gone already when its last program ended.
      await run("kill-server").catch(() => "")
      rmSync(sockets, { recursive: true, force: true })
    },
  }
}
