/**
 * Where the split footer stands on the terminal. OpenTUI 0.4.5 (pinned exactly) keeps this to itself and forgets it
 * when the screen mode changes or another program has printed; its own start-up uses the same members. Its public way
 * to print lays out a tree of components for each commit, which costs ten times the printing.
 */
import { type CliRenderer, OptimizedBuffer } from "@opentui/core"
import { writeNow } from "./write-now.ts"

interface Internals {
  readonly renderOffset: number
  readonly sigwinchHandler: () => void
  resetSplitScrollback(seedRows: number): void
  enqueueRenderedScrollbackCommit(commit: {
    readonly snapshot: OptimizedBuffer
    readonly startOnNewLine: boolean
    readonly trailingNewline: boolean
  }): void
}

function internals(renderer: CliRenderer): Internals {
  return renderer as unknown as Internals
}

/** Rows above the footer. */
export function rowsAbove(renderer: CliRenderer): number {
  return internals(renderer).renderOffset
}

/** Says that `row` (one-based) is where the next commit is printed; the footer stands below it. */
export function printFrom(renderer: CliRenderer, row: number): void {
  internals(renderer).resetSplitScrollback(row)
}

/** Prints `height` rows above the footer with the next frame, as `paint` draws them. */
export function printRows(
  renderer: CliRenderer,
  height: number,
  paint: (buffer: OptimizedBuffer) => void,
): void {
  const snapshot = OptimizedBuffer.create(renderer.width, height, renderer.widthMethod, { id: "rows" })
  try {
    paint(snapshot)
    // A trailing newline would keep one blank row between the transcript and the footer for good.
    internals(renderer).enqueueRenderedScrollbackCommit({
      snapshot,
      startOnNewLine: true,
      trailingNewline: false,
    })
  } catch (error) {
    snapshot.destroy()
    throw error
  }
}

/** The library draws before it is known where a resized terminal has moved its rows; `resize` is called instead. */
export function stopFollowingWindow(renderer: CliRenderer): void {
  process.off("SIGWINCH", internals(renderer).sigwinchHandler)
}

// A terminal that answers does so within a round trip; one that does not must not delay the way back.
const replyMs = 150
const cursorReport = new RegExp(`${String.fromCharCode(27)}\\[(\\d+);(\\d+)R`)

/**
 * The one-based place of the cursor, asked from the terminal while nothing is drawn; null when it does not answer.
 * `input` is what arrived besides: whoever was not listening has to be given it.
 */
export async function askCursor(): Promise<{ row: number; column: number; input: Buffer } | null> {
  const { stdin } = process
  let received = Buffer.alloc(0)
  const { promise, resolve } = Promise.withResolvers<void>()
  const onData = (bytes: Buffer): void => {
    received = Buffer.concat([received, bytes])
    if (cursorReport.test(received.toString("latin1"))) resolve()
  }
  const timer = setTimeout(resolve, replyMs)
  stdin.setRawMode?.(true)
  stdin.on("data", onData)
  stdin.resume()
  writeNow("\u001b[6n")
  await promise
  clearTimeout(timer)
  stdin.off("data", onData)
  const text = received.toString("latin1")
  const match = cursorReport.exec(text)
  if (match === null) return null
  const input = Buffer.from(text.replace(match[0], ""), "latin1")
  return { row: Number(match[1]), column: Number(match[2]), input }
}

/**
 * Scrolls until a footer of `height` rows fits below the `above` rows; returns how many of them are left. What stood
 * below them is erased. In one synchronized update with the frame that follows.
 */
export function makeRoom(above: number, height: number, terminalRows: number): number {
  const missing = Math.min(above, above + height - terminalRows)
  if (missing <= 0) return above
  writeNow(`\u001b[?2026h\u001b[${above + 1};1H\u001b[J\u001b[${terminalRows};1H${"\n".repeat(missing)}`)
  return above - missing
}

/** The one-based row below what another program printed, scrolled up by one where that was the last row. */
export function freeRow(place: { readonly row: number; readonly column: number }, height: number): number {
  const ended = place.column > 1 ? place.row + 1 : place.row
  if (place.column > 1) writeNow("\r\n")
  if (ended < height) return ended
  writeNow("\r\n")
  return height - 1
}
