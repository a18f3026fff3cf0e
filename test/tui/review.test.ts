import { expect, test } from "bun:test"
import type { EventBody } from "../../src/model/event.ts"
import type { PatchFile } from "../../src/model/tool.ts"
import { begun, type Harness, started, startHarness } from "./harness.ts"

const hunk = (from: number, ...lines: string[]) => ({
  oldStart: from,
  oldLines: 1,
  newStart: from,
  newLines: 1,
  lines,
})
const files: readonly PatchFile[] = [
  {
    path: "/p/a.ts",
    created: false,
    before: "h1",
    hunks: [hunk(3, "-old three", "+new three"), hunk(30, "-old thirty", "+new thirty")],
  },
  { path: "/p/b.ts", created: false, before: "h2", hunks: [hunk(1, "-b", "+B")] },
]
const input = { edits: [{ file_path: "/p/a.ts", old_string: "x", new_string: "y" }] }
const ask: EventBody = {
  type: "ask",
  ask: "q1",
  toolUseId: "t1",
  tool: "EditBatch",
  input,
  title: "a.ts and 1 more",
  decision: {
    verdict: "ask",
    readOnly: false,
    reason: { kind: "other", text: "edits ask first" },
    offers: [],
  },
  preview: { kind: "patch", files },
}
const answers = (harness: Harness) =>
  harness.sent.filter((command) => command.type === "answer").map((command) => command.answer)

async function reviewing(): Promise<Harness> {
  const harness = startHarness({ columns: 80, rows: 40 })
  await harness.emit(started(), begun(), ask)
  await harness.settle()
  harness.clock += 1_000
  return harness
}

test("a patch shows every hunk of every file, all of them marked", async () => {
  const harness = await reviewing()
  const shown = harness.screen.footerText()
  expect(shown).toContain("3 hunks in 2 files, 3 marked")
  for (const text of [
    "[x] /p/a.ts · 1 of 2",
    "[x] /p/a.ts · 2 of 2",
    "[x] /p/b.ts · 1 of 1",
    "old thirty",
    "new thirty",
  ])
    expect(shown).toContain(text)
  harness.screen.press("return")
  await harness.settle()
  expect(answers(harness)).toEqual([{ verdict: "allow" }])
  await harness.stop()
})

test("hunks that were unmarked are left out of what is allowed", async () => {
  const harness = await reviewing()
  harness.screen.press("right", { name: "space", text: " " })
  await harness.settle()
  expect(harness.screen.footerText()).toContain("[ ] /p/a.ts · 2 of 2")
  expect(harness.screen.footerText()).toContain("2 marked")
  harness.screen.press("return")
  await harness.settle()
  expect(answers(harness)).toEqual([
    {
      verdict: "allow",
      input: {
        ...input,
        review: [
          { file_path: "/p/a.ts", before: "h1", rejected: [1] },
          { file_path: "/p/b.ts", before: "h2", rejected: [] },
        ],
      },
    },
  ])
  await harness.stop()
})

test("with no hunk left it is a refusal, and escape refuses at once", async () => {
  const harness = await reviewing()
  const space = { name: "space", text: " " }
  harness.screen.press(space, "right", space, "right", space, "return")
  await harness.settle()
  expect(answers(harness)).toEqual([
    { verdict: "deny", message: "The user rejected every hunk of the patch." },
  ])
  await harness.stop()
  const other = await reviewing()
  other.screen.press("escape")
  await other.settle()
  expect(answers(other)).toEqual([{ verdict: "deny", interrupt: true }])
  await other.stop()
})
