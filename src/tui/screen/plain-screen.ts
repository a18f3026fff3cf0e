/**
 * The Screen port as a sequence of lines: what is printed is never repainted, so that a screen reader reads it once
 * and in order. The footer is reduced to the line that is being edited; where there is none (a question, a menu) its
 * lines are printed once they stand still, and afterwards only those that change.
 */
import { sanitiseLine } from "../../lib/sanitise.ts"
import { displayWidth, graphemes } from "../../lib/width.ts"
import { type Leaving, watchForLeaving } from "./leave.ts"
import { createKeyDecoder } from "./plain-keys.ts"
import type { Key, Position, Row, Screen, Size } from "./port.ts"
import { themeMode } from "./theme.ts"
import type { ThemeName } from "./theme-names.ts"
import { writeNow as write } from "./write-now.ts"

export interface PlainScreenOptions {
  readonly theme: ThemeName | "auto"
  readonly guess: "dark" | "light"
  /** Printed first. */
  readonly notice?: string | undefined
  /** The terminal knows no escape sequences at all (`TERM=dumb`). */
  readonly dumb?: boolean
  readonly onLeave?: ((leaving: Leaving) => void | Promise<void>) | undefined
}

// Lines that change faster (a spinner, a growing answer) are not read out; the answer comes when it is committed.
const settleMs = 400
/** `> ` or `! `. */
const PROMPT_CELLS = 2
/** Lines that are only drawn: nothing to read out. */
const RULE = /^\s*[─━┌┬┐├┼┤└┴┘]{3,}\s*$/
const bracketedPaste = { on: "\u001b[?2004h", off: "\u001b[?2004l" }

export function openPlainScreen(options: PlainScreenOptions): Screen {
  const { stdin, stdout } = process
  let state: "open" | "suspended" | "closed" = "open"
  /** The edited line as it stands on the terminal; null when the cursor is at the start of an empty line. */
  let line: string | null = null
  let wanted: string | null = null
  let standing: readonly string[] = []
  let spoken = new Set<string>()
  let timer: Timer | undefined
  let waiting: string[] = []

  const screen: Screen = {
    get size() {
      return sizeOf(stdout)
    },
    get theme() {
      return options.theme === "auto" ? options.guess : themeMode(options.theme)
    },
    commit(rows) {
      if (state === "closed") return
      waiting.push(...rows.map(textOf).filter((text) => !RULE.test(text)))
      flush()
    },
    setFooter(rows, cursor) {
      show(rows, cursor)
    },
    replay() {
      // What was printed stands; nothing is ever repainted.
    },
    overlay(rows, cursor = null) {
      if (rows !== null) show(rows, cursor)
    },
    async suspend() {
      if (state !== "open") return
      breakLine()
      release()
      state = "suspended"
    },
    async resume() {
      if (state !== "suspended") return
      state = "open"
      take()
      flush()
      edit()
    },
    async close() {
      if (state === "closed") return
      if (state === "open") {
        breakLine()
        release()
      }
      state = "closed"
      clearTimeout(timer)
      keys.end()
      stdin.off("data", onData)
      stdout.off("resize", onResize)
      unwatch()
    },
    // Lines carry no colours.
    useTheme() {},
    setTitle() {},
    bell() {
      if (state === "open") write("\u0007")
    },
    // A terminal for a screen reader gets words and the bell, nothing else.
    signal() {},
    copy() {
      return false
    },
    async flushed() {},
    onKey: (_key: Key) => {},
    onPaste: (_text: string) => {},
    onResize: (_size: Size) => {},
  }

  const keys = createKeyDecoder({
    onKey: (key) => screen.onKey(key),
    onPaste: (text) => screen.onPaste(text),
  })
  // While another program has the terminal its keys are not ours.
  const onData = (bytes: Buffer) => {
    if (state === "open") keys.feed(bytes)
  }
  const onResize = () => screen.onResize(sizeOf(stdout))

  function flush(): void {
    if (state !== "open" || waiting.length === 0) return
    // An empty prompt says nothing: it is rubbed out, or each line of an answer would leave one behind.
    if (line !== null && isEmptyPrompt(line)) write(erase(line))
    else breakLine()
    line = null
    write(`${waiting.join("\n")}\n`)
    waiting = []
    edit()
  }

  function show(rows: readonly Row[], cursor: Position | null): void {
    if (state === "closed") return
    clearTimeout(timer)
    const prompt = cursor === null ? undefined : rows[cursor.row]
    if (cursor !== null && prompt !== undefined) {
      const text = textOf(prompt)
      wanted = text + " ".repeat(Math.max(0, cursor.column - displayWidth(text)))
      standing = []
      spoken = new Set()
      edit()
      return
    }
    wanted = null
    standing = rows.map(textOf).filter((text) => text.trim() !== "" && !RULE.test(text))
    timer = setTimeout(speak, settleMs)
  }

  function speak(): void {
    if (state !== "open") return
    const fresh = standing.filter((text) => !spoken.has(text))
    spoken = new Set(standing)
    if (fresh.length === 0) return
    breakLine()
    write(`${fresh.join("\n")}\n`)
  }

  /** Brings the edited line up to date by typing or rubbing out at its end; any other change is a new line. */
  function edit(): void {
    if (state !== "open" || wanted === null || wanted === line) return
    const next = wanted
    if (line === null) write(next)
    else if (next.startsWith(line)) write(next.slice(line.length))
    else if (line.startsWith(next) && isOne(line.slice(next.length))) write(erase(line.slice(next.length)))
    else write(`\n${next}`)
    line = next
  }

  function breakLine(): void {
    if (line !== null) write("\n")
    line = null
  }

  function take(): void {
    stdin.setRawMode?.(true)
    stdin.resume()
    if (options.dumb !== true) write(bracketedPaste.on)
  }

  function release(): void {
    if (options.dumb !== true) write(bracketedPaste.off)
    stdin.setRawMode?.(false)
    stdin.pause()
  }

  const unwatch = watchForLeaving({ close: () => screen.close(), onLeave: options.onLeave })
  stdin.on("data", onData)
  stdout.on("resize", onResize)
  take()
  if (options.notice !== undefined) write(`${sanitiseLine(options.notice)}\n`)
  return screen
}

function textOf(row: Row): string {
  return row
    .map((span) => span.text)
    .join("")
    .trimEnd()
}

function isEmptyPrompt(text: string): boolean {
  return displayWidth(text) <= PROMPT_CELLS
}

function isOne(text: string): boolean {
  return [...graphemes(text)].length === 1
}

function erase(text: string): string {
  const cells = displayWidth(text)
  return "\b".repeat(cells) + " ".repeat(cells) + "\b".repeat(cells)
}

function sizeOf(stdout: NodeJS.WriteStream): Size {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 }
}
