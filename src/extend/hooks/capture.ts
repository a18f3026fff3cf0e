/** Keeps the beginning of a stream of bytes; what does not fit is counted, not kept. */
export interface Capture {
  push(chunk: Uint8Array): void
  readonly text: string
  readonly lost: number
}

export function createCapture(maxBytes: number): Capture {
  const chunks: Uint8Array[] = []
  let kept = 0
  let lost = 0
  return {
    push(chunk) {
      const room = maxBytes - kept
      const part = chunk.length <= room ? chunk : chunk.subarray(0, room)
      if (part.length > 0) chunks.push(part.slice())
      kept += part.length
      lost += chunk.length - part.length
    },
    get text() {
      return Buffer.concat(chunks).toString("utf8")
    },
    get lost() {
      return lost
    },
  }
}
