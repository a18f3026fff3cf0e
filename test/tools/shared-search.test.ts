/** A large tree is searched by two threads; nobody can tell, and both can be killed. */
import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { rgPath } from "@vscode/ripgrep"
import type { GrepJob, Help } from "../../src/tools/search/job.ts"
import { search } from "../../src/tools/search/search.ts"
import { helpSearch, makeHelp, type Scan, SharedSearch } from "../../src/tools/search/share.ts"

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "ccts-shared-"))
  for (let folder = 0; folder < 8; folder += 1) {
    mkdirSync(join(root, `dir${folder}`))
    for (let file = 0; file < 500; file += 1) {
      const line = file % 50 === 0 ? "needle one\nneedle two\n" : "hay\n"
      writeFileSync(join(root, `dir${folder}`, `f${file}.txt`), `first\n${line}last\n`)
    }
  }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const job = (over: Partial<GrepJob> = {}): GrepJob => ({
  kind: "grep",
  root,
  isFile: false,
  pattern: "needle \\w+",
  ignoreCase: false,
  multiline: false,
  mode: "content",
  onlyMatching: false,
  lineNumbers: true,
  before: 0,
  after: 0,
  glob: undefined,
  type: undefined,
  limit: Number.MAX_SAFE_INTEGER,
  offset: 0,
  prefix: "",
  deadlineMs: 20_000,
  ...over,
})
const alive = () => new AbortController().signal

test.each([
  ["content", ["-n"]],
  ["count", ["-c"]],
] as const)("%s comes in path order, as one thread gives it", async (mode, flags) => {
  const done = Bun.spawnSync([rgPath, "--no-config", "--sort", "path", ...flags, "needle \\w+"], {
    cwd: root,
    stdin: "ignore",
  })
  // Several searches, because the second thread takes another share each time.
  for (let run = 0; run < 3; run += 1) {
    const { lines, files, total } = await search(job({ mode }), alive())
    expect(lines).toEqual(done.stdout.toString().trimEnd().split("\n"))
    expect(files).toBe(80)
    expect(total).toBe(mode === "count" ? 80 : 160)
  }
})

test("a limit ends the search early, with the first lines", async () => {
  const { lines } = await search(job({ limit: 3, offset: 1 }), alive())
  expect(lines).toEqual([
    "dir0/f0.txt:3:needle two",
    "dir0/f100.txt:2:needle one",
    "dir0/f100.txt:3:needle two",
  ])
})

test("searches beside each other do not mix", async () => {
  const all = await Promise.all(
    ["needle one", "needle two", "first", "absent"].map((pattern) =>
      search(job({ pattern, mode: "count" }), alive()),
    ),
  )
  expect(all.map(({ files }) => files)).toEqual([80, 80, 4_000, 0])
})

test("a pattern that hangs in both threads is ended, and the next search works", async () => {
  const slow = join(root, "slow")
  mkdirSync(slow)
  for (let file = 0; file < 4_000; file += 1)
    writeFileSync(join(slow, `f${file}`), file < 2_000 ? "b\n" : `${"a".repeat(60)}!\n`)
  try {
    const hanging = job({ root: slow, pattern: "^(a+)+$", deadlineMs: 300 })
    await expect(search(hanging, alive())).rejects.toThrow("the pattern takes too long")
    await expect(search(hanging, AbortSignal.timeout(300))).rejects.toThrow("timed out")
    expect((await search(job({ mode: "count" }), alive())).files).toBe(80)
  } finally {
    rmSync(slow, { recursive: true, force: true })
  }
}, 30_000)

const PATHS = Array.from({ length: 6_000 }, (_, at) => `f${at}`)
const every7th: Scan = (path) => Number(Number(path.slice(1)) % 7 === 0)

function lead(askHelp: () => Help | null, allowed = 10_000) {
  const ends = Date.now() + allowed
  const found: string[] = []
  const shared = new SharedSearch({
    scan: every7th,
    use: ({ path }) => found.push(path) > 0,
    askHelp,
    remaining: () => ends - Date.now(),
  })
  for (const path of PATHS) shared.add(path)
  return { complete: shared.end(), found }
}

test("a helper that never comes costs nothing", () => {
  const { complete, found } = lead(() => makeHelp().mine)
  expect(complete).toBe(true)
  expect(found).toEqual(PATHS.filter(every7th))
})

test("a helper that dies with a batch leaves the answer marked as incomplete", () => {
  const { complete } = lead(() => {
    const { mine } = makeHelp()
    // As if it had begun the first batch.
    Atomics.store(new Int32Array(mine.state), 0, 1)
    return mine
  }, 50)
  expect(complete).toBe(false)
})

test("a helper ends when told, and begins nothing after that", async () => {
  const { mine, theirs } = makeHelp()
  const { promise, resolve } = Promise.withResolvers<void>()
  let scanned = 0
  helpSearch(theirs, () => ++scanned, resolve)
  const { found } = lead(() => mine)
  await promise
  expect(scanned).toBe(0)
  expect(found).toEqual(PATHS.filter(every7th))
})
