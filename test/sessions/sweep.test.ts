import { describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { sweepSessions } from "../../src/sessions/sweep.ts"
import { tempDir } from "./support.ts"

const OLD = new Date(Date.now() - 40 * 24 * 3600 * 1000)

function put(path: string, old: boolean): string {
  mkdirSync(join(path, ".."), { recursive: true })
  writeFileSync(path, "x")
  if (old) utimesSync(path, OLD, OLD)
  return path
}

describe("the sweep of old sessions", () => {
  test("takes old sessions with their folders and leaves everything else", async () => {
    using dir = tempDir()
    const project = join(dir.path, "projects", "-w")
    const [gone, kept, used] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
    const old = put(join(project, `${gone}.jsonl`), true)
    put(join(project, gone, "subagents", "agent-1.jsonl"), true)
    const left = [
      put(join(project, `${kept}.jsonl`), false),
      put(join(project, `${used}.jsonl`), true),
      put(join(project, "memory", "MEMORY.md"), true),
      put(join(project, "notes.jsonl"), true),
      put(join(dir.path, "history.jsonl"), true),
    ]
    const debug = put(join(dir.path, "debug", "old.txt"), true)
    const options = { configDir: dir.path, ownDir: join(dir.path, "ccts"), days: 30, keep: used }
    expect(await sweepSessions(options)).toBe(2)
    expect([old, join(project, gone), debug].filter(existsSync)).toEqual([])
    expect(left.filter(existsSync)).toEqual(left)
    expect(await sweepSessions(options)).toBeNull()
  })

  test("deletes nothing when the period is unknown, and follows no link", async () => {
    using dir = tempDir()
    const outside = put(join(dir.path, "outside", `${crypto.randomUUID()}.jsonl`), true)
    const config = join(dir.path, "config")
    mkdirSync(join(config, "projects"), { recursive: true })
    symlinkSync(join(dir.path, "outside"), join(config, "projects", "-linked"))
    const options = { configDir: config, ownDir: join(config, "ccts") }
    expect(await sweepSessions({ ...options, days: undefined })).toBeNull()
    expect(await sweepSessions({ ...options, days: 30 })).toBe(0)
    expect(existsSync(outside)).toBe(true)
  })
})
