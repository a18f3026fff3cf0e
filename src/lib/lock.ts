/**
 * A lock between processes that survives crashes: the empty directory `<file>.lock`, made with `mkdir` (atomic on every
 * file system we meet, network ones included). The holder renews its time stamp; one that is not renewed is taken over.
 * Format and times are those of the npm package proper-lockfile, so that programs using it and ours exclude each other.
 */
import { mkdir, rmdir, stat, utimes } from "node:fs/promises"

/** A lock not renewed for this long belongs to a dead process (proper-lockfile's default). */
const STALE_MS = 10_000
const RENEW_MS = 3_000
const POLL_MIN_MS = 4
const POLL_MAX_MS = 60
/** How long a caller waits for its turn unless it says otherwise. */
export const LOCK_TIMEOUT_MS = 15_000

export interface LockOptions {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface HeldLock {
  /** False when another process took the lock over (this one slept too long): do not write any more. */
  stillHeld(): Promise<boolean>
}

/** In this process callers queue here, so that only one of them polls the file system. */
const queues = new Map<string, Promise<unknown>>()

/**
 * Runs `work` while holding the lock of `file`. The folder of `file` must exist.
 * @throws Error naming the lock when it cannot be had in time; the signal's reason when aborted.
 */
export async function withLock<T>(
  file: string,
  work: (lock: HeldLock) => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const before = queues.get(file) ?? Promise.resolve()
  const deadline = Date.now() + (options.timeoutMs ?? LOCK_TIMEOUT_MS)
  const mine = before.then(
    () => locked(file, work, deadline, options.signal),
    () => locked(file, work, deadline, options.signal),
  )
  const tail = mine.catch(() => undefined)
  queues.set(file, tail)
  try {
    return await mine
  } finally {
    if (queues.get(file) === tail) queues.delete(file)
  }
}

async function locked<T>(
  file: string,
  work: (lock: HeldLock) => Promise<T>,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  const dir = `${file}.lock`
  await acquire(dir, deadline, signal)
  let stamp = (await stat(dir)).mtimeMs
  const stillHeld = async () => {
    const now = await stat(dir).catch(() => null)
    return now !== null && now.mtimeMs === stamp
  }
  let renewal: Promise<void> = Promise.resolve()
  const renew = setInterval(() => {
    renewal = renewal.then(async () => {
      if (!(await stillHeld())) return
      const now = new Date()
      await utimes(dir, now, now).catch(() => undefined)
      stamp = (await stat(dir).catch(() => null))?.mtimeMs ?? stamp
    })
  }, RENEW_MS)
  renew.unref()
  try {
    return await work({ stillHeld: () => renewal.then(stillHeld) })
  } finally {
    clearInterval(renew)
    await renewal
    if (await stillHeld()) await rmdir(dir).catch(() => undefined)
  }
}

async function acquire(dir: string, deadline: number, signal: AbortSignal | undefined): Promise<void> {
  for (let pause = POLL_MIN_MS; ; pause = Math.min(pause * 2, POLL_MAX_MS)) {
    signal?.throwIfAborted()
    if (await make(dir)) return
    await breakIfStale(dir)
    if (Date.now() > deadline) {
      throw new Error(`${dir} is held by another process; remove it if none is running`)
    }
    await Bun.sleep(pause * (0.5 + Math.random()))
  }
}

async function make(dir: string): Promise<boolean> {
  try {
    await mkdir(dir, { mode: 0o700 })
    return true
  } catch (error) {
    if (code(error) === "EEXIST") return false
    throw new Error(`cannot lock: ${dir} (${code(error) ?? "unknown error"})`)
  }
}

/**
 * Removing a stale lock is itself exclusive (`<lock>.break`): otherwise the slower of two processes that saw the same
 * stale lock would remove the fresh one of the faster.
 */
async function breakIfStale(dir: string): Promise<void> {
  if (!(await isStale(dir))) return
  const breaker = `${dir}.break`
  if (!(await make(breaker))) {
    if (await isStale(breaker)) await rmdir(breaker).catch(() => undefined)
    return
  }
  try {
    if (await isStale(dir)) await rmdir(dir).catch(() => undefined)
  } finally {
    await rmdir(breaker).catch(() => undefined)
  }
}

async function isStale(dir: string): Promise<boolean> {
  const found = await stat(dir).catch(() => null)
  // A stamp from the future (clock set back) counts as stale as well, once it is further off than a renewal could be.
  return found !== null && Math.abs(Date.now() - found.mtimeMs) > STALE_MS
}

function code(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined
}
