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

export function paintRows(buffer: OptimizedBuffer, rows: readonly Row[], palette: Palette): void {
  for (const [y, row] of rows.entries()) {
    let x = 0
    for (const span of row) {
      if (span.text === "") continue
      const { fg, bg, attributes } = resolve(span.style, palette)
      buffer.drawText(span.text, x, y, fg, bg, attributes)
      x += cells(span.text, buffer.widthMethod)
    }
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
