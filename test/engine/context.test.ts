/** What the model is told besides the conversation, and that it never breaks the cached prefix. */
import { expect, setDefaultTimeout, test } from "bun:test"
import { mkdirSync, realpathSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { loadMemory } from "../../src/config/memory.ts"
import { configPaths } from "../../src/config/paths.ts"
import { BUILT_IN_AGENTS } from "../../src/engine/agents/kinds.ts"
import type { EngineOptions } from "../../src/engine/options.ts"
import type { MessagesRequest } from "../../src/model/api.ts"
import { agentTool } from "../../src/tools/agent.ts"
import { read } from "../../src/tools/read.ts"
import { taskCreate, taskUpdate } from "../../src/tools/task-list-tools.ts"
import { todoWrite } from "../../src/tools/todo-write.ts"
import { text, toolUse } from "../fake-api/reply.ts"
import { rig, scriptedApi, toyTool } from "./harness.ts"
import { wire } from "./wire.ts"

// Room for a loaded machine; nothing here takes a second by itself.
setDefaultTimeout(60_000)

/** The project's instruction files as the program finds them. */
function realMemory(base: EngineOptions): Partial<EngineOptions> {
  const cwd = realpathSync(base.place.cwd)
  const load = () =>
    loadMemory({
      cwd,
      paths: configPaths({}, { home: join(cwd, "no-home"), managedDir: join(cwd, "no-managed") }),
      sources: ["project"],
    })
  return {
    place: { ...base.place, cwd, resolve: (path) => path },
    prompt: {
      git: async () => "",
      memory: async () => load().files,
      nested() {
        const memory = load()
        return async (path) => memory.memoryFor(path)
      },
    },
  }
}

const sentText = (request: MessagesRequest | undefined) => JSON.stringify(request?.messages ?? [])
const systemText = (request: MessagesRequest | undefined) => JSON.stringify(request?.system ?? [])

test("CLAUDE.md is in the system prompt; a change of it is told once, and the prompt stays the same", async () => {
  let folder = ""
  const api = scriptedApi(() => text("ok"))
  const r = rig({
    api,
    over(base) {
      folder = realpathSync(base.place.cwd)
      writeFileSync(join(folder, "CLAUDE.md"), "Use tabs.")
      return realMemory(base)
    },
  })
  const say = async (words: string) => {
    r.say(words)
    await r.until("turn.end")
  }
  await say("one")
  writeFileSync(join(folder, "CLAUDE.md"), "Use spaces.")
  await say("two")
  await say("three")
  expect(systemText(api.requests[0])).toContain("Use tabs.")
  expect(systemText(api.requests[2])).toBe(systemText(api.requests[0]))
  expect(sentText(api.requests[1])).toContain("Use spaces.")
  expect(sentText(api.requests[2])?.split("Use spaces.").length).toBe(2)
  await r.close()
})

test("a CLAUDE.md further down is told when a file beside it is first read", async () => {
  let folder = ""
  const api = scriptedApi((_, index) =>
    index % 2 === 0 ? toolUse("Read", { file_path: join(folder, "inner", "a.txt") }) : text("ok"),
  )
  const r = rig({
    api,
    tools: [read],
    over(base) {
      folder = realpathSync(base.place.cwd)
      mkdirSync(join(folder, "inner"))
      writeFileSync(join(folder, "inner", "CLAUDE.md"), "Inner rules.")
      writeFileSync(join(folder, "inner", "a.txt"), "hello\n")
      return realMemory(base)
    },
  })
  r.say("read it")
  await r.until("turn.end")
  expect(sentText(api.requests[0])).not.toContain("Inner rules.")
  expect(sentText(api.requests[1])).toContain("Inner rules.")
  r.say("again")
  await r.until("turn.end")
  expect(sentText(api.requests[3])?.split("Inner rules.").length).toBe(2)
  expect(api.rejections).toEqual([])
  await r.close()
})

test("a subagent is told what lies beside its files, too", async () => {
  let folder = ""
  const isChild = (request: MessagesRequest) => systemText(request).includes("You are a subagent")
  const api = scriptedApi((request) => {
    if (request.messages.length > 1) return text("ok")
    return isChild(request)
      ? toolUse("Read", { file_path: join(folder, "inner", "a.txt") })
      : [
          toolUse("Read", { file_path: join(folder, "inner", "a.txt") }),
          toolUse("Agent", { description: "d", prompt: "p" }),
          toolUse("Agent", { description: "d", prompt: "p", subagent_type: "Explore" }),
        ]
  })
  const r = rig({
    api,
    tools: [agentTool(BUILT_IN_AGENTS), read],
    over(base) {
      folder = realpathSync(base.place.cwd)
      mkdirSync(join(folder, "inner"))
      writeFileSync(join(folder, "inner", "CLAUDE.md"), "Inner rules.")
      writeFileSync(join(folder, "inner", "a.txt"), "hello\n")
      return realMemory(base)
    },
  })
  r.say("read it")
  await r.until("turn.end")
  const last = api.requests.filter((request) => request.messages.length > 1)
  const told = last.map((request) => [isChild(request), sentText(request).includes("Inner rules.")])
  // The general one is told; Explore goes without instructions; the parent is told as ever.
  expect(told.sort()).toEqual([
    [false, true],
    [true, false],
    [true, true],
  ])
  await r.close()
})

test("midnight and plan mode are told once, and so is the end of plan mode", async () => {
  let now = new Date(2026, 4, 1, 23, 59)
  const api = scriptedApi(() => text("ok"))
  const r = rig({ api, over: () => ({ now: () => now }) })
  const say = async (words: string) => {
    r.say(words)
    await r.until("turn.end")
    return sentText(api.requests.at(-1)) ?? ""
  }
  expect(await say("one")).not.toContain("date is now")
  now = new Date(2026, 4, 2, 0, 1)
  expect(await say("two")).toContain("The date is now 2026-05-02")
  r.send({ type: "mode", mode: "plan" })
  const planning = await say("three")
  expect(planning).toContain("ExitPlanMode")
  expect(planning).toContain(join(r.folder, ".claude", "plans"))
  expect((await say("four")).split("Plan mode is on").length).toBe(2)
  r.send({ type: "mode", mode: "default" })
  expect(await say("five")).toContain("Plan mode is over")
  expect((await say("six")).split("date is now").length).toBe(2)
  // Told to the model, kept in the record, never shown as the person's words.
  const notes = r.lines.filter((line) => line.type === "user" && line.isMeta === true)
  expect(notes.length).toBe(3)
  await r.close()
})

test("an unfinished todo list comes back to mind rarely", async () => {
  const api = scriptedApi((_, index) => {
    if (index === 0)
      return toolUse("TodoWrite", {
        todos: [{ content: "Ship it", status: "pending", activeForm: "Shipping" }],
      })
    return index < 50 ? toolUse("Look", {}) : text("ok")
  })
  const look = toyTool("Look", "read", async () => "seen")
  const r = rig({ api, tools: [todoWrite, look] })
  r.say("go")
  await r.until("turn.end")
  const told = sentText(api.requests.at(-1))?.split("still has open entries").length
  expect(told).toBe(3)
  await r.close()
})

test("an unfinished list of the Task tools comes back to mind, too", async () => {
  const api = scriptedApi((_, index) => {
    if (index === 0) return toolUse("TaskCreate", { subject: "Ship it", description: "All of it" })
    if (index === 1) return toolUse("TaskCreate", { subject: "Rest", description: "A bit" })
    if (index === 2) return toolUse("TaskUpdate", { taskId: "2", status: "completed" })
    return index < 25 ? toolUse("Look", {}) : text("ok")
  })
  const look = toyTool("Look", "read", async () => "seen")
  const r = rig({ api, tools: [taskCreate, taskUpdate, look] })
  r.say("go")
  await r.until("turn.end")
  const told = sentText(api.requests.at(-1)) ?? ""
  expect(told).toContain("still has open entries")
  expect(told).toContain("- [pending] Ship it")
  expect(told).not.toContain("] Rest")
  await r.close()
})

test("Esc gives the prompt back while instruction files cannot be read, and nothing was sent", async () => {
  const api = scriptedApi([text("ok")])
  const r = rig({
    api,
    over: (base) => ({ prompt: { ...base.prompt, memory: () => new Promise<never>(() => {}) } }),
  })
  r.say("go")
  await r.until("prompt")
  r.send({ type: "interrupt" })
  expect((await r.until("turn.end")).reason).toBe("interrupted")
  expect(api.requests).toEqual([])
  await r.close()
})

/** The request as the cache sees it: what comes first, first; marks are no part of it. */
function prefix(body: Readonly<Record<string, unknown>>): string {
  const bare = (value: unknown) =>
    JSON.stringify(value, (key, inner) => (key === "cache_control" ? undefined : inner))
  return `${bare(body.tools)}${bare(body.system)}${bare(body.messages).replace(/]$/, "")}`
}

test("over twenty turns every request begins with the bytes of the one before it", async () => {
  let now = new Date(2026, 4, 1, 12)
  let folder = ""
  const look = toyTool("Look", "read", async () => "seen ".repeat(50))
  const r = await wire({
    script: (_, index) =>
      index % 3 === 2 ? text(`Answer ${index}.`) : [text("I look."), toolUse("Look", { index })],
    tools: [look, read],
    client: { deadlines: {} },
    over(base) {
      folder = realpathSync(base.place.cwd)
      writeFileSync(join(folder, "CLAUDE.md"), "Rules 0.")
      return { ...realMemory(base), now: () => now }
    },
  })
  for (let turn = 1; turn <= 20; turn++) {
    if (turn % 5 === 0) writeFileSync(join(folder, "CLAUDE.md"), `Rules ${turn}.`)
    if (turn === 7) r.send({ type: "mode", mode: "plan" })
    if (turn === 9) r.send({ type: "mode", mode: "default" })
    if (turn === 11) now = new Date(2026, 4, 2, 12)
    r.say(`prompt ${turn}`)
    expect((await r.until("turn.end")).reason).toBe("completed")
  }
  const { requests } = r.api
  expect(requests.length).toBe(60)
  for (let at = 1; at < requests.length; at++) {
    const before = prefix(requests[at - 1]?.body ?? {})
    expect(prefix(requests[at]?.body ?? {}).startsWith(before)).toBe(true)
    const marks = JSON.stringify(requests[at]?.body).split('"cache_control"').length - 1
    expect(marks).toBeLessThanOrEqual(4)
    expect(marks).toBeGreaterThan(0)
  }
  // What the service says it read from its cache grows with the conversation.
  const usages = r.events.flatMap((event) => (event.type === "reply.end" ? [event.usage] : []))
  const last = usages.at(-1)
  expect(last?.cache_read_input_tokens).toBeGreaterThan(10 * (last?.cache_creation_input_tokens ?? 0))
  expect(r.rejected()).toEqual([])
  await r.close()
})
