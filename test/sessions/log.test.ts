import { describe, expect, test } from "bun:test"
import { appendFileSync, existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { createChain } from "../../src/sessions/chain.ts"
import { openLog } from "../../src/sessions/log.ts"
import { readTail } from "../../src/sessions/read-tail.ts"
import { tagLine, titleLine } from "../../src/sessions/side.ts"
import { reply, saidIn, tempDir } from "./support.ts"

const ID = "0b0e4d3c-7a52-4d1c-9a67-2f3c8c1f0001"
const about = { sessionId: ID, cwd: "/work/app", version: "2.2.0", gitBranch: "main" }

describe("the session log", () => {
  test("is made at the first line, for its owner only, as compact JSON", () => {
    using dir = tempDir()
    const log = openLog({ dir: join(dir.path, "deep", "er"), id: ID })
    const file = log.file ?? ""
    expect(existsSync(file)).toBe(false)
    log.append([createChain(about).user("hello")])
    log.close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const text = readFileSync(file, "utf8")
    expect(text).toContain('"type":"user"')
    expect(text.endsWith("}\n")).toBe(true)
  })

  test("writes nothing when the session is not persisted, and still knows its leaf", () => {
    using dir = tempDir()
    const log = openLog({ dir: dir.path, id: ID, persist: false })
    const line = createChain(about).user("secret")
    log.append([line])
    log.close()
    expect(log.file).toBeNull()
    expect(log.leaf).toBe(line.uuid)
    expect(existsSync(join(dir.path, `${ID}.jsonl`))).toBe(false)
  })

  test("continues after a cut line without harming either side", async () => {
    using dir = tempDir()
    const chain = createChain(about)
    const first = openLog({ dir: dir.path, id: ID })
    const asked = chain.user("first")
    first.append([asked])
    first.close()
    appendFileSync(first.file ?? "", '{"type":"user","uuid":"cut off in the mid')
    const second = openLog({ dir: dir.path, id: ID, leaf: asked.uuid })
    second.append([chain.assistant(reply("second"))])
    second.close()
    const tail = await readTail(second.file ?? "")
    expect(saidIn(tail.lines)).toEqual(["first", "second"])
    expect(tail.complete).toBe(true)
  })

  test("repeats title, tag and last prompt before they leave the last 64 KB", () => {
    using dir = tempDir()
    const log = openLog({ dir: dir.path, id: ID })
    const chain = createChain(about)
    log.append([titleLine("My title", ID), tagLine("blue", ID)])
    for (let turn = 0; turn < 40; turn++) log.append([chain.user(`${turn} ${"日".repeat(10_000)}`)])
    log.append([chain.user("y".repeat(1_000_000))])
    log.close()
    const tail = readFileSync(log.file ?? "")
      .subarray(-64 * 1024)
      .toString()
    expect(tail).toContain('"customTitle":"My title"')
    expect(tail).toContain('\n{"type":"tag","tag":"blue"')
  })

  test("reports once that it cannot write, and goes on", () => {
    using dir = tempDir()
    const blocked = join(dir.path, "file")
    appendFileSync(blocked, "")
    const lost: string[] = []
    const log = openLog({ dir: join(blocked, "below"), id: ID, onLost: (message) => lost.push(message) })
    const chain = createChain(about)
    log.append([chain.user("a")])
    log.append([chain.user("b")])
    log.close()
    expect(lost).toHaveLength(1)
    expect(lost[0]).toContain("not being saved")
  })

  test.skipIf(process.platform !== "linux" || !existsSync("/dev/full"))(
    "names a full disk, and writes what it kept once there is room",
    async () => {
      using dir = tempDir()
      const { symlinkSync, unlinkSync } = await import("node:fs")
      const file = join(dir.path, `${ID}.jsonl`)
      symlinkSync("/dev/full", file)
      const lost: string[] = []
      const log = openLog({ dir: dir.path, id: ID, onLost: (message) => lost.push(message) })
      log.append([createChain(about).user("a")])
      log.close()
      expect(lost).toEqual([`This session is not being saved: cannot write ${file} (the disk is full)`])
      unlinkSync(file)
      log.append([createChain(about).user("b")])
      log.close()
      expect(
        readFileSync(file, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line).message.content),
      ).toEqual(["a", "b"])
    },
  )

  test("loses at most the last line when the process is killed at any moment", async () => {
    using dir = tempDir()
    const script = join(import.meta.dir, "append-forever.ts")
    for (const pause of [0, 3, 11]) {
      const name = crypto.randomUUID()
      const child = Bun.spawn([process.execPath, script, dir.path, name], {
        stdout: "pipe",
        stderr: "inherit",
      })
      // It says how many lines it has appended; what it said is on disk.
      const reader = child.stdout.getReader()
      const decoder = new TextDecoder()
      let said = ""
      while (said.split("\n").length < 20) {
        const { value, done } = await reader.read()
        if (done) break
        said += decoder.decode(value)
      }
      await Bun.sleep(pause)
      child.kill("SIGKILL")
      await child.exited
      const sure = Number(said.trim().split("\n").at(-1))
      const tail = await readTail(join(dir.path, `${name}.jsonl`))
      expect(tail.lines.length).toBeGreaterThanOrEqual(sure)
      expect(tail.complete).toBe(true)
      expect(saidIn(tail.lines).slice(0, 2)).toEqual(["0", "1"])
    }
  }, 20_000)
})
