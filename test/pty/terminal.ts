/**
 * A terminal for tests: a real pseudo-terminal with a terminal emulator behind it. Every wait has a deadline, and
 * what was started is ended by its process id.
 */
import { Terminal as Emulator, type IUnicodeVersionProvider } from "@xterm/headless"

export interface TerminalOptions {
  readonly argv: readonly string[]
  readonly cwd?: string
  /** The whole environment of the program; a usual terminal's by default. */
  readonly env?: Readonly<Record<string, string>>
  readonly columns?: number
  readonly rows?: number
  /** False for a terminal that answers no query. */
  readonly replies?: boolean
}

export interface Terminal {
  /** The visible rows, without trailing blanks. */
  screen(): string[]
  /** Rows that have scrolled off, oldest first. */
  scrollback(): string[]
  /** Zero-based, inside the screen. */
  cursor(): { row: number; column: number; visible: boolean }
  /** Private modes the program has on, by what they do. */
  modes(): { bracketedPaste: boolean; alternateScreen: boolean }
  waitFor(wanted: string | RegExp | (() => boolean), deadlineMs?: number): Promise<void>
  type(text: string): void
  /** `return`, `up`, `ctrl+c`, `alt+b`, `shift+tab` … as a legacy terminal sends it. */
  press(key: string): void
  paste(text: string): void
  resize(columns: number, rows: number): void
  signal(name: NodeJS.Signals): void
  /** Closes the terminal's side, as closing its window does. */
  hangUp(): void
  readonly pid: number
  readonly exited: Promise<number>
  /** Bytes the program has written so far. */
  bytes(): number
  /** Everything it has written, for looking at sequences; only the newest megabyte is kept. */
  raw(): string
  close(): Promise<void>
}

const defaultDeadlineMs = 10_000
const scrollbackRows = 30_000
const rawLimit = 1024 * 1024

export function usualEnv(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = "/usr/bin:/bin", HOME = "/", TMPDIR } = process.env
  return {
    PATH,
    HOME,
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    TERM: "xterm-256color",
    COLORTERM: "truecolor",
    LANG: "C.UTF-8",
    ...extra,
  }
}

export async function openTerminal(options: TerminalOptions): Promise<Terminal> {
  const { columns = 80, rows = 24 } = options
  const emulator = new Emulator({ cols: columns, rows, scrollback: scrollbackRows, allowProposedApi: true })
  emulator.unicode.register(modernWidths)
  emulator.unicode.activeVersion = modernWidths.version
  const decoder = new TextDecoder()
  let received = 0
  let raw = ""
  let parsing = 0
  let cursorVisible = true
  let changed: () => void = () => {}
  emulator.parser.registerCsiHandler({ prefix: "?", final: "h" }, (parameters) => {
    if (parameters.includes(25)) cursorVisible = true
    return false
  })
  emulator.parser.registerCsiHandler({ prefix: "?", final: "l" }, (parameters) => {
    if (parameters.includes(25)) cursorVisible = false
    return false
  })
  const child = Bun.spawn([...options.argv], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? usualEnv(),
    terminal: {
      cols: columns,
      rows,
      data(_terminal, bytes) {
        received += bytes.length
        raw = (raw + decoder.decode(bytes, { stream: true })).slice(-rawLimit)
        parsing += 1
        emulator.write(new Uint8Array(bytes), () => {
          parsing -= 1
          changed()
        })
      },
    },
  })
  const pty = child.terminal
  if (pty === undefined) throw new Error("this platform has no pseudo-terminals")
  let open = true
  emulator.onData((reply) => {
    if (open && options.replies !== false) pty.write(reply)
  })
  const rowsOf = (from: number, to: number): string[] => {
    const buffer = emulator.buffer.active
    return Array.from(
      { length: Math.max(0, to - from) },
      (_, index) => buffer.getLine(from + index)?.translateToString(true) ?? "",
    )
  }
  const screen = () => rowsOf(emulator.buffer.active.baseY, emulator.buffer.active.baseY + emulator.rows)

  const holds = (wanted: string | RegExp | (() => boolean)): boolean => {
    if (typeof wanted === "function") return wanted()
    const text = screen().join("\n")
    return typeof wanted === "string" ? text.includes(wanted) : wanted.test(text)
  }

  return {
    pid: child.pid,
    screen,
    scrollback: () => rowsOf(0, emulator.buffer.active.baseY),
    cursor: () => ({
      row: emulator.buffer.active.cursorY,
      column: emulator.buffer.active.cursorX,
      visible: cursorVisible,
    }),
    modes: () => ({
      bracketedPaste: emulator.modes.bracketedPasteMode,
      alternateScreen: emulator.buffer.active.type === "alternate",
    }),
    async waitFor(wanted, deadlineMs = defaultDeadlineMs) {
      const deadline = performance.now() + deadlineMs
      while (parsing > 0 || !holds(wanted)) {
        const left = deadline - performance.now()
        if (left <= 0)
          throw new Error(`waited ${deadlineMs} ms for ${wanted}; the screen was:\n${screen().join("\n")}`)
        const { promise, resolve } = Promise.withResolvers<void>()
        changed = resolve
        const timer = setTimeout(resolve, Math.min(left, 20))
        await promise
        clearTimeout(timer)
      }
    },
    type: (text) => void pty.write(text),
    press: (key) => void pty.write(keySequence(key)),
    paste: (text) => void pty.write(`\u001b[200~${text.replaceAll("\n", "\r")}\u001b[201~`),
    resize(newColumns, newRows) {
      emulator.resize(newColumns, newRows)
      pty.resize(newColumns, newRows)
    },
    signal: (name) => void process.kill(child.pid, name),
    hangUp() {
      open = false
      pty.close()
    },
    exited: withDeadline(child.exited, child.pid),
    bytes: () => received,
    raw: () => raw,
    async close() {
      open = false
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL")
      await child.exited
      if (!pty.closed) pty.close()
      emulator.dispose()
    },
  }
}

// No test's program lives longer; one that hangs fails its test with the usual code of a killed program.
const lifetimeMs = 60_000

async function withDeadline(exited: Promise<number>, pid: number): Promise<number> {
  const timer = setTimeout(() => process.kill(pid, "SIGKILL"), lifetimeMs)
  try {
    return await exited
  } finally {
    clearTimeout(timer)
  }
}

const named: Readonly<Record<string, string>> = {
  return: "\r",
  escape: "\u001b",
  tab: "\t",
  backspace: "\u007f",
  space: " ",
  up: "\u001b[A",
  down: "\u001b[B",
  right: "\u001b[C",
  left: "\u001b[D",
  home: "\u001b[H",
  end: "\u001b[F",
  delete: "\u001b[3~",
  pageup: "\u001b[5~",
  pagedown: "\u001b[6~",
  f1: "\u001bOP",
  "shift+tab": "\u001b[Z",
  "ctrl+up": "\u001b[1;5A",
  "shift+return": "\u001b[13;2u",
}

/** The bytes of a key as a legacy terminal sends it (`shift+return` as the kitty protocol does, others have none). */
export function keySequence(key: string): string {
  const known = named[key]
  if (known !== undefined) return known
  if (key.startsWith("alt+")) return `\u001b${keySequence(key.slice(4))}`
  if (/^ctrl\+[a-z]$/.test(key)) return String.fromCharCode(key.charCodeAt(5) - 96)
  if ([...key].length === 1) return key
  throw new Error(`no such key: ${key}`)
}

// The emulator's built-in tables are of Unicode 6 and give emoji one cell; terminals in use give them two.
const modernWidths: IUnicodeVersionProvider = {
  version: "modern",
  wcwidth: (point) => cellsOf(point),
  charProperties(point, preceding) {
    const width = cellsOf(point)
    // A character without a width joins the one before; the packing is xterm.js's own (width << 1 | joins).
    const joins = width === 0 && preceding !== 0
    const before = (preceding >> 1) & 3
    return (joins ? before << 1 : width << 1) | (joins ? 1 : 0)
  },
}

function cellsOf(point: number): 0 | 1 | 2 {
  const width = Bun.stringWidth(String.fromCodePoint(point))
  return width <= 0 ? 0 : width === 1 ? 1 : 2
}
