/** A batch of edits in the compiled program: one patch, by hunk, all or nothing. */
import { afterEach, expect, test } from "bun:test"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { text, toolUse } from "../fake-api/fake-api.ts"
import { EDITS, NUMBERS, swap } from "../tools/batch-of-edits.ts"
import { type Conversation, openConversation } from "./conversation.ts"

const FILES = { "a.txt": NUMBERS, "b.txt": "one\n" }
const READS = [toolUse("Read", { file_path: "a.txt" }), toolUse("Read", { file_path: "b.txt" })]

let open: Conversation | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

async function reviewing(edits: readonly unknown[] = EDITS): Promise<Conversation> {
  open = await openConversation([...READS, toolUse("EditBatch", { edits }), text("understood")], {
    flags: ["--allowedTools", "Read", "--tools", "Read,EditBatch"],
    files: FILES,
  })
  await open.say("change them")
  await open.on.waitFor("hunks in")
  await Bun.sleep(600)
  return open
}
const told = ({ api }: Conversation) => {
  const last = api.turns.at(-1)?.body.messages.at(-1)
  const block = last?.content.find((one: { type: string }) => one.type === "tool_result")
  return { text: String(block?.content), isError: block?.is_error === true }
}
const now = ({ place }: Conversation, name: string) => readFileSync(join(place.folder, name), "utf8")

test("every hunk of every file is shown; what is applied is all of it", async () => {
  const it = await reviewing()
  await it.on.waitFor("4 hunks in 3 files, 4 marked")
  it.on.press("return")
  await it.on.waitFor("understood")
  expect(now(it, "a.txt")).toBe(NUMBERS.replace("line 3\n", "LINE 3\n").replace("line 30\n", "LINE 30\n"))
  expect(now(it, "b.txt")).toBe("two\n")
  expect(now(it, "c.txt")).toBe("fresh\n")
  expect(told(it)).toEqual({
    text: ["a.txt: updated", "b.txt: updated", "c.txt: created"]
      .map((line) => join(it.place.folder, line))
      .join("\n"),
    isError: false,
  })
}, 30_000)

test("a hunk that is unmarked is left out, and the model is told which", async () => {
  const it = await reviewing()
  it.on.press("right")
  it.on.press("space")
  await it.on.waitFor("3 marked")
  it.on.press("right")
  it.on.press("right")
  it.on.press("space")
  await it.on.waitFor("2 marked")
  it.on.press("return")
  await it.on.waitFor("understood")
  expect(now(it, "a.txt")).toBe(NUMBERS.replace("line 3\n", "LINE 3\n"))
  expect(now(it, "b.txt")).toBe("two\n")
  expect(existsSync(join(it.place.folder, "c.txt"))).toBe(false)
  const { text: said } = told(it)
  expect(said).toContain("a.txt: updated without 1 of 2 hunks, which the person rejected:")
  expect(said).toContain("-line 30\n+LINE 30")
  expect(said).toContain("c.txt: not made, the person rejected it")
}, 30_000)

test("escape changes nothing at all", async () => {
  const it = await reviewing()
  it.on.press("escape")
  await it.on.waitFor("Interrupted")
  expect([now(it, "a.txt"), now(it, "b.txt")]).toEqual([NUMBERS, "one\n"])
  expect(existsSync(join(it.place.folder, "c.txt"))).toBe(false)
}, 30_000)

test("a file that changes while the patch is looked at: nothing of the choice is applied", async () => {
  const it = await reviewing()
  writeFileSync(join(it.place.folder, "b.txt"), "one\nby somebody else\n")
  it.on.press("space")
  await it.on.waitFor("3 marked")
  it.on.press("return")
  await it.on.waitFor("understood")
  expect(now(it, "a.txt")).toBe(NUMBERS)
  expect(told(it).isError).toBe(true)
  expect(told(it).text).toContain(
    "was changed by someone else while the patch was reviewed. Nothing was changed",
  )
}, 30_000)

test("an edit that cannot be made is refused whole, without a question", async () => {
  open = await openConversation(
    [...READS, toolUse("EditBatch", { edits: [...EDITS, swap("a.txt", "absent", "x")] }), text("understood")],
    { flags: ["--permission-mode", "acceptEdits", "--tools", "Read,EditBatch"], files: FILES },
  )
  await open.say("change them")
  await open.on.waitFor("understood")
  expect(now(open, "a.txt")).toBe(NUMBERS)
  expect(existsSync(join(open.place.folder, "c.txt"))).toBe(false)
  expect(told(open).text).toContain("Edit 5 of 5")
}, 30_000)
