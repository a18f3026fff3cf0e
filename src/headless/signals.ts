import type { Engine } from "../model/engine.ts"
import type { Progress } from "./progress.ts"

/** After the first SIGINT the turn has this long to end by itself. */
const INTERRUPT_MS = 5_000

type SignalName = "SIGINT" | "SIGTERM" | "SIGHUP"

/** `process` is one. */
export interface SignalSource {
  on(signal: SignalName, listener: () => void): unknown
  off(signal: SignalName, listener: () => void): unknown
}

/** Why the run is over. */
export interface Ending {
  readonly code: number
  /** For stderr. */
  readonly error?: string
  /** Becomes a failed result. */
  readonly failure?: string
  /** The result's `startup_failure_reason`. */
  readonly startup?: string
  /** Nothing more is written to stdout. */
  readonly silent?: true
}

export interface SignalTargets {
  readonly engine: Engine
  readonly progress: Progress
  end(ending: Ending): void
}

/** SIGINT ends the turn and then the run with 0, a second one at once; SIGTERM and SIGHUP leave the turn unfinished. */
export function watchSignals(source: SignalSource, { engine, progress, end }: SignalTargets) {
  let asked = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const onInterrupt = () => {
    if (asked) return end({ code: 130, silent: true })
    asked = true
    if (progress.settled()) return end({ code: 0 })
    engine.send({ type: "interrupt", dropQueue: true })
    timer = setTimeout(() => end({ code: 0 }), INTERRUPT_MS)
  }
  const onTerminate = () => end({ code: 143, silent: true })
  const onHangup = () => end({ code: 129, silent: true })
  source.on("SIGINT", onInterrupt)
  source.on("SIGTERM", onTerminate)
  source.on("SIGHUP", onHangup)
  return {
    get asked() {
      return asked
    },
    stop() {
      clearTimeout(timer)
      source.off("SIGINT", onInterrupt)
      source.off("SIGTERM", onTerminate)
      source.off("SIGHUP", onHangup)
    },
  }
}
