/**
 * Finds children that left their group: `setsid` gives a process a new session, but it inherits its environment, and
 * every group started here carries a mark in it. Linux only (elsewhere another process's environment is not ours to
 * read); a child that clears its environment as well is out of reach.
 */
import { readdirSync, readFileSync } from "node:fs"

/** The variable that children carry: `<pid of this program>.<random>.<number of the group>.` */
export const MARK_NAME = "CCTS_GROUP"

const RUN = `${process.pid}.${crypto.randomUUID().slice(0, 8)}`
let groups = 0

/** A mark for one more group. */
export function nextMark(): string {
  groups += 1
  return `${RUN}.${groups}.`
}

/** Process ids that carry `mark`; with no mark, those of every group of this program. This program is never among them. */
export function markedProcesses(mark = `${RUN}.`): number[] {
  if (process.platform !== "linux" || groups === 0) return []
  const wanted = Buffer.from(`${MARK_NAME}=${mark}`)
  let names: string[]
  try {
    names = readdirSync("/proc")
  } catch {
    return []
  }
  return names.flatMap((name) => {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) return []
    try {
      return readFileSync(`/proc/${pid}/environ`).includes(wanted) ? [pid] : []
    } catch {
      // Gone meanwhile, or another user's.
      return []
    }
  })
}

export function signalEach(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // ESRCH: already gone.
    }
  }
}
