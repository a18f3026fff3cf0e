/**
 * How long to leave bytes in the socket before they are read. The beginning of a reply is read at once, and so is a
 * reply that comes faster than it is read; one that trickles in is taken in a few larger pieces.
 */

/** Readings in a row that are not delayed, so that a reply's first words are never late. */
const BURST = 8
/** Milliseconds after which another reading may be made at once: twice as often as the terminal shows a frame. */
const REFILL_MS = 35

/** Call before every reading; returns the milliseconds to wait. */
export function createReadingPace(now: () => number = () => performance.now()): () => number {
  let credit = BURST
  let at = now()
  return () => {
    const time = now()
    credit = Math.min(BURST, credit + (time - at) / REFILL_MS)
    at = time
    credit -= 1
    return credit >= 0 ? 0 : Math.ceil(-credit * REFILL_MS)
  }
}
