import { expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { BUNDLED } from "../../src/extend/skills/bundled.ts"
import { createSkills } from "../../src/extend/skills/create-skills.ts"
import type { TurnPort } from "../../src/model/intake.ts"

const turn: TurnPort = {
  sessionId: "session",
  effort: "high",
  allow: () => {},
  useModel: () => {},
  shell: async () => ({ ok: true, output: "" }),
  mentions: async () => [],
}

test("commands that come with ccts are for people, described, and take what is typed behind them", async () => {
  const skills = createSkills({ places: [], bundled: BUNDLED, projectDir: "/p" })
  expect(skills.list().map(({ name }) => name)).toEqual(["commit", "init", "review", "security-review"])
  for (const { description } of skills.list()) expect(description.length).toBeGreaterThan(20)
  // Nothing of them is in the model's prompt: not a token is spent where they are not called.
  expect(skills.tool()).toBeNull()
  const { text } = (await skills.expand("review", "42", turn)) ?? {}
  expect(text).toContain("What to review: 42")
  expect(text).not.toContain("---")
})

test("a file of the same name replaces one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ccts-bundled-"))
  try {
    mkdirSync(join(folder, "commands"))
    writeFileSync(join(folder, "commands", "commit.md"), "Commit it our way")
    const skills = createSkills({ places: [{ folder, source: "user" }], bundled: BUNDLED, projectDir: "/p" })
    expect((await skills.expand("commit", "", turn))?.text).toBe("Commit it our way")
    expect(skills.list().filter(({ name }) => name === "commit").length).toBe(1)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
