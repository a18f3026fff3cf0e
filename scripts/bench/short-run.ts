/** Time and peak memory of a program that runs and ends. */
import { closeSync, constants, openSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"
import type { Place } from "./place.ts"
import { contextSwitches, peakMegabytes } from "./proc.ts"

/** Milliseconds from spawn to its end. */
export function timeRun(command: readonly string[], place: Place): number {
  const start = Bun.nanoseconds()
  const done = Bun.spawnSync([...command], {
    cwd: place.folder,
    env: place.env,
    stdin: "ignore",
    timeout: 30_000,
  })
  const elapsed = (Bun.nanoseconds() - start) / 1e6
  if (done.exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${done.exitCode}: ${done.stderr}`)
  return elapsed
}

/** Milliseconds; a program that has not come to print by then never will. */
const PRINT_DEADLINE = 20_000

/**
 * Peak memory in MB at the moment the program prints its result. Its stdout is a full pipe, so it stands still there and
 * can be looked at; what the kernel reports after the end (ru_maxrss) still holds the peak of the process that spawned it.
 */
export async function peakOfRun(command: readonly string[], place: Place): Promise<number> {
  const fifo = join(place.folder, `.stdout-${process.pid}`)
  if (Bun.spawnSync(["mkfifo", fifo]).exitCode !== 0) throw new Error("cannot make a pipe")
  const keeper = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK)
  fill(keeper)
  const stdout = openSync(fifo, constants.O_WRONLY)
  const child = Bun.spawn([...command], {
    cwd: place.folder,
    env: place.env,
    stdio: ["ignore", stdout, "ignore"],
  })
  try {
    await untilItStands(child.pid)
    return peakMegabytes(child.pid)
  } finally {
    child.kill("SIGKILL")
    await child.exited
    closeSync(stdout)
    closeSync(keeper)
    rmSync(fifo)
  }
}

function fill(pipe: number): void {
  const block = Buffer.alloc(4096)
  try {
    while (true) writeSync(pipe, block)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error
  }
}

/** Milliseconds without any thread having run, after which it stands still. */
const STILL = 100

async function untilItStands(pid: number): Promise<void> {
  const end = Date.now() + PRINT_DEADLINE
  let [seen, since] = [-1, Date.now()]
  while (Date.now() < end) {
    const switches = contextSwitches(pid)
    if (switches !== seen) [seen, since] = [switches, Date.now()]
    if (Date.now() - since > STILL) return
    await Bun.sleep(10)
  }
  throw new Error("the program did not come to print its result")
}
