/**
 * The Screen port on OpenTUI's split footer. It guarantees: committed rows reach the scrollback once and in order,
 * rows and footer given in one tick appear in one frame, a change is drawn at once or 4 ms after the frame before it,
 * and nothing wakes the process while nothing changes.
 */
import { CliRenderEvents, type CliRenderer, type OptimizedBuffer } from "@opentui/core"
import { sanitiseLine } from "../../lib/sanitise.ts"
import { normaliseKey, normalisePaste } from "./key.ts"
import { type Leaving, watchForLeaving } from "./leave.ts"
import {
  createPalette,
  type Palette,
  paintFinished,
  paintRows,
  terminalColumn,
  transparent,
} from "./paint.ts"
import type { Key, Position, Row, Screen, Size } from "./port.ts"
import {
  askCursor,
  freeRow,
  makeRoom,
  printFrom,
  printRows,
  rowsAbove,
  stopFollowingWindow,
} from "./split-footer.ts"
import { firstFrame, startHeight, startRenderer } from "./start-renderer.ts"
import { themeMode, themes } from "./theme.ts"
import type { ThemeName } from "./theme-names.ts"
import { createTrail } from "./trail.ts"
import { writeNow } from "./write-now.ts"

// Only a bound: who calls decides how often something is worth a frame.
const frameMs = 4
// One large snapshot per frame: the library walks all queued ones for each it adds. 1024 rows of 120 cells are 3 MB.
const rowsPerSnapshot = 1024
/** The newest rows that a replay prints: some forty screens, a few milliseconds. */
export const replayRows = 2000
// While another program or an overlay has the screen, rows wait; a bound on what a long absence may hold in memory.
const maxWaitingRows = 50_000

export interface OpentuiScreenOptions {
  readonly theme: ThemeName | "auto"
  /** Used until, and unless, the terminal tells its background; only for `auto`. */
  readonly guess: "dark" | "light"
  readonly colours: boolean
  readonly onLeave?: ((leaving: Leaving) => void | Promise<void>) | undefined
}

export async function openOpentuiScreen(options: OpentuiScreenOptions): Promise<Screen> {
  const renderer = await startRenderer()
  return new OpentuiScreen(renderer, options)
}

interface View {
  readonly rows: readonly Row[]
  readonly cursor: Position | null
}

class OpentuiScreen implements Screen {
  onKey: (key: Key) => void = () => {}
  onPaste: (text: string) => void = () => {}
  onResize: (size: Size) => void = () => {}

  readonly #renderer: CliRenderer
  readonly #options: OpentuiScreenOptions
  readonly #unwatch: () => void
  readonly #trail = createTrail()
  readonly #started: Promise<void>
  #theme: ThemeName | "auto"
  #palette: Palette
  #size: Size
  #state: "footer" | "overlay" | "suspended" | "closed" = "footer"
  #waiting: Row[] = []
  #dropped = 0
  #footer: View = { rows: [], cursor: null }
  #overlay: View = { rows: [], cursor: null }
  /** What frames draw: taken over together with the commits, or a footer would be ahead of its transcript. */
  #shown: View = { rows: [], cursor: null }
  #frameAsked = false
  #timer: Timer | undefined
  #lastFrame = Number.NEGATIVE_INFINITY
  /** Stands right above the footer; undefined when a blank row stands there, which the next commit takes. */
  #lastRow: Row | undefined
  /** What the main screen was like when the overlay opened: unless it was resized, all is still there on return. */
  #left: { readonly above: number; readonly size: Size } | undefined
  /** The next commit begins on the row of the last one, because the library forgot that it is taken. */
  #reprint = false
  #ready = false
  /** The library paints the caret white whenever it sets up the terminal; it is the user's to choose. */
  #caretColoured = true
  #resizing = false
  /** The footer's row that holds the cursor on the terminal now. */
  #shownCursorRow: number | null = null
  #intact = false
  #replayOnReturn = false

  constructor(renderer: CliRenderer, options: OpentuiScreenOptions) {
    this.#renderer = renderer
    this.#options = options
    this.#theme = options.theme
    this.#palette = this.#paletteFor(this.theme)
    this.#size = { columns: renderer.terminalWidth, rows: renderer.terminalHeight }
    renderer.addPostProcessFn((buffer) => this.#paint(buffer))
    renderer.keyInput.on("keypress", (event) => {
      const key = normaliseKey(event)
      if (key !== null) this.onKey(key)
    })
    renderer.keyInput.on("paste", (event) => {
      this.onPaste(normalisePaste(decoder.decode(event.bytes)))
    })
    renderer.on(CliRenderEvents.FRAME, () => {
      if (!this.#caretColoured || this.#shown.cursor === null) return
      this.#caretColoured = false
      writeNow("\u001b]112\u0007")
    })
    stopFollowingWindow(renderer)
    process.on("SIGWINCH", this.#onWindowChange)
    renderer.on(CliRenderEvents.THEME_MODE, () => {
      this.#palette = this.#paletteFor(this.theme)
      this.#askFrame()
    })
    this.#started = firstFrame(renderer).then(() => {
      this.#ready = true
      this.#keepLastShellRow()
      this.#lastFrame = Number.NEGATIVE_INFINITY
      this.#askFrame()
    })
    renderer.requestRender()
    this.#unwatch = watchForLeaving({ close: () => this.close(), onLeave: options.onLeave })
  }

  get size(): Size {
    return this.#size
  }

  get theme(): "dark" | "light" {
    if (this.#theme !== "auto") return themeMode(this.#theme)
    return this.#renderer.themeMode ?? this.#options.guess
  }

  commit(rows: readonly Row[]): void {
    if (this.#state === "closed" || rows.length === 0) return
    for (const row of rows) this.#waiting.push(row)
    if (this.#state !== "footer") this.#boundWaiting()
    this.#askFrame()
  }

  setFooter(rows: readonly Row[], cursor: Position | null): void {
    // The composer is at the bottom: where the footer is higher than the screen, its upper rows give way.
    const hidden = Math.max(0, rows.length - this.#size.rows)
    this.#footer = {
      rows: hidden === 0 ? rows : rows.slice(hidden),
      cursor: cursor === null ? null : { row: Math.max(0, cursor.row - hidden), column: cursor.column },
    }
    if (this.#state === "footer") this.#askFrame()
  }

  replay(rows: Iterable<Row>): void {
    if (this.#state === "closed") return
    const newest = newestRows(rows)
    const following = this.#intact ? this.#trail.after(newest) : null
    this.#intact = false
    if (following !== null) {
      this.#waiting = [...following]
      this.#askFrame()
      return
    }
    this.#waiting = newest
    this.#trail.clear()
    if (this.#state !== "footer") {
      this.#replayOnReturn = true
      return
    }
    this.#clear()
    this.#askFrame()
  }

  overlay(rows: readonly Row[] | null, cursor: Position | null = null): void {
    if (this.#state === "closed" || this.#state === "suspended") return
    if (rows === null) {
      this.#leaveOverlay()
      return
    }
    this.#overlay = { rows, cursor }
    if (this.#state !== "overlay") this.#enterOverlay()
    this.#askFrame()
  }

  async suspend(): Promise<void> {
    if (this.#state === "overlay") this.#leaveOverlay()
    if (this.#state !== "footer") return
    await this.#hideFooter()
    this.#state = "suspended"
    this.#renderer.suspend()
  }

  async resume(): Promise<void> {
    if (this.#state !== "suspended") return
    const place = await askCursor()
    if (this.#state !== "suspended") return
    this.#state = "footer"
    const row = place === null ? null : freeRow(place, this.#renderer.terminalHeight)
    this.#renderer.resume()
    this.#caretColoured = true
    if (this.#replayOnReturn) this.#clear()
    else if (row !== null) {
      this.#lastRow = undefined
      this.#continueBelow(row)
    }
    if (place !== null && place.input.length > 0) process.stdin.emit("data", place.input)
    this.#askFrame()
    await this.#resize()
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return
    if (this.#state === "overlay") this.#leaveOverlay()
    if (this.#state === "footer") await this.#hideFooter()
    // The rest runs in one go: nothing may be drawn between the last frame and the library's own end.
    this.#cancelFrame()
    this.#state = "closed"
    this.#unwatch()
    process.off("SIGWINCH", this.#onWindowChange)
    const row = rowsAbove(this.#renderer) + 1
    const height = this.#renderer.terminalHeight
    this.#renderer.destroy()
    // The library ends one row below the footer, which scrolls when that is past the last row; come back up.
    writeNow(`\u001b[${Math.min(row, Math.max(1, height - 1))};1H\u001b[J`)
  }

  useTheme(theme: ThemeName | "auto"): void {
    if (theme === this.#theme) return
    this.#theme = theme
    this.#palette = this.#paletteFor(this.theme)
    this.#askFrame()
  }

  setTitle(title: string): void {
    if (this.#state !== "closed") this.#renderer.setTerminalTitle(sanitiseLine(title))
  }

  bell(): void {
    if (this.#state !== "closed" && this.#state !== "suspended") writeNow("\u0007")
  }

  signal(sequence: string): void {
    if (this.#state !== "closed" && this.#state !== "suspended") writeNow(sequence)
  }

  copy(text: string): boolean {
    if (this.#state === "closed" || !this.#renderer.isOsc52Supported()) return false
    return this.#renderer.copyToClipboardOSC52(text)
  }

  async flushed(): Promise<void> {
    await this.#started
    while (this.#state === "footer" && (this.#waiting.length > 0 || this.#frameAsked)) {
      this.#cancelFrame()
      this.#frame()
      await this.#renderer.idle()
    }
    await this.#renderer.idle()
  }

  /** Leaves one blank row with the cursor, so that what is printed next stands right below the transcript. */
  async #hideFooter(): Promise<void> {
    await this.flushed()
    this.#shown = { rows: [], cursor: { row: 0, column: 0 } }
    this.#renderer.footerHeight = 1
    this.#renderer.requestRender()
    await this.#renderer.idle()
    this.#cancelFrame()
  }

  #paletteFor(mode: "dark" | "light"): Palette {
    const name = this.#theme === "auto" ? mode : this.#theme
    return createPalette(themes[name], this.#options.colours)
  }

  #askFrame(): void {
    if (this.#frameAsked || this.#resizing || this.#state === "closed" || this.#state === "suspended") return
    const now = performance.now()
    const due = this.#lastFrame + frameMs
    this.#frameAsked = true
    if (due > now) this.#timer = setTimeout(this.#frame, due - now)
    else queueMicrotask(this.#frame)
  }

  #cancelFrame(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#frameAsked = false
  }

  readonly #frame = (): void => {
    this.#frameAsked = false
    this.#timer = undefined
    if (this.#state === "closed" || this.#state === "suspended") return
    this.#lastFrame = performance.now()
    // Until the terminal has said where the cursor is, rows and footer wait.
    if (!this.#ready) return
    if (this.#state === "footer") {
      this.#setHeight(Math.max(1, this.#footer.rows.length))
      this.#commitWaiting()
    }
    this.#shown = this.#state === "overlay" ? this.#overlay : this.#footer
    this.#renderer.requestRender()
    // More than a frame holds: go on as soon as this one is out, without waiting for the next interval.
    if (this.#state === "footer" && this.#waiting.length > 0) {
      this.#frameAsked = true
      void this.#renderer.idle().then(() => this.#frameAsked && this.#frame())
    }
  }

  /**
   * The library makes room for a growing footer by scrolling up, which most terminals do not keep in their
   * scrollback; line feeds at the bottom are kept.
   */
  #setHeight(height: number): void {
    if (height === this.#renderer.footerHeight) return
    const above = rowsAbove(this.#renderer)
    const left = makeRoom(above, height, this.#renderer.terminalHeight)
    if (left !== above) this.#continueBelow(left)
    this.#renderer.footerHeight = height
  }

  /**
   * Started on the last rows of the terminal, the library takes the last row that the shell has printed for the free
   * one that the first commit may use.
   */
  #keepLastShellRow(): void {
    if (this.#state !== "footer") return
    const above = rowsAbove(this.#renderer)
    const left = makeRoom(above, startHeight + 1, this.#renderer.terminalHeight)
    if (left !== above) printFrom(this.#renderer, left + 1)
  }

  #continueBelow(above: number): void {
    printFrom(this.#renderer, above)
    if (above === 0) this.#lastRow = undefined
    this.#reprint = this.#lastRow !== undefined
  }

  #commitWaiting(): void {
    if (this.#dropped > 0) {
      this.#waiting.unshift([
        { text: `… ${this.#dropped} rows are in the transcript only`, style: { fg: "muted" } },
      ])
      this.#dropped = 0
    }
    const palette = this.#palette
    if (this.#reprint && this.#lastRow !== undefined && this.#waiting.length > 0) {
      this.#waiting.unshift(this.#lastRow)
      this.#reprint = false
    }
    if (this.#waiting.length === 0) return
    const rows = this.#waiting.slice(0, rowsPerSnapshot)
    this.#waiting = this.#waiting.slice(rows.length)
    printRows(this.#renderer, rows.length, (buffer) => paintFinished(buffer, rows, palette))
    this.#trail.add(rows)
    this.#lastRow = rows.at(-1)
  }

  #paint(buffer: OptimizedBuffer): void {
    const { rows, cursor } = this.#shown
    if (this.#state !== "overlay") this.#shownCursorRow = cursor && Math.min(cursor.row, buffer.height - 1)
    buffer.clear(transparent)
    paintRows(buffer, rows, this.#palette)
    if (cursor === null) {
      this.#renderer.setCursorPosition(0, 0, false)
      return
    }
    const column = terminalColumn(rows[cursor.row], cursor.column, buffer.widthMethod)
    this.#renderer.setCursorPosition(Math.min(column, buffer.width - 1) + 1, cursor.row + 1, true)
  }

  #enterOverlay(): void {
    // What is committed so far belongs to the main screen; leaving capture mode writes it all at once.
    while (this.#waiting.length > 0) this.#commitWaiting()
    this.#renderer.externalOutputMode = "passthrough"
    this.#left = { above: rowsAbove(this.#renderer), size: this.#size }
    this.#renderer.screenMode = "alternate-screen"
    this.#caretColoured = true
    this.#state = "overlay"
  }

  #leaveOverlay(): void {
    const left = this.#left
    if (this.#state !== "overlay" || left === undefined) return
    this.#state = "footer"
    this.#renderer.screenMode = "split-footer"
    this.#caretColoured = true
    this.#renderer.externalOutputMode = "capture-stdout"
    if (this.#replayOnReturn) {
      this.#clear()
    } else if (left.size === this.#size) {
      this.#continueBelow(left.above)
      this.#intact = true
    }
    this.#askFrame()
  }

  #clear(): void {
    this.#replayOnReturn = false
    this.#reprint = false
    this.#lastRow = undefined
    this.#renderer.resetSplitFooterForReplay({ clearSavedLines: true })
  }

  readonly #onWindowChange = (): void => void this.#resize()

  /**
   * A terminal that grows pulls rows back from its scrollback, one that shrinks pushes some out, and only it knows
   * how many: so the footer is erased where the cursor says it is, and drawn again where the cursor stands then.
   */
  async #resize(): Promise<void> {
    if (this.#resizing || this.#state === "closed" || this.#state === "suspended") return
    this.#resizing = true
    try {
      // More changes may come while the terminal is asked; the last one counts.
      while (this.#state === "footer" || this.#state === "overlay") {
        const [columns, rows] = process.stdout.getWindowSize()
        if (columns === this.#size.columns && rows === this.#size.rows) return
        const anchored = this.#state === "footer" && columns === this.#size.columns
        const place = anchored ? await this.#eraseFooter() : null
        if (this.#state !== "footer" && this.#state !== "overlay") return
        this.#size = { columns, rows }
        this.#renderer.resize(columns, rows)
        if (place !== null) {
          const above = Math.min(place.row, rows) - 1
          this.#continueBelow(makeRoom(above, this.#renderer.footerHeight, rows))
        }
        this.onResize(this.#size)
      }
    } finally {
      this.#resizing = false
      this.#askFrame()
    }
  }

  async #eraseFooter(): Promise<{ readonly row: number } | null> {
    this.#cancelFrame()
    const up = this.#shownCursorRow
    if (up === null) return null
    writeNow(`\r${up > 0 ? `\u001b[${up}A` : ""}\u001b[J`)
    return await askCursor()
  }

  #boundWaiting(): void {
    const excess = this.#waiting.length - maxWaitingRows
    if (excess <= 0) return
    this.#waiting = this.#waiting.slice(excess)
    this.#dropped += excess
  }
}

const decoder = new TextDecoder()

function newestRows(rows: Iterable<Row>): Row[] {
  let kept: Row[] = []
  for (const row of rows) {
    kept.push(row)
    if (kept.length >= replayRows * 2) kept = kept.slice(-replayRows)
  }
  return kept.slice(-replayRows)
}
