import { afterAll, describe, expect, test } from "bun:test"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { contentHash } from "../../src/lib/content-hash.ts"
import { writeTogether } from "../../src/lib/write-together.ts"
import { type EditBatchInput, editBatch } from "../../src/tools/edit-batch.ts"
import { NUMBERS, swap } from "./batch-of-edits.ts"
import { call, put, removeSessions, type Session, session } from "./context.ts"

afterAll(removeSessions)

async function known(files: Readonly<Record<string, string>>): Promise<Session> {
  const ctx = session()
  await put(ctx, files)
  for (const name of Object.keys(files)) {
    const path = join(ctx.cwd, name)
    ctx.files.set(path, { hash: contentHash(readFileSync(path)), partial: false })
  }
  return ctx
}

const read = (ctx: Session, name: string) => readFileSync(join(ctx.cwd, name), "utf8")

async function patchOf(input: EditBatchInput, ctx: Session) {
  const view = await editBatch.preview?.(editBatch.normalize?.(input, ctx) ?? input, ctx)
  if (view?.kind !== "patch") throw new Error("no patch")
  return view.files
}

describe("EditBatch", () => {
  test("shows several files as one patch and applies all of it", async () => {
    const ctx = await known({ "a.txt": NUMBERS, "b.txt": "one\r\ntwo\r\n" })
    const input = {
      edits: [
        swap("a.txt", "line 3\n", "LINE 3\n"),
        swap("a.txt", "line 30\n", "LINE 30\n"),
        swap("b.txt", "one\ntwo", "one\n2"),
        swap("c.txt", "", "new\n"),
      ],
    }
    const files = await patchOf(input, ctx)
    expect(
      files.map((file) => [file.path.slice(ctx.cwd.length + 1), file.created, file.hunks.length]),
    ).toEqual([
      ["a.txt", false, 2],
      ["b.txt", false, 1],
      ["c.txt", true, 1],
    ])
    const output = await call(editBatch, input, ctx)
    expect(output.isError).toBeUndefined()
    expect(read(ctx, "a.txt")).toBe(NUMBERS.replace("line 3\n", "LINE 3\n").replace("line 30\n", "LINE 30\n"))
    expect(read(ctx, "b.txt")).toBe("one\r\n2\r\n")
    expect(read(ctx, "c.txt")).toBe("new\n")
    // What was applied counts as read: the next edit needs no reading.
    expect((await call(editBatch, { edits: [swap("c.txt", "new", "newer")] }, ctx)).isError).toBeUndefined()
  })

  test("leaves out the hunks that were rejected, and says so", async () => {
    const ctx = await known({ "a.txt": NUMBERS, "b.txt": "one\n" })
    const input = {
      edits: [
        swap("a.txt", "line 3\n", "LINE 3\nmore\n"),
        swap("a.txt", "line 20\n", ""),
        swap("a.txt", "line 38\n", "LINE 38\n"),
        swap("b.txt", "one", "1"),
      ],
    }
    const [a, b] = await patchOf(input, ctx)
    const review = [
      { file_path: a?.path ?? "", before: a?.before ?? "", rejected: [1] },
      { file_path: b?.path ?? "", before: b?.before ?? "", rejected: [0] },
    ]
    const output = await call(editBatch, { ...input, review }, ctx)
    expect(read(ctx, "a.txt")).toBe(
      NUMBERS.replace("line 3\n", "LINE 3\nmore\n").replace("line 38\n", "LINE 38\n"),
    )
    expect(read(ctx, "b.txt")).toBe("one\n")
    expect(output.content).toContain("a.txt: updated without 1 of 3 hunks, which the person rejected:")
    expect(output.content).toContain("-line 20")
    expect(output.content).toContain("b.txt: not changed, the person rejected every hunk")
  })

  test.each([
    [
      "a text that is not there",
      [swap("a.txt", "line 1\n", "x\n"), swap("a.txt", "absent", "x")],
      /^Edit 2 of 2 .*String to replace not found/,
    ],
    ["a text that is there twice", [swap("a.txt", "line 1", "x")], /Found 11 matches/],
    [
      "a file that is missing",
      [swap("a.txt", "line 2\n", "x\n"), swap("z.txt", "a", "b")],
      /z\.txt\) cannot be made, so none was: File does not exist/,
    ],
    ["a file that was not read", [swap("unread.txt", "a", "b")], /File has not been read yet/],
    ["a new file that exists", [swap("a.txt", "", "b")], /Cannot create new file/],
    ["no change", [swap("a.txt", "b", "b")], /No changes to make/],
    ["a notebook", [swap("n.ipynb", "a", "b")], /Jupyter Notebook/],
  ])("refuses the whole batch for %s", async (_, edits, wanted) => {
    const ctx = await known({ "a.txt": NUMBERS })
    await put(ctx, { "unread.txt": "a", "n.ipynb": "{}" })
    const output = await call(editBatch, { edits }, ctx)
    expect(output.isError).toBe(true)
    expect(String(output.data).replace("Error: ", "")).toMatch(wanted)
    expect(read(ctx, "a.txt")).toBe(NUMBERS)
  })

  test("refuses a review of a file that was changed meanwhile", async () => {
    const ctx = await known({ "a.txt": NUMBERS })
    const input = { edits: [swap("a.txt", "line 3\n", "x\n")] }
    const [a] = await patchOf(input, ctx)
    writeFileSync(join(ctx.cwd, "a.txt"), `${NUMBERS}added\n`)
    const review = [{ file_path: a?.path ?? "", before: a?.before ?? "", rejected: [0] }]
    const output = await call(editBatch, { ...input, review }, ctx)
    expect(output.content).toContain("was changed by someone else while the patch was reviewed")
  })
})

describe("files written together", () => {
  const bytes = (text: string) => Buffer.from(text)

  test("keep their old content when one of them cannot be written", async () => {
    const ctx = session()
    await put(ctx, { a: "old a", "sub/b": "old b" })
    symlinkSync("a", join(ctx.cwd, "link"))
    chmodSync(join(ctx.cwd, "a"), 0o640)
    const writes = ["a", "fresh", "link"].map((name) => ({ path: join(ctx.cwd, name), bytes: bytes("new") }))
    await expect(writeTogether(writes)).rejects.toThrow("symbolic link")
    expect(readFileSync(join(ctx.cwd, "a"), "utf8")).toBe("old a")
    expect(existsSync(join(ctx.cwd, "fresh"))).toBe(false)
    expect(readdirSync(ctx.cwd).sort()).toEqual(["a", "link", "sub"])
  })

  test("are taken back when a rename fails after others were made", async () => {
    const ctx = session()
    await put(ctx, { a: "old a", b: "old b" })
    chmodSync(join(ctx.cwd, "a"), 0o640)
    const writes = [
      { path: join(ctx.cwd, "a"), bytes: bytes("new a") },
      { path: join(ctx.cwd, "fresh"), bytes: bytes("new") },
      {
        path: join(ctx.cwd, "c"),
        bytes: bytes("new c"),
        // A folder appears at the target once everything was looked at: the rename itself fails.
        verify: async () => void setTimeout(() => {}, 0),
      },
    ]
    const last = writes[2]
    if (last === undefined) throw new Error("three writes")
    let looked = 0
    Object.defineProperty(last, "path", {
      get: () => {
        looked += 1
        // The third look is the one for the backup, after all checks.
        if (looked === 2) {
          mkdirSync(join(ctx.cwd, "c"), { recursive: true })
          writeFileSync(join(ctx.cwd, "c/inside"), "")
        }
        return join(ctx.cwd, "c")
      },
    })
    await expect(writeTogether(writes)).rejects.toThrow()
    expect(readFileSync(join(ctx.cwd, "a"), "utf8")).toBe("old a")
    expect(statSync(join(ctx.cwd, "a")).mode & 0o777).toBe(0o640)
    expect(readdirSync(ctx.cwd).sort()).toEqual(["a", "b", "c"])
  })
})
