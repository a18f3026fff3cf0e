/**
 * One tree searched by two threads: the leader walks and hands batches of paths to a helper while it may take some more,
 * and scans the others itself. Results come back in path order. Nothing waits for a helper that has not begun: whatever
 * it did not claim the leader takes back, so a helper that never starts costs nothing.
 */
import { receiveMessageOnPort } from "node:worker_threads"
import type { Help } from "./job.ts"

/** Paths of a batch: about a millisecond of work, so that both end together. */
const BATCH = 128
/** Batches the helper may have before it; more would make the end uneven. */
const AHEAD = 6
/** Paths before help is asked for: a smaller tree is searched sooner than a thread starts. */
const ALONE = 2_048

/** `CLAIMED` counts the batches that somebody has begun, in order; `ANSWERED` wakes the leader. */
const CLAIMED = 0
const ANSWERED = 1
/** No batch has this number: nothing can be claimed any more. */
const CLOSED = 0x7fff_ffff

/** How often a path holds a match; any number but zero where only that matters. */
export type Scan = (path: string) => number

export interface Hit {
  readonly path: string
  readonly count: number
}

interface Handed {
  readonly number: number
  readonly paths: readonly string[]
}

/** To the helper; null ends it. Names cannot hold a NUL, and one text crosses faster than many. */
type Order = { readonly number: number; readonly paths: string } | null
type Reply = { readonly number: number; readonly counts: readonly (readonly [at: number, count: number])[] }

export interface Leading {
  readonly scan: Scan
  /** In path order; false: enough was found. */
  use(hit: Hit): boolean
  /** Asked once, on trees that are worth it. Null: nobody may help. */
  askHelp(): Help | null
  /** Milliseconds that are left. */
  remaining(): number
}

export class SharedSearch {
  private batch: string[] = []
  private seen = 0
  private help: Help | null = null
  private state: Int32Array | null = null
  private posted = 0
  /** Handed over and not answered: at most `AHEAD` and the one in work. */
  private readonly handed: Handed[] = []
  /** Results of batches in path order; null while the helper has it. */
  private readonly results: { hits: readonly Hit[] | null; readonly number: number }[] = []
  private enough = false

  constructor(private readonly leading: Leading) {}

  /** False: enough was found, or the time is over. */
  add(path: string): boolean {
    this.batch.push(path)
    if (this.batch.length === BATCH) this.flush()
    return !this.enough
  }

  /** Waits for the helper's last batch; false when the time ended before it. */
  end(): boolean {
    this.flush()
    const complete = this.finish()
    this.close()
    return complete
  }

  /** The helper begins nothing more. */
  close(): void {
    if (this.help === null || this.state === null) return
    Atomics.store(this.state, CLAIMED, CLOSED)
    this.help.port.postMessage(null)
    this.help = null
  }

  private flush(): void {
    const paths = this.batch
    if (paths.length === 0) return
    this.batch = []
    this.seen += paths.length
    if (this.state === null && this.seen > ALONE && this.seen - paths.length <= ALONE) {
      this.help = this.leading.askHelp()
      if (this.help !== null) this.state = new Int32Array(this.help.state)
    }
    if (
      this.help !== null &&
      this.state !== null &&
      this.posted - Atomics.load(this.state, CLAIMED) < AHEAD
    ) {
      const number = this.posted++
      this.handed.push({ number, paths })
      this.results.push({ hits: null, number })
      this.help.port.postMessage({ number, paths: paths.join("\0") } satisfies Order)
    } else this.results.push({ hits: this.scanAll(paths), number: -1 })
    this.collect()
    this.release()
  }

  private scanAll(paths: readonly string[]): Hit[] {
    const hits: Hit[] = []
    for (const path of paths) {
      const count = this.leading.scan(path)
      if (count > 0) hits.push({ path, count })
    }
    return hits
  }

  /** Takes the helper's answers that are there. */
  private collect(): void {
    if (this.help === null) return
    for (;;) {
      const got = receiveMessageOnPort(this.help.port) as { message: Reply } | undefined
      if (got === undefined) return
      const { number, counts } = got.message
      const at = this.handed.findIndex((one) => one.number === number)
      const paths = this.handed[at]?.paths
      if (paths === undefined) continue
      this.handed.splice(at, 1)
      this.settle(
        number,
        counts.map(([place, count]) => ({ path: paths[place] ?? "", count })),
      )
    }
  }

  private settle(number: number, hits: readonly Hit[]): void {
    const result = this.results.find((one) => one.number === number)
    if (result !== undefined) result.hits = hits
  }

  /** Hands on what is complete from the front. */
  private release(): void {
    let done = 0
    for (const { hits } of this.results) {
      if (hits === null || this.enough) break
      done += 1
      for (const hit of hits) {
        if (this.leading.use(hit)) continue
        this.enough = true
        break
      }
    }
    this.results.splice(0, done)
  }

  private finish(): boolean {
    const { state } = this
    if (state === null) return true
    // What the helper has not begun is taken back, in the order in which it would come to it.
    for (const { number, paths } of [...this.handed]) {
      if (this.enough) return true
      if (Atomics.compareExchange(state, CLAIMED, number, number + 1) !== number) continue
      this.handed.splice(
        this.handed.findIndex((one) => one.number === number),
        1,
      )
      this.settle(number, this.scanAll(paths))
    }
    while (!this.enough) {
      const answered = Atomics.load(state, ANSWERED)
      this.collect()
      this.release()
      if (this.handed.length === 0) return true
      const left = this.leading.remaining()
      if (left <= 0 || this.help === null) return false
      Atomics.wait(state, ANSWERED, answered, left)
    }
    return true
  }
}

/** In the helping thread: scans what comes over the port until it is told to end. */
export function helpSearch({ port, state }: Help, scan: Scan, ended: () => void): void {
  const shared = new Int32Array(state)
  port.onmessage = ({ data }) => {
    const order = data as Order
    if (order === null) {
      port.close()
      ended()
      return
    }
    const { number } = order
    if (Atomics.compareExchange(shared, CLAIMED, number, number + 1) !== number) return
    const counts: [number, number][] = []
    for (const [at, path] of order.paths.split("\0").entries()) {
      const count = scan(path)
      if (count > 0) counts.push([at, count])
    }
    port.postMessage({ number, counts } satisfies Reply)
    Atomics.add(shared, ANSWERED, 1)
    Atomics.notify(shared, ANSWERED)
  }
}

/** Both ends of a shared search: one to keep, one to send to the helper. */
export function makeHelp(): { readonly mine: Help; readonly theirs: Help } {
  const { port1, port2 } = new MessageChannel()
  const state = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)
  return { mine: { port: port1, state }, theirs: { port: port2, state } }
}
