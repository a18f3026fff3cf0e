import { describe, expect, test } from "bun:test"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buildRequest } from "../../src/api/build-request.ts"
import { createReply } from "../../src/api/fold-stream.ts"
import { resolveModel } from "../../src/api/models.ts"
import { createDemoApi } from "../../src/demo/demo-api.ts"
import { createDemoProject, DEMO_PROMPT } from "../../src/demo/demo-project.ts"
import type { ApiItem } from "../../src/model/api.ts"
import { type Block, isBlock } from "../../src/model/block.ts"
import type { MessageLine } from "../../src/model/line.ts"
import { validateRequest } from "../fake-api/validate-request.ts"

const ALL = ["Read", "Grep", "Bash", "Edit"]
const MAX_REQUESTS = 12
const NO_PAUSE = { thinkMs: 0, pieceMs: 0 }

interface Session {
  readonly dir: string
  readonly lines: MessageLine[]
  readonly tools: readonly string[]
  /** Calls the person refuses, as `Tool` or `Tool:nth`. */
  readonly refuse: readonly string[]
}

/** A small engine: real files and a real shell behind the demo's calls. */
async function ask(session: Session, prompt: string): Promise<{ answer: string; ran: string[] }> {
  const api = createDemoApi({ dir: session.dir, pace: NO_PAUSE })
  const ran: string[] = []
  const asked: Record<string, number> = {}
  let lines = session.lines.length
  const add = (type: "user" | "assistant", id: string, content: unknown) => {
    const message = { role: type, id, model: "claude-opus-5-5", content, stop_reason: null }
    session.lines.push({ type, uuid: `l${++lines}`, message } as unknown as MessageLine)
  }
  add("user", "", prompt)
  for (let count = 0; count < MAX_REQUESTS; count++) {
    const request = buildRequest({
      history: session.lines,
      system: [],
      tools: session.tools.map((name) => ({ name, description: name, input_schema: { type: "object" } })),
      settings: { model: resolveModel("opus", {}), thinking: { type: "off" } },
    })
    const { betas, ...body } = request
    expect(validateRequest(body)).toBeNull()
    const reply = createReply()
    let last: ApiItem | undefined
    const options = { signal: AbortSignal.timeout(5000), cause: "turn", sessionId: "s" } as const
    for await (const item of api.stream(request, options)) {
      if (item.type === "event") reply.push(item.event)
      last = item
    }
    expect(last?.type).toBe("done")
    const message = reply.message()
    for (const block of message.content) add("assistant", message.id, [block])
    const results: Block[] = []
    for (const block of message.content) {
      if (!isBlock(block, "tool_use")) continue
      asked[block.name] = (asked[block.name] ?? 0) + 1
      const refused = [block.name, `${block.name}:${asked[block.name]}`].some((name) =>
        session.refuse.includes(name),
      )
      const result = refused
        ? { text: "The user refused this call.", isError: true }
        : await execute(session, block)
      ran.push(`${block.name}${refused ? " refused" : result.isError ? " failed" : ""}`)
      results.push({
        type: "tool_result",
        tool_use_id: block.id,
        content: result.text,
        ...(result.isError ? { is_error: true } : {}),
      })
    }
    if (results.length === 0) {
      const [text] = message.content
      return { answer: text && isBlock(text, "text") ? text.text : "", ran }
    }
    add("user", "", results)
  }
  throw new Error(`the demo did not end: ${ran.join(", ")}`)
}

async function execute({ dir }: Session, block: Extract<Block, { type: "tool_use" }>) {
  const input = block.input as Record<string, string>
  switch (block.name) {
    case "Read":
      return { text: readFileSync(input.file_path ?? "", "utf8"), isError: false }
    case "Edit": {
      const path = input.file_path ?? ""
      const before = readFileSync(path, "utf8")
      expect(before.split(input.old_string ?? "")).toHaveLength(2)
      writeFileSync(
        path,
        before.replace(input.old_string ?? "", () => input.new_string ?? ""),
      )
      return { text: "updated", isError: false }
    }
    case "Bash": {
      const shell = Bun.spawn(["sh", "-c", input.command ?? ""], { cwd: dir, stdout: "pipe" })
      const output = await new Response(shell.stdout).text()
      const code = await shell.exited
      return code === 0
        ? { text: output, isError: false }
        : { text: `Exit code ${code}\n${output}`, isError: true }
    }
    default:
      return { text: "found", isError: false }
  }
}

async function inProject(
  tools: readonly string[],
  refuse: readonly string[],
  body: (session: Session) => Promise<void>,
) {
  const dir = mkdtempSync(join(tmpdir(), "demo-test-"))
  try {
    createDemoProject(dir)
    await body({ dir, lines: [], tools, refuse })
  } finally {
    rmSync(dir, { recursive: true })
  }
}

function testPasses({ dir }: Session): boolean {
  return Bun.spawnSync(["sh", "test.sh"], { cwd: dir }).exitCode === 0
}

describe("the demo", () => {
  test("finds a real mistake, fixes it, and proves it with a real test", () =>
    inProject(ALL, [], async (session) => {
      expect(testPasses(session)).toBe(false)
      const { answer, ran } = await ask(session, DEMO_PROMPT)
      expect(ran).toEqual(["Read", "Read", "Grep", "Bash failed", "Edit", "Bash"])
      expect(answer).toContain("The test passes.")
      expect(testPasses(session)).toBe(true)
    }))

  test("says so when the edit is refused, changes nothing, and goes on when asked again", () =>
    inProject(ALL, ["Edit"], async (session) => {
      const { answer } = await ask(session, DEMO_PROMPT)
      expect(answer).toContain("The edit was not made")
      expect(testPasses(session)).toBe(false)
      const again = await ask({ ...session, refuse: [] }, "fix it again please")
      expect(again.answer).toContain("The test passes.")
    }))

  test("does not claim what it did not see", () =>
    inProject(ALL, ["Bash"], async (session) => {
      const { answer, ran } = await ask(session, DEMO_PROMPT)
      expect(ran).toContain("Edit")
      expect(answer).toContain("not proven")
    }))

  test("finds nothing to do the second time", () =>
    inProject(ALL, [], async (session) => {
      await ask(session, DEMO_PROMPT)
      const { answer, ran } = await ask(session, DEMO_PROMPT)
      expect(ran).not.toContain("Edit")
      expect(answer).toContain("I change nothing. The test passes.")
    }))

  for (const missing of ALL)
    test(`ends with an honest answer without the ${missing} tool`, () =>
      inProject(
        ALL.filter((tool) => tool !== missing),
        [],
        async (session) => {
          const { answer, ran } = await ask(session, DEMO_PROMPT)
          expect(ran).not.toContain(missing)
          expect(answer).not.toBe("")
          if (missing !== "Grep") expect(answer).not.toContain("The test passes")
        },
      ))

  test("answers anything else by saying what it is and how to sign in", () =>
    inProject(ALL, [], async (session) => {
      const { answer, ran } = await ask(session, "Write me a poem")
      expect(ran).toEqual([])
      expect(answer).toMatch(/This is the demo.*\/login/s)
    }))

  test("stops at once when interrupted", () =>
    inProject(ALL, [], async ({ dir }) => {
      const controller = new AbortController()
      const api = createDemoApi({ dir, pace: { thinkMs: 60_000, pieceMs: 60_000 } })
      const request = buildRequest({
        history: [],
        system: [],
        tools: [],
        settings: { model: resolveModel("opus", {}), thinking: { type: "off" } },
      })
      setTimeout(() => controller.abort(), 10)
      const kinds: string[] = []
      for await (const item of api.stream(request, {
        signal: controller.signal,
        cause: "turn",
        sessionId: "s",
      }))
        kinds.push(item.type)
      expect(kinds).toEqual(["sent", "failed"])
    }))

  test("never overwrites files that are already there", () =>
    inProject([], [], async ({ dir }) => {
      expect(() => createDemoProject(dir)).toThrow("EEXIST")
    }))
})
