import { describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { withLock } from "../../src/lib/lock.ts"
import { tempDir } from "../sessions/support.ts"

const LONG_AGO = new Date(Date.now() - 60_000)

describe("the lock between processes", () => {
  test("lets one in at a time, in one process", async () => {
    using dir = tempDir()
    let inside = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 50 }, () =>
        withLock(join(dir.path, "f"), async () => {
          most = Math.max(most, ++inside)
          await Bun.sleep(0)
          inside--
        }),
      ),
    )
    expect([most, inside]).toEqual([1, 0])
    expect(existsSync(join(dir.path, "f.lock"))).toBe(false)
  })

  test("lets one in at a time, among processes that find the lock of a dead one", async () => {
    using dir = tempDir()
    const file = join(dir.path, "f")
    mkdirSync(`${file}.lock`)
    utimesSync(`${file}.lock`, LONG_AGO, LONG_AGO)
    writeFileSync(file, "0")
    const script = join(import.meta.dir, "count-up.ts")
    const children = Array.from({ length: 4 }, () =>
      Bun.spawn([process.execPath, script, file, "25"], { stderr: "inherit" }),
    )
    expect(await Promise.all(children.map((child) => child.exited))).toEqual([0, 0, 0, 0])
    expect(readFileSync(file, "utf8")).toBe("100")
  }, 30_000)

  test("is given back when the work fails, and names itself when it cannot be had", async () => {
    using dir = tempDir()
    const file = join(dir.path, "f")
    await expect(withLock(file, () => Promise.reject(new Error("work failed")))).rejects.toThrow(
      "work failed",
    )
    mkdirSync(`${file}.lock`)
    await expect(withLock(file, async () => 1, { timeoutMs: 20 })).rejects.toThrow(
      `${file}.lock is held by another process`,
    )
    await expect(withLock(file, async () => 1, { signal: AbortSignal.timeout(20) })).rejects.toThrow()
    await expect(withLock(join(dir.path, "no/where"), async () => 1)).rejects.toThrow("cannot lock")
  })

  test("tells its holder when it was taken over", async () => {
    using dir = tempDir()
    const file = join(dir.path, "f")
    await withLock(file, async (lock) => {
      expect(await lock.stillHeld()).toBe(true)
      utimesSync(`${file}.lock`, LONG_AGO, LONG_AGO)
      expect(await lock.stillHeld()).toBe(false)
    })
    // What is not ours any more is not removed.
    expect(existsSync(`${file}.lock`)).toBe(true)
  })
})
