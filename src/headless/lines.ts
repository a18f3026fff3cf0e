/** A line, or the news that one was too long (its text is not kept). `number` counts from 1. */
export type InputLine =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly tooLong: true }

/** 50 MB: room for a message with the largest images and documents the API takes, in base64. */
export const MAX_LINE_BYTES = 50 * 1024 * 1024

const NEWLINE = 10

/**
 * Splits bytes into lines, holding at most one line in memory. A last line without newline counts; empty lines
 * are skipped; after a line that is too long nothing more is read.
 */
export async function* readLines(
  input: AsyncIterable<Uint8Array>,
  { maxBytes = MAX_LINE_BYTES }: { readonly maxBytes?: number } = {},
): AsyncGenerator<InputLine> {
  const decoder = new TextDecoder()
  let parts: Uint8Array[] = []
  let held = 0
  let number = 0
  const take = (): InputLine | null => {
    number++
    const text = decoder.decode(parts.length === 1 ? parts[0] : Buffer.concat(parts)).trim()
    parts = []
    held = 0
    return text === "" ? null : { number, text }
  }
  for await (const chunk of input) {
    let from = 0
    while (from < chunk.length) {
      const end = chunk.indexOf(NEWLINE, from)
      const piece = chunk.subarray(from, end < 0 ? chunk.length : end)
      held += piece.length
      if (held > maxBytes) {
        yield { number: number + 1, tooLong: true }
        return
      }
      // A chunk's buffer may be reused by its stream, so what outlives the chunk is copied.
      if (piece.length > 0) parts.push(end < 0 ? piece.slice() : piece)
      if (end < 0) break
      const line = take()
      if (line !== null) yield line
      from = end + 1
    }
  }
  const line = held > 0 ? take() : null
  if (line !== null) yield line
}
