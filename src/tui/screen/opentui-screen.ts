/**
 * The Screen port on OpenTUI's split footer. It guarantees: committed rows reach the scrollback once and in order,
 * rows and footer given in one tick appear in one frame, the first change after a pause is drawn at once and later
 * ones at most every 16 ms, and nothing wakes the process while nothing changes.
 */
import { writeSync } from "node:fs"
import {
  CliRenderEvents,
  type CliRenderer,
  createCliRenderer,
  type OptimizedBuffer,
  Renderable,
  type RenderContext,
} from "@opentui/core"
import { sanitiseLine } from "../../lib/sanitise.ts"
import { normaliseKey, normalisePaste } from "./key.ts"
import { type Leaving, watchForLeaving } from "./leave.ts"
import { createPalette, type Palette, paintRows, terminalColumn, transparent } from "./paint.ts"
import type { Key, Position, Row, Screen, Size } from "./port.ts"
import { type ThemeName, themeMode, themes } from "./theme.ts"
import { createTrail } from "./trail.ts"

const frameMs = 16
// OpenTUI writes at most 8 snapshots per frame; 256 rows of 120 cells are 0.7 MB of cells.
const snapshotsPerFrame = 8
const rowsPerSnapshot = 256
/** The newest rows that a replay prints: some forty screens, a few milliseconds. */
export const replayRows = 2000
// While another program or an overlay has the screen, rows wait; a bound on what a long absence may hold in memory.
const maxWaitingRows = 50_000
// OpenTUI waits at most 120 ms for the terminal to say where the cursor is before it draws the first frame.
const firstFrameMs = 250

export interface OpentuiScreenOptions {
  readonly theme: ThemeName | "auto"
  /** Used until, and unless, the terminal tells its background; only for `auto`. */
  readonly guess: "dark" | "light"
  readonly colours: boolean
  readonly onLeave?: ((leaving: Leaving) => void | Promise<void>) | undefined
}

export async function openOpentuiScreen(options: OpentuiScreenOptions): Promise<Screen> {
  const before = processListeners()
  const renderer = await createCliRenderer({
    screenMode: "split-footer",
    footerHeight: 1,
    externalOutputMode: "capture-stdout",
    consoleMode: "disabled",
    openConsoleOnError: false,
    exitOnCtrlC: false,
    exitSignals: [],
    clearOnShutdown: false,
    useMouse: false,
    autoFocus: false,
    // Pacing is done here, with a leading edge; this only lets the library draw as soon as it is asked.
    maxFps: 1000,
  })
  removeNewListeners(before)
  return new OpentuiScreen(renderer, options)
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
  #palette: Palette
  #size: Size
  #state: "footer" | "overlay" | "suspended" | "closed" = "footer"
  #waiting: Row[] = []
  #dropped = 0
  #footer: readonly Row[] = []
  #overlay: readonly Row[] = []
  #cursor: Position | null = null
  #overlayCursor: Position | null = null
  #frameAsked = false
  #timer: Timer | undefined
  #lastFrame = Number.NEGATIVE_INFINITY
  /** The first row of the footer when the overlay opened, and the width; what stood above is still there on return. */
  #left: { readonly offset: number; readonly columns: number } | undefined
  #intact = false
  #replayOnReturn = false

  constructor(renderer: CliRenderer, options: OpentuiScreenOptions) {
    this.#renderer = renderer
    this.#options = options
    this.#palette = this.#paletteFor(this.theme)
    this.#size = { columns: renderer.terminalWidth, rows: renderer.terminalHeight }
    renderer.addPostProcessFn((buffer) => this.#paint(buffer))
    renderer.keyInput.on("keypress", (event) => {
      const key = normaliseKey(event)
      if (key !== null) this.onKey(key)
    })
    renderer.keyInput.on("paste", (event) => this.onPaste(normalisePaste(decoder.decode(event.bytes))))
    renderer.on(CliRenderEvents.RESIZE, () => this.#resized())
    renderer.on(CliRenderEvents.THEME_MODE, () => {
      this.#palette = this.#paletteFor(this.theme)
      this.#askFrame()
    })
    this.#started = firstFrame(renderer)
    this.#unwatch = watchForLeaving({ close: () => this.close(), onLeave: options.onLeave })
  }

  get size(): Size {
    return this.#size
  }

  get theme(): "dark" | "light" {
    if (this.#options.theme !== "auto") return themeMode(this.#options.theme)
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
    this.#footer = hidden === 0 ? rows : rows.slice(hidden)
    this.#cursor = cursor === null ? null : { row: Math.max(0, cursor.row - hidden), column: cursor.column }
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
    this.#overlay = rows
    this.#overlayCursor = cursor
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
    this.#state = "footer"
    this.#renderer.resume()
    if (this.#replayOnReturn) this.#clear()
    this.#askFrame()
    this.#resized()
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return
    if (this.#state === "overlay") this.#leaveOverlay()
    if (this.#state === "footer") await this.#hideFooter()
    // The rest runs in one go: nothing may be drawn between the last frame and the library's own end.
    this.#cancelFrame()
    this.#state = "closed"
    this.#unwatch()
    this.#renderer.destroy()
  }

  setTitle(title: string): void {
    if (this.#state !== "closed") this.#renderer.setTerminalTitle(sanitiseLine(title))
  }

  bell(): void {
    if (this.#state !== "closed" && this.#state !== "suspended") writeSync(process.stdout.fd, "\u0007")
  }

  copy(text: string): boolean {
    if (this.#state === "closed" || !this.#renderer.isOsc52Supported()) return false
    return this.#renderer.copyToClipboardOSC52(text)
  }

  async flushed(): Promise<void> {
    while (this.#state === "footer" && (this.#waiting.length > 0 || this.#frameAsked)) {
      this.#cancelFrame()
      this.#frame()
      await this.#renderer.idle()
    }
    await this.#started
    await this.#renderer.idle()
  }

  /** Leaves one blank row with the cursor, so that what is printed next stands right below the transcript. */
  async #hideFooter(): Promise<void> {
    await this.flushed()
    const shown = this.#footer
    const cursor = this.#cursor
    this.#footer = []
    this.#cursor = { row: 0, column: 0 }
    this.#renderer.footerHeight = 1
    this.#renderer.requestRender()
    await this.#renderer.idle()
    this.#footer = shown
    this.#cursor = cursor
    this.#cancelFrame()
  }

  #paletteFor(mode: "dark" | "light"): Palette {
    const name = this.#options.theme === "auto" ? mode : this.#options.theme
    return createPalette(themes[name], this.#options.colours)
  }

  #askFrame(): void {
    if (this.#frameAsked || this.#state === "closed" || this.#state === "suspended") return
    this.#frameAsked = true
    const wait = this.#lastFrame + frameMs - performance.now()
    if (wait > 0) this.#timer = setTimeout(this.#frame, wait)
    else queueMicrotask(this.#frame)
  }

  #cancelFrame(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#frameAsked = false
  }

  readonly #frame = (): void => {
    this.#frameAsked = false
    if (this.#state === "closed" || this.#state === "suspended") return
    this.#lastFrame = performance.now()
    if (this.#state === "footer") {
      this.#commitWaiting()
      this.#renderer.footerHeight = Math.max(1, this.#footer.length)
    }
    this.#renderer.requestRender()
    // More than a frame holds: go on as soon as this one is out, without waiting for the next interval.
    if (this.#state === "footer" && this.#waiting.length > 0) {
      this.#frameAsked = true
      void this.#renderer.idle().then(() => this.#frameAsked && this.#frame())
    }
  }

  #commitWaiting(): void {
    if (this.#dropped > 0) {
      this.#waiting.unshift([
        { text: `… ${this.#dropped} rows are in the transcript only`, style: { fg: "muted" } },
      ])
      this.#dropped = 0
    }
    const palette = this.#palette
    let from = 0
    for (let count = 0; count < snapshotsPerFrame && from < this.#waiting.length; count++) {
      const rows = this.#waiting.slice(from, from + rowsPerSnapshot)
      from += rows.length
      this.#renderer.writeToScrollback(({ width, renderContext }) => ({
        root: new Rows(renderContext, { width, height: rows.length }, (buffer) =>
          paintRows(buffer, rows, palette),
        ),
        width,
        height: rows.length,
      }))
      this.#trail.add(rows)
    }
    if (from > 0) this.#waiting = this.#waiting.slice(from)
  }

  #paint(buffer: OptimizedBuffer): void {
    const overlay = this.#state === "overlay"
    const rows = overlay ? this.#overlay : this.#footer
    const cursor = overlay ? this.#overlayCursor : this.#cursor
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
    // What is committed so far belongs to the main screen and must be there on return.
    while (this.#waiting.length > 0) {
      const before = this.#waiting.length
      this.#commitWaiting()
      this.#renderer.externalOutputMode = "passthrough"
      this.#renderer.externalOutputMode = "capture-stdout"
      if (this.#waiting.length === before) break
    }
    this.#left = { offset: offsetOf(this.#renderer), columns: this.#size.columns }
    this.#renderer.externalOutputMode = "passthrough"
    this.#renderer.screenMode = "alternate-screen"
    this.#state = "overlay"
  }

  #leaveOverlay(): void {
    if (this.#state !== "overlay") return
    this.#state = "footer"
    this.#overlay = []
    this.#renderer.screenMode = "split-footer"
    // The library takes the cursor's row for the first free row below the transcript.
    if (this.#left !== undefined) this.#renderer.setCursorPosition(1, Math.max(1, this.#left.offset), false)
    this.#renderer.externalOutputMode = "capture-stdout"
    this.#intact = this.#left?.columns === this.#size.columns && !this.#replayOnReturn
    if (this.#replayOnReturn) this.#clear()
    this.#askFrame()
  }

  #clear(): void {
    this.#replayOnReturn = false
    this.#renderer.resetSplitFooterForReplay({ clearSavedLines: true })
  }

  #resized(): void {
    const size = { columns: this.#renderer.terminalWidth, rows: this.#renderer.terminalHeight }
    // The library also emits this when the footer grows or shrinks.
    if (size.columns === this.#size.columns && size.rows === this.#size.rows) return
    this.#size = size
    this.onResize(size)
  }

  #boundWaiting(): void {
    const excess = this.#waiting.length - maxWaitingRows
    if (excess <= 0) return
    this.#waiting = this.#waiting.slice(excess)
    this.#dropped += excess
  }
}

const decoder = new TextDecoder()

/** A block of finished rows, drawn into one scrollback snapshot. */
class Rows extends Renderable {
  readonly #draw: (buffer: OptimizedBuffer) => void

  constructor(
    context: RenderContext,
    size: { width: number; height: number },
    draw: (buffer: OptimizedBuffer) => void,
  ) {
    super(context, size)
    this.#draw = draw
  }

  protected override renderSelf(buffer: OptimizedBuffer): void {
    this.#draw(buffer)
  }
}

/** Zero-based row where the footer begins; the library keeps it, but not in its published type. */
function offsetOf(renderer: CliRenderer): number {
  const offset: unknown = Reflect.get(renderer, "renderOffset")
  return typeof offset === "number" ? offset : 0
}

async function firstFrame(renderer: CliRenderer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, firstFrameMs)
  renderer.once(CliRenderEvents.FRAME, () => resolve())
  await promise
  clearTimeout(timer)
}

function newestRows(rows: Iterable<Row>): Row[] {
  let kept: Row[] = []
  for (const row of rows) {
    kept.push(row)
    if (kept.length >= replayRows * 2) kept = kept.slice(-replayRows)
  }
  return kept.slice(-replayRows)
}

const libraryEvents = ["uncaughtException", "unhandledRejection", "warning"] as const
type Listener = (...args: unknown[]) => void

function processListeners(): ReadonlyMap<string, ReadonlySet<unknown>> {
  return new Map(libraryEvents.map((event) => [event, new Set<unknown>(process.rawListeners(event))]))
}

/** OpenTUI's own handlers print source excerpts and leave the process hanging with a dead screen. */
function removeNewListeners(before: ReadonlyMap<string, ReadonlySet<unknown>>): void {
  for (const event of libraryEvents) {
    for (const listener of process.rawListeners(event)) {
      if (!before.get(event)?.has(listener)) process.removeListener(event, listener as Listener)
    }
  }
}
