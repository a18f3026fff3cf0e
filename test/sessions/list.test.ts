import { describe, expect, test } from "bun:test"
import { mkdirSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Line } from "../../src/model/line.ts"
import { createChain } from "../../src/sessions/chain.ts"
import { latestSession, listSessions, sessionsTitled } from "../../src/sessions/list.ts"
import { lastPromptLine, titleLine } from "../../src/sessions/side.ts"
import { tempDir } from "./support.ts"

const chainOf = (sessionId: string, agentId?: string) =>
  createChain({ sessionId, cwd: "/w", version: "2", ...(agentId === undefined ? {} : { agentId }) })

function put(dir: string, lines: (id: string) => readonly Line[], age = 0): string {
  const id = crypto.randomUUID()
  const file = join(dir, `${id}.jsonl`)
  writeFileSync(
    file,
    lines(id)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(""),
  )
  const time = new Date(Date.now() - age * 1000)
  utimesSync(file, time, time)
  return id
}

describe("the list of sessions", () => {
  test("is newest first and leaves out what cannot be resumed", async () => {
    using dir = tempDir()
    const old = put(dir.path, (id) => [chainOf(id).user("old one")], 100)
    const young = put(dir.path, (id) => [chainOf(id).user("young\n one")], 10)
    put(dir.path, (id) => [chainOf(id, "a").user("a subagent")])
    put(dir.path, () => [])
    put(dir.path, (id) => [chainOf(id).user("<command-name>/help</command-name>")])
    writeFileSync(join(dir.path, "not-a-session.jsonl"), "{}\n")
    mkdirSync(join(dir.path, `${crypto.randomUUID()}.jsonl`))
    const rows = await listSessions(dir.path)
    expect(rows.map((row) => [row.id, row.title])).toEqual([
      [young, "young one"],
      [old, "old one"],
    ])
    expect((await latestSession({ project: [dir.path] }))?.id).toBe(young)
    expect(await listSessions(dir.path, { limit: 1, offset: 1 })).toMatchObject([{ id: old }])
    expect(await listSessions(join(dir.path, "missing"))).toEqual([])
  })

  test("names a session by its title, else its last prompt, else its first", async () => {
    using dir = tempDir()
    put(dir.path, (id) => [chainOf(id).user("first"), lastPromptLine("last", id), titleLine("title", id)], 1)
    put(dir.path, (id) => [chainOf(id).user("first"), lastPromptLine("last", id)], 2)
    put(
      dir.path,
      (id) => [
        chainOf(id).user("meta", { isMeta: true }),
        chainOf(id).user([{ type: "text", text: "first" }]),
      ],
      3,
    )
    expect((await listSessions(dir.path)).map((row) => row.title)).toEqual(["title", "last", "first"])
    expect(await sessionsTitled(" TITLE", { project: [dir.path] })).toHaveLength(1)
  })

  test("shows a session that begins with a paste of a megabyte", async () => {
    using dir = tempDir()
    put(dir.path, (id) => [chainOf(id).user(`look at "this":\n${"é".repeat(500_000)}`)])
    expect((await listSessions(dir.path))[0]?.title).toStartWith('look at "this": éé')
  })

  test("survives foreign and broken files", async () => {
    using dir = tempDir()
    for (const text of [
      "\u0000\u0000",
      '{"type":"user","message":{"content":5}}\n',
      '{"type":"user","message":{"content":[null]}}\n',
      "[]\n",
    ]) {
      writeFileSync(join(dir.path, `${crypto.randomUUID()}.jsonl`), text)
    }
    expect(await listSessions(dir.path)).toEqual([])
  })
})
