import { afterAll, expect, test } from "bun:test"
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createCheckpoints } from "../../src/sessions/checkpoints.ts"

const home = mkdtempSync(join(tmpdir(), "ccts-checkpoints-"))
afterAll(() => rmSync(home, { recursive: true, force: true }))

function session() {
  const root = mkdtempSync(join(home, "session-"))
  const checkpoints = createCheckpoints(join(root, "history"))
  const transcript = join(root, "t.jsonl")
  checkpoints.use({ id: "one", transcript })
  const keep = (line: unknown) => {
    if (line !== null) writeFileSync(transcript, `${JSON.stringify(line)}\n`, { flag: "a" })
  }
  return { root, checkpoints, transcript, keep, at: (name: string) => join(root, name) }
}

test("every prompt is a state to go back to", async () => {
  const { checkpoints, at } = session()
  const file = at("a.txt")
  for (const [prompt, text] of [
    ["p1", "one"],
    ["p2", "two"],
    ["p3", "three"],
  ] as const) {
    await checkpoints.begin(prompt)
    await checkpoints.before([file])
    writeFileSync(file, text)
  }
  for (const [prompt, text] of [
    ["p3", "two"],
    ["p2", "one"],
  ] as const) {
    expect(await checkpoints.rewind(prompt, { dryRun: false })).toMatchObject({ canRewind: true })
    expect(readFileSync(file, "utf8")).toBe(text)
  }
  await checkpoints.rewind("p1", { dryRun: false })
  expect(existsSync(file)).toBe(false)
})

test("a file that another program changed between prompts comes back as it was then", async () => {
  const { checkpoints, at } = session()
  const file = at("a.txt")
  writeFileSync(file, "start")
  await checkpoints.begin("p1")
  await checkpoints.before([file])
  writeFileSync(file, "ours")
  writeFileSync(file, "by hand, between prompts")
  await checkpoints.begin("p2")
  await checkpoints.before([file])
  writeFileSync(file, "ours again")
  await checkpoints.rewind("p2", { dryRun: false })
  expect(readFileSync(file, "utf8")).toBe("by hand, between prompts")
})

test("a link is never followed, and counted", async () => {
  const { checkpoints, at } = session()
  const [file, other] = [at("a.txt"), at("other.txt")]
  writeFileSync(file, "before")
  writeFileSync(other, "untouched")
  await checkpoints.begin("p1")
  await checkpoints.before([file])
  rmSync(file)
  symlinkSync(other, file)
  expect(await checkpoints.rewind("p1", { dryRun: false })).toMatchObject({
    canRewind: true,
    skippedLinks: 1,
  })
  expect(readFileSync(other, "utf8")).toBe("untouched")
})

test("another process finds the snapshots in the transcript; a name that leads elsewhere is ignored", async () => {
  const { root, checkpoints, transcript, keep, at } = session()
  const file = at("a.txt")
  writeFileSync(file, "before")
  keep(await checkpoints.begin("p1"))
  keep(await checkpoints.before([file]))
  keep({
    type: "file-history-snapshot",
    messageId: "evil",
    snapshot: {
      messageId: "evil",
      trackedFileBackups: { [at("b.txt")]: { backupFileName: "../../a.txt", version: 1, backupTime: "" } },
    },
    isSnapshotUpdate: false,
  })
  writeFileSync(file, "after")
  const later = createCheckpoints(join(root, "history"))
  later.use({ id: "one", transcript })
  expect(await later.rewind("evil", { dryRun: false })).toMatchObject({ canRewind: true, filesChanged: [] })
  expect(await later.rewind("p1", { dryRun: true })).toMatchObject({ canRewind: true, filesChanged: [file] })
  expect(readFileSync(file, "utf8")).toBe("after")
  await later.rewind("p1", { dryRun: false })
  expect(readFileSync(file, "utf8")).toBe("before")
})

test("an unknown prompt, and a copy that is gone, are said", async () => {
  const { root, checkpoints, at } = session()
  const file = at("a.txt")
  writeFileSync(file, "before")
  await checkpoints.begin("p1")
  await checkpoints.before([file])
  writeFileSync(file, "after")
  expect(await checkpoints.rewind("p0", { dryRun: false })).toMatchObject({ canRewind: false })
  rmSync(join(root, "history"), { recursive: true })
  expect(await checkpoints.rewind("p1", { dryRun: false })).toMatchObject({
    canRewind: false,
    error: expect.stringContaining("gone"),
  })
})
