/** Gives memory back once, some time after a turn when nobody types; nothing runs while nothing happens. */

export interface Rest {
  /** A turn began. */
  stop(): void
  /** A turn ended: rests after a while. */
  begin(): void
  /** A key puts a rest that is due off. */
  putOff(): void
}

/** Collecting takes some 30 ms, in which a key would wait: only after a pause of this many milliseconds. */
const PAUSE_MS = 1_200

export function createRest(collect: () => void): Rest {
  let timer: ReturnType<typeof setTimeout> | null = null
  const stop = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }
  const begin = () => {
    stop()
    timer = setTimeout(() => {
      timer = null
      collect()
    }, PAUSE_MS)
  }
  return {
    stop,
    begin,
    putOff() {
      if (timer !== null) begin()
    },
  }
}
