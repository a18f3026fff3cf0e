/** How many pages a PDF has, without a PDF library: page objects are counted, also inside compressed object streams. */
import { inflateSync } from "node:zlib"

/** A compressed stream may not blow up past this; own choice. */
const MAX_INFLATED = 32 * 1024 * 1024
/** Work bound for hostile files; own choice. */
const MAX_STREAMS = 5_000

/** A dictionary between its type and its stream is short. */
const OBJECT_STREAM = /\/Type\s*\/ObjStm\b[\s\S]{0,400}?stream\r?\n/g

/** Null when the file shows no pages (encrypted or damaged). */
export function pdfPages(bytes: Buffer): number | null {
  const text = bytes.toString("latin1")
  let pages = countPages(text)
  if (pages === 0) {
    let room = MAX_INFLATED
    let streams = 0
    for (const found of text.matchAll(OBJECT_STREAM)) {
      streams += 1
      if (streams > MAX_STREAMS || room <= 0) break
      const start = found.index + found[0].length
      const end = text.indexOf("endstream", start)
      if (end === -1) break
      try {
        const inflated = inflateSync(bytes.subarray(start, end), { maxOutputLength: room, finishFlush: 2 })
        room -= inflated.length
        pages += countPages(inflated.toString("latin1"))
      } catch {
        // Another filter, or damage: this stream tells nothing.
      }
    }
  }
  return pages === 0 ? null : pages
}

function countPages(text: string): number {
  return text.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0
}
