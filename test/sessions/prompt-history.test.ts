import { describe, expect, test } from "bun:test"
import { appendFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { appendPrompt, readPrompts, trimPrompts } from "../../src/sessions/prompt-history.ts"
import { tempDir } from "./support.ts"

const entry = (display: string, project = "/p", timestamp = 1) => ({
  display,
  pastedContents: {},
  timestamp,
  project,
})

describe("the prompt history", () => {
  test("comes newest first, each prompt once, and only this project's when asked", async () => {
    using dir = tempDir()
    const file = join(dir.path, "new", "history.jsonl")
    for (const text of ["a", "b", "a"]) appendPrompt(file, entry(text))
    appendPrompt(file, entry("c", "/other"))
    expect((await readPrompts(file)).map((found) => found.display)).toEqual(["c", "a", "b"])
    expect((await readPrompts(file, { project: "/p", limit: 1 })).map((found) => found.display)).toEqual([
      "a",
    ])
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test("skips what it cannot read", async () => {
    using dir = tempDir()
    const file = join(dir.path, "history.jsonl")
    appendFileSync(file, 'x\n{"display":5}\n{"display":"ok"}\n{"display":"cut')
    expect((await readPrompts(file)).map((found) => found.display)).toEqual(["ok"])
    expect(await readPrompts(join(dir.path, "none"))).toEqual([])
    expect(appendPrompt(join(file, "below"), entry("x"))).toBe(false)
  })

  test("keeps the newer half when it grows past its cap", async () => {
    using dir = tempDir()
    const file = join(dir.path, "history.jsonl")
    for (let at = 0; at < 200; at++) appendPrompt(file, entry(`prompt ${at}`))
    const size = statSync(file).size
    expect(await trimPrompts(file, size)).toBe(false)
    expect(await trimPrompts(file, size - 1)).toBe(true)
    expect(statSync(file).size).toBeLessThanOrEqual(size / 2)
    const left = await readPrompts(file, { limit: 1000 })
    expect(left[0]?.display).toBe("prompt 199")
    expect(left.length).toBeGreaterThan(90)
  })
})
