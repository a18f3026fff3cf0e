/**
 * Decides when a frame is drawn: at once after a key, calmly while text streams, four times a second for the spinner,
 * never at rest.
 */

export interface Painter {
  /** Something changed; a `key` is answered sooner than an `event`. */
  request(by: "key" | "event"): void
  stop(): void
}

export interface Drawn {
  /** After how many milliseconds the frame will be out of date by itself; null for never. */
  readonly stale: number | null
  /** More waits to be drawn: go on as soon as keys had their turn. */
  readonly more: boolean
}

/** Keys that arrive in one chunk are drawn together; the next chunk may be drawn this many milliseconds later. */
const KEY_FRAME_MS = 4
/** Text is read, not steered: thirteen frames a second look steady and leave the processor alone. */
const EVENT_FRAME_MS = 75
/** What begins (a prompt, the first words of a reply) is shown at once: so many frames may follow each other closely. */
const BURST_FRAMES = 3

export function createPainter({ draw }: { readonly draw: () => Drawn }): Painter {
  let timer: ReturnType<typeof setTimeout> | null = null
  let due = Number.POSITIVE_INFINITY
  let drawnAt = Number.NEGATIVE_INFINITY
  let credit = BURST_FRAMES
  let creditAt = performance.now()
  let stopped = false

  const cancel = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    due = Number.POSITIVE_INFINITY
  }
  const schedule = (at: number, now: number) => {
    if (stopped || at >= due) return
    cancel()
    due = at
    if (at > now) timer = setTimeout(paint, at - now)
    else queueMicrotask(paintIfDue)
  }
  /** Milliseconds until a frame for an event may be drawn. */
  const eventWait = (now: number): number => {
    credit = Math.min(BURST_FRAMES, credit + (now - creditAt) / EVENT_FRAME_MS)
    creditAt = now
    return credit >= 1 ? KEY_FRAME_MS - (now - drawnAt) : (1 - credit) * EVENT_FRAME_MS
  }
  const paintIfDue = () => {
    if (due <= performance.now()) paint()
  }
  const paint = () => {
    cancel()
    if (stopped) return
    drawnAt = performance.now()
    credit = Math.max(0, credit - 1)
    const { stale, more } = draw()
    const now = performance.now()
    // A timer, not a microtask: input is read in between.
    if (more) schedule(now + 0.01, now)
    else if (stale !== null) schedule(drawnAt + stale, now)
  }
  return {
    request(by) {
      const now = performance.now()
      // A key's frame is drawn when its chunk is handled; an event's leaves time for what comes with it.
      if (by === "key") schedule(Math.max(now, drawnAt + KEY_FRAME_MS), now)
      else schedule(now + Math.max(0.01, eventWait(now)), now)
    },
    stop() {
      stopped = true
      cancel()
    },
  }
}
