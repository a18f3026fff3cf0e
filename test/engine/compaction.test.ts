/** What happens when the window fills: four stages, and nothing that was said is lost. */
import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { invokedSkills } from "../../src/engine/compaction/invoked-skills.ts"
import { splitByTokens } from "../../src/engine/compaction/summarise.ts"
import { estimateTokens } from "../../src/engine/compaction/tokens.ts"
import type { EngineOptions } from "../../src/engine/options.ts"
import { createSkills } from "../../src/extend/skills/create-skills.ts"
import type { MessagesRequest } from "../../src/model/api.ts"
import type { Line, MessageLine } from "../../src/model/line.ts"
import type { OfferedTool } from "../../src/model/tool.ts"
import { read } from "../../src/tools/read.ts"
import { recall } from "../../src/tools/recall.ts"
import { error, type Reply, silence, text, toolUse, usage } from "../fake-api/reply.ts"
import { rig, scriptedApi, toyTool } from "./harness.ts"
import { sessionOf, wire } from "./wire.ts"

// Room for a loaded machine; nothing here takes a second by itself.
setDefaultTimeout(60_000)

const WINDOW = 40_000
const small = (base: EngineOptions): Partial<EngineOptions> => ({
  models: { ...base.models, resolve: (name) => ({ ...base.models.resolve(name), window: WINDOW }) },
})
const isSummary = (request: unknown) => JSON.stringify(request).includes("about to be replaced by a summary")
const BIG = "A result that fills the window, line after line.\n".repeat(400)
const linesOf = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line)

test("old tool results leave memory before anything else does; the log keeps them, and notes are written first", async () => {
  const api = scriptedApi((request, index) => {
    const used = usage({ input_tokens: Math.ceil(JSON.stringify(request.messages).length / 4) })
    return index < 14 ? [toolUse("Big", { name: `call-${index}` }), used] : [text("Done."), used]
  })
  const tool = toyTool("Big", "read", async ({ name }) => `${name}: ${BIG.slice(0, 6_000)}`)
  const r = rig({ api, tools: [tool], over: small })
  r.say("Fill it")
  await r.until("notice", (event) => event.code === "trimmed")
  const notes = readFileSync(join(r.folder, "sessions", await sessionOf(r), "notes.md"), "utf8")
  const end = await r.until("turn.end")
  expect(end.reason).toBe("completed")
  expect(notes).toContain("Fill it")
  const last = JSON.stringify(api.requests.at(-1)?.messages)
  expect(last).toContain("old tool result was removed")
  expect(last).toContain("call-13: ")
  expect(last).not.toContain("call-0: ")
  expect(JSON.stringify(r.lines)).toContain("call-0: ")
  expect(JSON.stringify(r.lines)).not.toContain("old tool result was removed")
  expect(api.requests.some(isSummary)).toBe(false)
  expect(api.rejections).toEqual([])
  await r.close()
})

interface Filled {
  readonly summary?: (request: MessagesRequest, index: number) => Reply
  readonly tools?: readonly OfferedTool[]
  /** Replies of the first turn; the last one reports a window that is nearly full. */
  readonly first?: (folder: string) => readonly Reply[]
  readonly over?: (base: EngineOptions) => Partial<EngineOptions>
}

/** A session whose first turn filled the window, as the service counts it. */
async function filled(options: Filled = {}) {
  let summaries = 0
  let first: Reply[] | undefined
  let answers = 1
  const folder = mkdtempSync(join(tmpdir(), "ccts-compaction-"))
  const r = await wire({
    script: ({ body }) => {
      if (isSummary(body))
        return (
          options.summary?.(body as unknown as MessagesRequest, summaries++) ?? text("SUMMARY of it all.")
        )
      first ??= [
        ...(options.first?.(folder) ?? []),
        [text("First answer. ".repeat(200)), usage({ input_tokens: 39_000 })],
      ]
      return first.shift() ?? text(`Answer ${++answers}.`)
    },
    tools: options.tools ?? [],
    over: (base) => ({ ...small(base), ...options.over?.(base) }),
  })
  r.say("The first request: paint it blue")
  await r.until("turn.end")
  return Object.assign(r, { project: folder })
}

const requestsFor = (r: { api: { requests: readonly { body: unknown }[] } }) =>
  r.api.requests.filter(({ body }) => isSummary(body)).length
const bare = (value: unknown) =>
  JSON.stringify(value, (key, inner) => (key === "cache_control" ? undefined : inner))

describe("a full window", () => {
  test("is summarised by real usage; the pending prompt stays, and the boundary has the official shape", async () => {
    const r = await filled()
    r.say("The second request")
    const compacted = await r.until("compacted")
    expect(compacted.trigger).toBe("auto")
    expect(compacted.postTokens).toBeLessThan(compacted.preTokens)
    expect((await r.until("turn.end")).result).toBe("Answer 2.")
    const sent = JSON.stringify(r.api.requests.at(-1)?.body.messages)
    expect(sent).toContain("SUMMARY of it all.")
    expect(sent).toContain("The second request")
    expect(sent).not.toContain("First answer. First answer.")

    const lines = linesOf(r.file(await sessionOf(r)))
    const at = lines.findIndex((line) => line.type === "system" && line.subtype === "compact_boundary")
    expect(lines[at]).toMatchObject({
      type: "system",
      subtype: "compact_boundary",
      parentUuid: null,
      isSidechain: false,
      compactMetadata: { trigger: "auto", preTokens: compacted.preTokens },
    })
    const boundary = lines[at] as { logicalParentUuid?: string; uuid: string }
    expect(
      lines.slice(0, at).some((line) => "uuid" in line && line.uuid === boundary.logicalParentUuid),
    ).toBe(true)
    expect(lines[at + 1]).toMatchObject({ type: "user", isCompactSummary: true, parentUuid: boundary.uuid })
    expect(r.rejected()).toEqual([])
    await r.close()
  })

  test("after it a resumed session sends the same history and is not compacted again", async () => {
    const r = await filled()
    r.say("The second request")
    await r.until("turn.end")
    const session = await sessionOf(r)
    r.send({ type: "clear" })
    await r.until("session", (event) => event.why === "clear")
    r.send({ type: "resume", session })
    await r.until("session", (event) => event.why === "resume")
    const before = r.api.requests.at(-1)?.body.messages as unknown[]
    r.say("The third request")
    await r.until("turn.end")
    const after = r.api.requests.at(-1)?.body.messages as unknown[]
    expect(bare(after.slice(0, before.length))).toBe(bare(before))
    expect(requestsFor(r)).toBe(1)
    await r.close()
  })

  test("files in use are shown again, and Recall finds what was dropped", async () => {
    const r = await filled({
      tools: [read, recall],
      over: (base) => ({
        permissions: { ...base.permissions, mode: "bypassPermissions", modes: ["bypassPermissions"] },
      }),
      first(folder) {
        writeFileSync(join(folder, "in-use.txt"), "the file as it is now\n")
        return [
          toolUse("Read", { file_path: join(folder, "in-use.txt") }),
          [text("It says what it says. ".repeat(200)), toolUse("Recall", { query: "zzz" })],
        ]
      },
    })
    r.say("The second request")
    await r.until("turn.end")
    const sent = JSON.stringify(r.api.requests.at(-1)?.body.messages)
    expect(sent).toContain("as they are now")
    expect(sent).toContain("the file as it is now")
    expect(sent).not.toContain("paint it blue")
    const found = recall.run({ query: "paint it BLUE" }, {
      transcript: r.file(await sessionOf(r)),
      signal: new AbortController().signal,
    } as never)
    const step = await found.next()
    expect(JSON.stringify(step.value)).toContain("paint it blue")
    await r.close()
  })

  test("skills that were called are shown again, the newest first, also after the next compaction", async () => {
    const place = mkdtempSync(join(tmpdir(), "ccts-compaction-skills-"))
    for (const [name, body] of [
      ["brew", `Warm the pot first. ${"Stir well. ".repeat(400)}`],
      ["pour", "Pour from high above."],
    ] as const) {
      mkdirSync(join(place, "skills", name), { recursive: true })
      writeFileSync(join(place, "skills", name, "SKILL.md"), `---\ndescription: ${name}\n---\n${body}`)
    }
    const skills = createSkills({
      places: [{ folder: place, source: "user" }],
      projectDir: place,
    })
    const tool = skills.tool()
    const r = await filled({
      tools: tool === null ? [] : [tool],
      over: (base) => ({
        commands: skills,
        permissions: { ...base.permissions, mode: "bypassPermissions", modes: ["bypassPermissions"] },
      }),
      first: () => [toolUse("Skill", { skill: "brew" }), toolUse("Skill", { skill: "pour" })],
    })
    r.say("The second request")
    await r.until("turn.end")
    const sent = () => JSON.stringify(r.api.requests.at(-1)?.body.messages)
    expect(sent()).toContain("what they say still holds")
    expect(sent()).toContain("Pour from high above.")
    expect(sent()).toContain("Warm the pot first.")
    expect(sent().indexOf("Pour from")).toBeLessThan(sent().indexOf("Warm the pot"))
    r.send({ type: "compact" })
    await r.until("turn.end")
    r.say("The third request")
    await r.until("turn.end")
    expect(sent().split("Pour from high above.").length).toBe(2)
    expect(sent()).toContain("Warm the pot first.")
    expect(r.rejected()).toEqual([])
    await r.close()
  })

  test("when no model can summarise, notes of what happened stand in, and it is said", async () => {
    const r = await filled({ summary: () => error(400, { message: "no summaries today" }) })
    r.say("The second request")
    expect((await r.until("notice", (event) => event.code === "compact_failed")).text).toContain(
      "no summaries today",
    )
    expect((await r.until("turn.end")).reason).toBe("completed")
    const sent = JSON.stringify(r.api.requests.at(-1)?.body.messages)
    expect(sent).toContain("paint it blue")
    expect(sent).toContain("The second request")
    await r.close()
  })

  test("a conversation longer than the window is summarised by parts; a part that fails keeps its facts", async () => {
    const r = await filled({
      summary(request, index) {
        if (index === 0) return error(400, { message: "prompt is too long: 50000 tokens > 40000 maximum" })
        expect(JSON.stringify(request.messages).length).toBeLessThan(WINDOW * 4)
        return index === 1 ? error(400, { message: "not this part" }) : text(`PART ${index}`)
      },
      first: () => [
        toolUse("Big", { name: "a" }),
        toolUse("Big", { name: "b" }),
        toolUse("Big", { name: "c" }),
      ],
      tools: [toyTool("Big", "read", async ({ name }) => `${name}: ${BIG.repeat(3)}`)],
    })
    r.say("The second request")
    await r.until("turn.end")
    expect(requestsFor(r)).toBeGreaterThan(2)
    const sent = JSON.stringify(r.api.requests.at(-1)?.body.messages)
    expect(sent).toContain("PART")
    expect(sent).toContain("The second request")
    await r.close()
  })

  test("two compactions that make no room stop the turn and say so, and /clear goes on", async () => {
    const tooLong = error(400, { message: "prompt is too long: 50000 tokens > 40000 maximum" })
    let calm = false
    const api = scriptedApi((request) => {
      if (calm) return text("fresh")
      if (isSummary(request)) return text("A summary that is as long as it was. ".repeat(3_000))
      return request.messages.length < 2 && !JSON.stringify(request).includes("Its summary")
        ? text("ok")
        : tooLong
    })
    const r = rig({ api })
    r.say("one")
    await r.until("turn.end")
    r.say("two")
    const end = await r.until("turn.end")
    expect(end.reason).toBe("api_error")
    expect(end.message).toContain("/clear")
    expect(r.events.filter((event) => event.type === "compacted").length).toBe(2)
    r.send({ type: "clear" })
    calm = true
    r.say("three")
    expect((await r.until("turn.end", (event) => event.reason === "completed")).result).toBe("fresh")
    await r.close()
  })
})

describe("/compact", () => {
  test("summarises on demand, with what the person wants kept", async () => {
    const api = scriptedApi((request) =>
      isSummary(request) ? text("SHORT SUMMARY") : text("An answer of some length. ".repeat(40)),
    )
    const r = rig({ api })
    for (const words of ["one", "two", "three"]) {
      r.say(words)
      await r.until("turn.end")
    }
    r.send({ type: "compact", hint: "keep the colours" })
    const compacted = await r.until("compacted")
    expect(compacted.trigger).toBe("manual")
    expect((await r.until("turn.end")).reason).toBe("completed")
    expect(JSON.stringify(api.requests.at(-1)?.messages)).toContain("The user adds: keep the colours")
    r.say("four")
    await r.until("turn.end")
    expect(JSON.stringify(api.requests.at(-1)?.messages)).toContain("SHORT SUMMARY")
    expect(JSON.stringify(api.requests.at(-1)?.messages)).not.toContain('"one"')
    expect(api.rejections).toEqual([])
    await r.close()
  })

  test("says when there is nothing to compact, and waits for the running turn", async () => {
    const held = Promise.withResolvers<string>()
    const slow = toyTool("Slow", "free", () => held.promise)
    const api = scriptedApi((request, index) =>
      isSummary(request) ? text("SUMMARY") : index === 0 ? toolUse("Slow", {}) : text("done"),
    )
    const r = rig({ api, tools: [slow] })
    r.send({ type: "compact" })
    const nothing = await r.until("notice")
    expect(nothing).toMatchObject({ code: "info", text: "there is nothing to compact yet" })
    await r.until("turn.end")
    r.say("work")
    await r.until("tool.begin")
    r.send({ type: "compact" })
    held.resolve("ok")
    expect((await r.until("turn.end")).reason).toBe("completed")
    await r.until("compacted")
    await r.close()
  })

  test("Esc stops it, and the conversation is what it was", async () => {
    const r = await wire({
      script: ({ body }) => (isSummary(body) ? [text("slow"), silence(0)] : text("An answer.")),
      client: { deadlines: { firstByteMs: 60_000 } },
    })
    r.say("one")
    await r.until("turn.end")
    r.send({ type: "compact" })
    await r.until("notice", (event) => event.code === "compacting")
    while (requestsFor(r) === 0) await Bun.sleep(5)
    r.send({ type: "interrupt" })
    expect((await r.until("turn.end")).reason).toBe("interrupted")
    expect(r.events.some((event) => event.type === "compacted")).toBe(false)
    r.say("two")
    await r.until("turn.end")
    expect(JSON.stringify(r.api.requests.at(-1)?.body.messages)).toContain("one")
    await r.close()
  })
})

test("of each called skill 5,000 tokens are shown again, of all 25,000", () => {
  const line = (name: string, content: string) =>
    ({
      type: "user",
      toolUseResult: { success: true, commandName: name },
      message: { role: "user", content: [{ type: "tool_result", tool_use_id: name, content }] },
    }) as unknown as MessageLine
  const lines = Array.from({ length: 9 }, (_, index) => line(`skill-${index}`, `${index}`.repeat(100_000)))
  const shown = invokedSkills(lines, [], 1_000_000)
  expect([...(shown.match(/<skill name="skill-\d">/g) ?? [])]).toEqual(
    [8, 7, 6, 5, 4].map((index) => `<skill name="skill-${index}">`),
  )
  expect(estimateTokens([line("all", shown)])).toBeLessThan(25_200)
  expect(invokedSkills(lines.slice(0, 1), lines.slice(0, 1), 1_000_000)).toBe("")
})

test("chunks hold every line once, in order, below the limit", () => {
  const line = (n: number): MessageLine =>
    ({
      type: "user",
      uuid: String(n),
      message: { role: "user", content: "x".repeat((n % 7) * 100) },
    }) as MessageLine
  const lines = Array.from({ length: 50 }, (_, n) => line(n))
  const chunks = splitByTokens(lines, 300)
  expect(chunks.flat()).toEqual(lines)
  for (const chunk of chunks)
    expect(chunk.length === 1 || estimateTokens(chunk) <= 300 + chunk.length).toBe(true)
})
