/** Decides when a frame is drawn: soon after a key, calmly while text streams, four times a second for the spinner, never at rest. */

export interface Painter {
  /** Something changed; a `key` is answered sooner than an `event`. */
  request(by: "key" | "event"): void
  stop(): void
}

export interface PainterOptions {
  /** Draws; returns after how many milliseconds the frame will be out of date by itself, null for never. */
  draw(): number | null
}

const KEY_FRAME_MS = 16
/** Twenty frames a second are smooth for text and leave the processor alone. */
const EVENT_FRAME_MS = 50

export function createPainter({ draw }: PainterOptions): Painter {
  let timer: ReturnType<typeof setTimeout> | null = null
  let due = Number.POSITIVE_INFINITY
  let drawnAt = Number.NEGATIVE_INFINITY
  let stopped = false

  const schedule = (at: number) => {
    if (stopped || at >= due) return
    if (timer !== null) clearTimeout(timer)
    due = at
    timer = setTimeout(paint, Math.max(0, at - performance.now()))
  }
  const paint = () => {
    timer = null
    due = Number.POSITIVE_INFINITY
    drawnAt = performance.now()
    const stale = draw()
    if (stale !== null) schedule(drawnAt + stale)
  }
  return {
    request(by) {
      const now = performance.now()
      schedule(Math.max(now, drawnAt + (by === "key" ? KEY_FRAME_MS : EVENT_FRAME_MS)))
    },
    stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  }
}
