import { describe, expect, test } from "bun:test"
import { appendFileSync, closeSync, ftruncateSync, openSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Line } from "../../src/model/line.ts"
import { backwardLines } from "../../src/sessions/backward.ts"
import { createChain } from "../../src/sessions/chain.ts"
import { readTail } from "../../src/sessions/read-tail.ts"
import { titleLine } from "../../src/sessions/side.ts"
import { reply, saidIn, tempDir } from "./support.ts"

const about = { sessionId: "0b0e4d3c-7a52-4d1c-9a67-2f3c8c1f0002", cwd: "/work/app", version: "2.2.0" }
const asText = (lines: readonly Line[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("")

describe("reading a session from its end", () => {
  test("finds the conversation of a file of gigabytes without reading what lies before", async () => {
    using dir = tempDir()
    const file = join(dir.path, "s.jsonl")
    const fd = openSync(file, "w")
    ftruncateSync(fd, 3 * 1024 ** 3) // sparse: one endless line of zero bytes
    closeSync(fd)
    const chain = createChain(about)
    appendFileSync(
      file,
      `\n${asText([chain.boundary("summary follows"), chain.user("short"), chain.assistant(reply("answer"))])}`,
    )
    const tail = await readTail(file)
    expect(saidIn(tail.lines)).toEqual(["short", "answer"])
    expect(tail.compacted).toBe(true)
    expect(tail.start).toBeGreaterThan(3 * 1024 ** 3)
  })

  test("begins at the last compaction", async () => {
    using dir = tempDir()
    const file = join(dir.path, "s.jsonl")
    const chain = createChain(about)
    const old = [chain.user("old"), chain.assistant(reply("gone"))]
    const boundary = chain.boundary("Conversation compacted", {
      compactMetadata: { trigger: "auto", preTokens: 9 },
    })
    const now = [chain.user("the summary", { isCompactSummary: true }), chain.assistant(reply("now"))]
    writeFileSync(file, asText([...old, boundary, ...now]))
    const tail = await readTail(file)
    expect(saidIn(tail.lines)).toEqual(["the summary", "now"])
    expect(boundary.logicalParentUuid).toBe(old[1]?.uuid)
    expect(boundary.parentUuid).toBeNull()
  })

  test("follows the branch of the newest line, or of the line asked for", async () => {
    using dir = tempDir()
    const file = join(dir.path, "s.jsonl")
    const chain = createChain(about)
    const root = chain.user("root")
    const left = chain.assistant(reply("left"))
    chain.rewind(root.uuid)
    const right = chain.assistant(reply("right"))
    writeFileSync(file, asText([root, left, right, titleLine("T", about.sessionId)]))
    expect(saidIn((await readTail(file)).lines)).toEqual(["root", "right"])
    expect(saidIn((await readTail(file, { leaf: left.uuid })).lines)).toEqual(["root", "left"])
    expect((await readTail(file)).side).toEqual({ customTitle: "T" })
  })

  test("ignores side chains, broken lines, unknown kinds and a cut end", async () => {
    using dir = tempDir()
    const file = join(dir.path, "s.jsonl")
    const chain = createChain(about)
    const side = createChain({ ...about, agentId: "a1" })
    const [a, b] = [chain.user("a"), chain.assistant(reply("b"))]
    const odd = '{"type":"from-the-future","uuid":"u","x":{}}\nnot json\n[1]\nnull\n\n'
    writeFileSync(file, `${asText([a])}${odd}${asText([b, side.user("sub")])}${odd}{"type":"assist`)
    const tail = await readTail(file)
    expect(saidIn(tail.lines)).toEqual(["a", "b"])
    expect(tail.leaf).toBe(b.uuid)
  })

  test("keeps kinds and keys of the chain that it does not write itself", async () => {
    using dir = tempDir()
    const file = join(dir.path, "s.jsonl")
    const chain = createChain(about)
    const a = chain.user("a")
    const attached = {
      ...a,
      type: "attachment",
      uuid: crypto.randomUUID(),
      parentUuid: a.uuid,
      attachment: { type: "z" },
    }
    chain.rewind(attached.uuid)
    const b = { ...chain.user("b"), futureKey: [1, { deep: true }] }
    writeFileSync(file, asText([a, attached as unknown as Line, b]))
    expect((await readTail(file)).lines).toEqual([a, attached as unknown as Line, b])
  })

  test("reads lines of 10 MB, and passes through one that is too long to keep", async () => {
    using dir = tempDir()
    const file = join(dir.path, "s.jsonl")
    const chain = createChain(about)
    const lines = [chain.user("a"), chain.user("b".repeat(10_000_000)), chain.user("c")]
    writeFileSync(file, asText(lines))
    const whole = await readTail(file)
    expect(saidIn(whole.lines).map((text) => text.length)).toEqual([1, 10_000_000, 1])
    const short = await readTail(file, { lineMaxBytes: 1_000_000 })
    expect(saidIn(short.lines)).toEqual(["a", "c"])
    expect(short.skipped).toBe(1)
    expect(short.complete).toBe(true)
  })

  test("brings back results of parallel calls that hang beside the chain", async () => {
    using dir = tempDir()
    const file = join(dir.path, "s.jsonl")
    const chain = createChain(about)
    const call = (id: string) => ({ type: "tool_use" as const, id, name: "Read", input: {} })
    const result = (id: string) => [{ type: "tool_result" as const, tool_use_id: id, content: id }]
    const message = reply("")
    const asked = chain.user("go")
    const one = chain.assistant({ ...message, content: [call("t1")] })
    const two = chain.assistant({ ...message, content: [call("t2")] })
    chain.rewind(one.uuid)
    const first = chain.user(result("t1"))
    chain.rewind(two.uuid)
    const second = chain.user(result("t2"))
    const done = chain.assistant(reply("done"))
    writeFileSync(file, asText([asked, one, two, first, second, done]))
    const order = (await readTail(file)).lines.map((line) => line.uuid)
    expect(order).toEqual([asked, one, two, first, second, done].map((line) => line.uuid))
  })

  test("says so when a parent is missing", async () => {
    using dir = tempDir()
    const file = join(dir.path, "s.jsonl")
    const chain = createChain({ ...about, leaf: crypto.randomUUID() })
    writeFileSync(file, asText([chain.user("later")]))
    const tail = await readTail(file)
    expect(saidIn(tail.lines)).toEqual(["later"])
    expect(tail.complete).toBe(false)
  })

  test("an empty file is an empty conversation", async () => {
    using dir = tempDir()
    const file = join(dir.path, "s.jsonl")
    writeFileSync(file, "")
    expect(await readTail(file)).toMatchObject({ lines: [], leaf: null, complete: true })
  })

  test("backwards gives the same lines as forwards, wherever the blocks fall", async () => {
    using dir = tempDir()
    const file = join(dir.path, "s.jsonl")
    const lines = Array.from({ length: 300 }, (_, at) => `${at}:${"é".repeat((at * 7919) % 3000)}`)
    writeFileSync(file, `${lines.join("\n")}\n`)
    const back: string[] = []
    for await (const line of backwardLines(file)) {
      back.push(line.bytes.toString())
      expect(readFileSync(file).subarray(line.start, line.end).equals(line.bytes)).toBe(true)
    }
    expect(back.reverse()).toEqual(lines)
  })
})
