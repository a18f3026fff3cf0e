/** Draws rows of spans into an OpenTUI cell buffer: theme roles become colours, spans stand where their width says. */
import {
  attributesWithLink,
  createTextAttributes,
  type OptimizedBuffer,
  type RenderLib,
  RGBA,
  resolveRenderLib,
} from "@opentui/core"
import { displayWidth } from "../../lib/width.ts"
import type { Role, Row, Style } from "./port.ts"
import type { Colour, Theme } from "./theme.ts"

export interface Palette {
  readonly colours: boolean
  readonly roles: Readonly<Record<Role, RGBA>>
}

export const transparent = RGBA.fromValues(0, 0, 0, 0)
const foreground = RGBA.defaultForeground()
const linkTarget = /^(https?|file):\/\/[\x21-\x7e]+$/
// The library's own bound for a link's target; longer ones are shown without a link.
const maxLinkLength = 512

export function createPalette(theme: Theme, colours: boolean): Palette {
  const roles = Object.fromEntries(
    Object.entries(theme).map(([role, colour]) => [role, colours ? toRgba(colour) : foreground]),
  )
  return { colours, roles: roles as Record<Role, RGBA> }
}

function toRgba(colour: Colour): RGBA {
  if (colour === null) return foreground
  return typeof colour === "number" ? RGBA.fromIndex(colour) : RGBA.fromHex(colour)
}

/**
 * As `paintRows`, for rows that go to the scrollback: the last one gets a cell even when it is blank, or the library
 * takes it for the free row where the next commit begins and it would be lost.
 */
export function paintFinished(buffer: OptimizedBuffer, rows: readonly Row[], palette: Palette): void {
  if (rows.at(-1)?.every((span) => span.text === ""))
    buffer.drawText(" ", 0, rows.length - 1, foreground, transparent)
  paintRows(buffer, rows, palette)
}

/** `buffer` must be clear where rows are painted. */
export function paintRows(buffer: OptimizedBuffer, rows: readonly Row[], palette: Palette): void {
  const raw = rawCells(buffer)
  for (const [y, row] of rows.entries()) {
    if (y >= raw.height) return
    let x = 0
    for (const span of row) {
      if (span.text === "") continue
      const look = resolve(span.style, palette)
      if (isSimple(span.text)) {
        putSimple(raw, span.text, { x, y }, look)
        x += span.text.length
        continue
      }
      buffer.drawText(span.text, x, y, look.fg, look.bg, look.attributes)
      x += cells(span.text, buffer.widthMethod)
    }
  }
}

const ascii = /^[\x20-\x7e]+$/
// Letters of Europe, punctuation, arrows, mathematics, boxes and shapes, without what combines with its neighbour.
const simple =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u2bff]+$/

/** Every character is one code unit, stands alone and takes one cell. */
function isSimple(text: string): boolean {
  return ascii.test(text) || (simple.test(text) && displayWidth(text) === text.length)
}

/** The buffer's memory, colours as two words a cell. Valid until the buffer is resized. */
interface RawCells {
  readonly width: number
  readonly height: number
  readonly char: Uint32Array
  readonly fg: Uint32Array
  readonly bg: Uint32Array
  readonly attributes: Uint32Array
}

function rawCells(buffer: OptimizedBuffer): RawCells {
  const { char, fg, bg, attributes } = buffer.buffers
  const { width, height } = buffer
  return { width, height, char, fg: words(fg), bg: words(bg), attributes }
}

function words(values: Uint16Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length / 2)
}

const colourWords = new WeakMap<RGBA, readonly [number, number]>()

function wordsOf(colour: RGBA): readonly [number, number] {
  const known = colourWords.get(colour)
  if (known !== undefined) return known
  const [low = 0, high = 0] = words(colour.buffer)
  const made = [low, high] as const
  colourWords.set(colour, made)
  return made
}

/**
 * Written directly, at a tenth of the cost of a call into the library, which besides maps and unmaps memory for each
 * text that is not ASCII.
 */
function putSimple(
  raw: RawCells,
  text: string,
  at: { readonly x: number; readonly y: number },
  look: Look,
): void {
  const { char, fg, bg, attributes } = raw
  const [fgLow, fgHigh] = wordsOf(look.fg)
  const [bgLow, bgHigh] = wordsOf(look.bg)
  const end = Math.min(text.length, raw.width - at.x)
  let cell = at.y * raw.width + at.x
  for (let index = 0; index < end; index++, cell++) {
    char[cell] = text.charCodeAt(index)
    fg[2 * cell] = fgLow
    fg[2 * cell + 1] = fgHigh
    bg[2 * cell] = bgLow
    bg[2 * cell + 1] = bgHigh
    attributes[cell] = look.attributes
  }
}

/** The terminal column of a caret that stands at `column` cells of `row`, where the terminal counts differently. */
export function terminalColumn(
  row: Row | undefined,
  column: number,
  method: OptimizedBuffer["widthMethod"],
): number {
  if (row === undefined || method === "unicode") return column
  let left = column
  let x = 0
  for (const span of row) {
    const width = displayWidth(span.text)
    if (width > left) {
      // Inside this span: walk code points until the cells of the caret are used up.
      let text = ""
      for (const point of span.text) {
        if (displayWidth(text + point) > left) break
        text += point
      }
      return x + cells(text, method)
    }
    left -= width
    x += cells(span.text, method)
  }
  return x + left
}

/**
 * Cells as the terminal counts them: where it does not cluster graphemes (no mode 2027), each code point of an emoji
 * sequence has its own cells.
 */
function cells(text: string, method: OptimizedBuffer["widthMethod"]): number {
  const clustered = displayWidth(text)
  if (method === "unicode" || clustered === text.length) return clustered
  let sum = 0
  for (const point of text) sum += displayWidth(point)
  return sum
}

interface Look {
  readonly fg: RGBA
  readonly bg: RGBA
  readonly attributes: number
}

const plain: Look = { fg: foreground, bg: transparent, attributes: 0 }

function resolve(style: Style | undefined, palette: Palette): Look {
  if (style === undefined) return plain
  const { fg, bg } = style
  const backgroundRole = bg === undefined ? undefined : palette.roles[bg]
  // Without colours a muted text is still told apart by dimming, and a selection by inversion.
  const attributes = createTextAttributes({
    bold: style.bold === true,
    dim: style.dim === true || (!palette.colours && fg === "muted"),
    italic: style.italic === true,
    underline: style.underline === true,
    strikethrough: style.strike === true,
    inverse: style.inverse === true || (!palette.colours && bg === "selection"),
  })
  return {
    fg: fg === undefined ? foreground : palette.roles[fg],
    bg: backgroundRole === undefined || backgroundRole === foreground ? transparent : backgroundRole,
    attributes: style.link === undefined ? attributes : withLink(attributes, style.link),
  }
}

function withLink(attributes: number, target: string): number {
  if (target.length > maxLinkLength || !linkTarget.test(target)) return attributes
  // In the library's object, not in its published type.
  const lib: RenderLib & { linkAlloc?: (url: string) => number } = resolveRenderLib()
  return lib.linkAlloc === undefined ? attributes : attributesWithLink(attributes, lib.linkAlloc(target))
}
