import type { Line } from "../model/line.ts"
import type { SessionLog } from "../model/session.ts"

/** Lines on their way to a host before it listens; a start writes a handful. */
const MAX_WAITING = 1_000

/** Tells a host what the logs took, batch by batch (spec/headless.md section 2.7). */
export interface Mirror {
  /** The same log; what is appended to it is told. */
  watch(log: SessionLog): SessionLog
  /** Where batches go; what came before is sent at once. */
  to(send: (file: string, lines: readonly Line[]) => void): void
}

export function createMirror(): Mirror {
  let send: ((file: string, lines: readonly Line[]) => void) | null = null
  const waiting: { readonly file: string; readonly lines: readonly Line[] }[] = []
  return {
    watch(log) {
      const { file } = log
      if (file === null) return log
      return {
        id: log.id,
        file,
        get leaf() {
          return log.leaf
        },
        append(lines) {
          log.append(lines)
          if (send !== null) send(file, lines)
          else if (waiting.length < MAX_WAITING) waiting.push({ file, lines })
        },
        sync: () => log.sync(),
        close: () => log.close(),
      }
    },
    to(next) {
      send = next
      for (const { file, lines } of waiting.splice(0)) next(file, lines)
    },
  }
}
