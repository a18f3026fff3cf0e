/** Whole lines in batches, so that a flood costs the model a few lines; no timer runs while nothing comes. */
import { firstChars } from "../result.ts"

/** Lines that come within this time are told together; own choice. */
const BATCH_MS = 200
/** Lines of a batch; the others are counted. Own choice. */
const BATCH_LINES = 20
/** Of one line; own choice. */
const LINE_CHARS = 500
/** Text of a line that has not ended yet; own choice. */
const PENDING_CHARS = 4_096

export interface LineEvents {
  add(chunk: Uint8Array): void
  /** The last line may lack its end. */
  end(): void
}

export function lineEvents(tell: (text: string) => void): LineEvents {
  const decoder = new TextDecoder()
  let pending = ""
  let batch: string[] = []
  let dropped = 0
  let timer: Timer | undefined
  function push(line: string) {
    if (line.trim() === "") return
    if (batch.length < BATCH_LINES) batch.push(firstChars(line, LINE_CHARS))
    else dropped += 1
    timer ??= setTimeout(flush, BATCH_MS)
  }
  function flush() {
    clearTimeout(timer)
    timer = undefined
    if (batch.length === 0) return
    tell(batch.join("\n") + (dropped > 0 ? `\n(${dropped} more lines)` : ""))
    batch = []
    dropped = 0
  }
  return {
    add(chunk) {
      pending += decoder.decode(chunk, { stream: true })
      const parts = pending.split(/\r?\n/)
      pending = firstChars(parts.pop() ?? "", PENDING_CHARS)
      for (const part of parts) push(part)
    },
    end() {
      push(pending)
      flush()
    },
  }
}
