import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import {
  getSessionInfo,
  getSessionMessages,
  renameSession,
  forkSession as sdkFork,
  listSessions as sdkList,
  tagSession,
} from "@anthropic-ai/claude-agent-sdk"
import { configPaths, projectDir, projectDirs } from "../../src/config/paths.ts"
import { createChain } from "../../src/sessions/chain.ts"
import { forkSession } from "../../src/sessions/fork.ts"
import { findSession, latestSession, listSessions } from "../../src/sessions/list.ts"
import { openLog } from "../../src/sessions/log.ts"
import { readTail } from "../../src/sessions/read-tail.ts"
import { lastPromptLine, tagLine, titleLine } from "../../src/sessions/side.ts"
import { reply, saidIn, tempDir } from "./support.ts"

const dir = tempDir()
const config = join(dir.path, "config")
const before = process.env.CLAUDE_CONFIG_DIR
beforeAll(() => {
  process.env.CLAUDE_CONFIG_DIR = config
})
afterAll(() => {
  if (before === undefined) delete process.env.CLAUDE_CONFIG_DIR
  else process.env.CLAUDE_CONFIG_DIR = before
  dir[Symbol.dispose]()
})

const paths = configPaths({ CLAUDE_CONFIG_DIR: config })

function write(cwd: string, title?: string): string {
  const id = crypto.randomUUID()
  const chain = createChain({ sessionId: id, cwd, version: "2.2.0", gitBranch: "feature/x" })
  const log = openLog({ dir: projectDir(paths, cwd), id })
  log.append([chain.user("<command-name>/clear</command-name>"), chain.user("Fix the parser")])
  log.append([
    chain.assistant(reply("Fixed.")),
    chain.system("informational", { content: "note", level: "info" }),
  ])
  if (title) log.append([titleLine(title, id), tagLine("work", id)])
  log.append([lastPromptLine("Fix the parser", id)])
  log.close()
  return id
}

describe("the published SDK reads our sessions", () => {
  const names = [
    "plain",
    "with.dots and blanks",
    "ünïcode-日本",
    "e\u0301-decomposed",
    "🙂",
    `long/${"segment-".repeat(15)}/${"more-".repeat(30)}`,
  ]
  for (const name of names) {
    test(`in a folder named ${name.slice(0, 30)}`, async () => {
      const cwd = join(dir.path, name)
      mkdirSync(cwd, { recursive: true })
      const id = write(cwd, "A title")
      const [row] = await sdkList({ dir: cwd })
      expect(row).toMatchObject({
        sessionId: id,
        summary: "A title",
        customTitle: "A title",
        tag: "work",
        cwd,
        gitBranch: "feature/x",
      })
      expect((await listSessions(projectDirs(paths, cwd)))[0]).toMatchObject({
        id,
        title: "A title",
        cwd,
        gitBranch: "feature/x",
        firstPrompt: "Fix the parser",
      })
    })
  }

  test("through a link to the folder", async () => {
    const real = join(dir.path, "real")
    const link = join(dir.path, "link")
    mkdirSync(real)
    symlinkSync(real, link)
    const id = write(link)
    expect((await sdkList({ dir: link })).map((row) => row.sessionId)).toEqual([id])
  })

  test("message by message", async () => {
    const cwd = join(dir.path, "plain")
    mkdirSync(cwd, { recursive: true })
    const id = write(cwd)
    const messages = await getSessionMessages(id, { dir: cwd })
    expect(messages.map((message) => message.type)).toEqual(["user", "user", "assistant"])
    expect(await getSessionInfo(id, { dir: cwd })).toMatchObject({
      sessionId: id,
      firstPrompt: "Fix the parser",
    })
  })

  test("also when the title was written long ago", async () => {
    const cwd = join(dir.path, "grown")
    mkdirSync(cwd)
    const id = crypto.randomUUID()
    const chain = createChain({ sessionId: id, cwd, version: "2.2.0" })
    const log = openLog({ dir: projectDir(paths, cwd), id })
    log.append([chain.user("start"), titleLine("Kept", id)])
    for (let turn = 0; turn < 50; turn++) log.append([chain.assistant(reply("z".repeat(8_000)))])
    log.close()
    expect(await getSessionInfo(id, { dir: cwd })).toMatchObject({ customTitle: "Kept" })
    expect(await latestSession({ project: projectDirs(paths, cwd) })).toMatchObject({
      title: "Kept",
      bytes: Bun.file(log.file ?? "").size,
    })
  })

  test("and our forks", async () => {
    const cwd = join(dir.path, "forked")
    mkdirSync(cwd)
    const id = write(cwd, "Original")
    const file = (await findSession(id, { project: projectDirs(paths, cwd), all: paths.projectsDir })) ?? ""
    const fork = await forkSession(file)
    const [old, copy] = [
      await getSessionMessages(id, { dir: cwd }),
      await getSessionMessages(fork.id, { dir: cwd }),
    ]
    expect(copy.map((message) => message.message)).toEqual(old.map((message) => message.message))
    expect(copy.some((message) => old.some((other) => other.uuid === message.uuid))).toBe(false)
    expect(await getSessionInfo(fork.id, { dir: cwd })).toMatchObject({ summary: "Original (fork)" })
    const part = await forkSession(file, { upTo: old[1]?.uuid ?? "" })
    expect(await getSessionMessages(part.id, { dir: cwd })).toHaveLength(2)
    await expect(forkSession(file, { upTo: crypto.randomUUID() })).rejects.toThrow("has no message")
  })

  test("and we read what the SDK writes into them", async () => {
    const cwd = join(dir.path, "shared")
    mkdirSync(cwd)
    const id = write(cwd, "Before")
    await renameSession(id, "Renamed elsewhere", { dir: cwd })
    await tagSession(id, "theirs", { dir: cwd })
    const places = { project: projectDirs(paths, cwd), all: paths.projectsDir }
    expect(await latestSession(places)).toMatchObject({ title: "Renamed elsewhere", side: { tag: "theirs" } })
    const { sessionId } = await sdkFork(id, { dir: cwd, title: "Their fork" })
    const tail = await readTail((await findSession(sessionId, places)) ?? "")
    expect(saidIn(tail.lines)).toEqual(["<command-name>/clear</command-name>", "Fix the parser", "Fixed."])
    expect(tail.complete).toBe(true)
  })

  test("a session is found from any project by its id", async () => {
    const cwd = join(dir.path, "elsewhere")
    mkdirSync(cwd)
    const id = write(cwd)
    const found = await findSession(id, {
      project: projectDirs(paths, join(dir.path, "plain")),
      all: paths.projectsDir,
    })
    expect(found).toEndWith(`${id}.jsonl`)
    expect(await findSession("../../etc/passwd", { project: [], all: paths.projectsDir })).toBeNull()
  })
})
