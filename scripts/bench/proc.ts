/** Readings of a live process from /proc. */
import { readdirSync, readFileSync } from "node:fs"

/** The kernel's unit of processor time; 100 on every Linux that Bun runs on. */
const TICKS_PER_SECOND = 100

/** User and system time of all its threads, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  // The name in parentheses may hold spaces; utime and stime are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Resident memory now, in MB. */
export function residentMegabytes(pid: number): number {
  return kilobytes(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"), "Rss") / 1024
}

/** The highest resident memory since its program started, in MB. */
export function peakMegabytes(pid: number): number {
  return kilobytes(readFileSync(`/proc/${pid}/status`, "utf8"), "VmHWM") / 1024
}

/** How often its threads were switched in: every wake-up shows here. */
export function contextSwitches(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const counts = threads.map((thread) => {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8")
    return [...status.matchAll(/ctxt_switches:\s+(\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0)
  })
  return counts.reduce((sum, count) => sum + count, 0)
}

function kilobytes(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? Number.NaN)
}
