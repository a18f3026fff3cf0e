/** Every text the model is answered by the tools that read and change files, to the letter (spec/tools.md). */
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs"
import { open } from "node:fs/promises"
import { join } from "node:path"
import { contentHash } from "../../src/lib/content-hash.ts"
import { edit } from "../../src/tools/edit.ts"
import { editBatch } from "../../src/tools/edit-batch.ts"
import { explainError } from "../../src/tools/files/explain-error.ts"
import { readLines } from "../../src/tools/files/lines.ts"
import { ls } from "../../src/tools/ls.ts"
import { notebookEdit } from "../../src/tools/notebook-edit.ts"
import { read } from "../../src/tools/read.ts"
import { write } from "../../src/tools/write.ts"
import { answered, call, invalid, put, removeSessions, type Session, session, wrapped } from "./context.ts"

afterAll(removeSessions)

const reminder = (text: string) => `OK <system-reminder>${text}</system-reminder>`
const NOT_READ = wrapped("File has not been read yet. Read it first before writing to it.")
const MODIFIED = wrapped(
  "File has been modified since read, either by the user or by a linter. Read it again before attempting to write it.",
)
const BINARY =
  "ERROR This tool cannot read binary files. Look at it with a program for its format in Bash, such as file, xxd or unzip -l."
const notRegular = (path: string) =>
  `ERROR ${path} is not a regular file (a pipe, socket or device). Only regular files can be read or changed.`
const missing = (more = "") => `File does not exist. Note: your current working directory is $CWD.${more}`

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
)
const BOOK = JSON.stringify({
  cells: [{ cell_type: "code", id: "c1", source: "1", outputs: [] }],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
})
const LONG_NAME = "x".repeat(300)

async function place(): Promise<Session> {
  const ctx = session()
  await put(ctx, {
    "five.txt": "1\n2\n3\n4\n5",
    "empty.txt": "",
    "bin.dat": Uint8Array.of(1, 0, 2),
    "data.sqlite": Uint8Array.of(0xff, 0x80, 0x81),
    "lines\nin name.txt": "odd\n",
    "emoji 😀.txt": "odd\n",
    "cut.png": PNG.subarray(0, 20),
    "bad.ipynb": "{",
    "list.ipynb": "[]",
    "none.ipynb": '{"nbformat":4}',
    "empty.ipynb": '{"cells":[]}',
    "book.ipynb": BOOK,
    "eleven.pdf": `%PDF-1.4\n${"<< /Type /Page >>\n".repeat(11)}`,
    "twice.txt": "a b a\n",
    "sub/inner.txt": "x",
    "latin.txt": Buffer.from("h\xe9\n", "latin1"),
  })
  symlinkSync("b", join(ctx.cwd, "a"))
  symlinkSync("a", join(ctx.cwd, "b"))
  symlinkSync("nowhere", join(ctx.cwd, "dangling"))
  Bun.spawnSync(["mkfifo", join(ctx.cwd, "pipe")])
  for (const name of ["image.png", "over.ipynb", "over.pdf", "over.txt"])
    writeFileSync(join(ctx.cwd, name), "")
  writeFileSync(join(ctx.cwd, "image.png"), PNG)
  truncateSync(join(ctx.cwd, "image.png"), 64 * 1024 * 1024 + 1)
  truncateSync(join(ctx.cwd, "over.ipynb"), 100 * 1024 * 1024 + 1)
  writeFileSync(join(ctx.cwd, "over.pdf"), "%PDF-1.4\n")
  truncateSync(join(ctx.cwd, "over.pdf"), 20 * 1024 * 1024 + 1)
  writeFileSync(join(ctx.cwd, "over.txt"), "text\n".repeat(2_000))
  truncateSync(join(ctx.cwd, "over.txt"), 64 * 1024 * 1024 + 1)
  return ctx
}

describe("Read answers", () => {
  let ctx: Session
  beforeAll(async () => {
    ctx = await place()
  })
  test.each<[object, string]>([
    [{}, invalid("Read", "The required parameter `file_path` is missing")],
    [
      { file_path: 3 },
      invalid("Read", "The parameter `file_path` type is expected as `string` but provided as `number`"),
    ],
    [{ file_path: "x", lines: 1 }, invalid("Read", "An unexpected parameter `lines` was provided")],
    [{ file_path: "" }, "ERROR EISDIR: illegal operation on a directory, read '$CWD'"],
    [{ file_path: "sub" }, "ERROR EISDIR: illegal operation on a directory, read '$CWD/sub'"],
    [{ file_path: "five.md" }, `ERROR ${missing(" Did you mean five.txt?")}`],
    [{ file_path: "FIVE.TXT" }, `ERROR ${missing(" Did you mean five.txt?")}`],
    [{ file_path: "zz" }, `ERROR ${missing()}`],
    [{ file_path: "five.txt/under" }, `ERROR ${missing()}`],
    [{ file_path: "no/such/folder" }, `ERROR ${missing()}`],
    [{ file_path: "dangling" }, `ERROR ${missing()}`],
    [{ file_path: "a" }, "ERROR $CWD/a is a symbolic link that leads to itself."],
    [{ file_path: "x\0y" }, "ERROR The path contains a NUL character."],
    [{ file_path: LONG_NAME }, `ERROR The path is longer than the system allows: $CWD/${LONG_NAME}`],
    [{ file_path: "pipe" }, notRegular("$CWD/pipe")],
    [{ file_path: "/dev/zero" }, notRegular("/dev/zero")],
    [{ file_path: "/dev/null" }, notRegular("/dev/null")],
    [{ file_path: "bin.dat" }, BINARY],
    [{ file_path: "data.sqlite" }, BINARY],
    [{ file_path: "five.txt", pages: "1" }, "ERROR `pages` is for PDF files; use offset and limit."],
    [{ file_path: "five.txt" }, "OK 1\t1\n2\t2\n3\t3\n4\t4\n5\t5"],
    [{ file_path: "five.txt", offset: 4 }, "OK 4\t4\n5\t5"],
    [{ file_path: "five.txt", offset: 2, limit: 1 }, "OK 2\t2"],
    // What is no count is as if it were left out.
    [{ file_path: "five.txt", offset: 0, limit: 2 }, "OK 1\t1\n2\t2"],
    [{ file_path: "five.txt", offset: -7, limit: 1 }, "OK 1\t1"],
    [{ file_path: "five.txt", offset: 5, limit: -1 }, "OK 5\t5"],
    [{ file_path: "five.txt", offset: 5, limit: 0 }, "OK 5\t5"],
    [{ file_path: "five.txt", offset: 4.9, limit: 1.9 }, "OK 4\t4"],
    [{ file_path: "five.txt", limit: 1e308 }, "OK 1\t1\n2\t2\n3\t3\n4\t4\n5\t5"],
    [
      { file_path: "five.txt", offset: 50 },
      reminder(
        "Warning: the file exists but is shorter than the provided offset (50). The file has 5 lines.",
      ),
    ],
    [
      { file_path: "five.txt", offset: Number.MAX_SAFE_INTEGER },
      reminder(
        "Warning: the file exists but is shorter than the provided offset (9007199254740991). The file has 5 lines.",
      ),
    ],
    [{ file_path: "empty.txt" }, reminder("Warning: the file exists but the contents are empty.")],
    [{ file_path: "lines\nin name.txt" }, "OK 1\todd\n2\t"],
    [{ file_path: "emoji 😀.txt" }, "OK 1\todd\n2\t"],
    [{ file_path: "latin.txt" }, "OK 1\thé\n2\t"],
    [{ file_path: "image.png" }, "ERROR The image file is larger than 64MB."],
    [{ file_path: "over.ipynb" }, "ERROR The notebook is larger than 100MB and cannot be read."],
    [{ file_path: "bad.ipynb" }, "ERROR The notebook is not valid JSON: JSON Parse error: Expected '}'"],
    [
      { file_path: "list.ipynb" },
      "ERROR The file is no notebook: top level: Invalid input: expected object, received array",
    ],
    [
      { file_path: "none.ipynb" },
      "ERROR The file is no notebook: cells: Invalid input: expected array, received undefined",
    ],
    [{ file_path: "empty.ipynb" }, "OK The notebook has no cells."],
    [{ file_path: "book.ipynb" }, 'OK <cell id="c1">1</cell id="c1">\n'],
    [
      { file_path: "over.pdf" },
      'ERROR The PDF is too large to read whole (20MB). Name pages, for example pages: "1-5".',
    ],
    [
      { file_path: "eleven.pdf" },
      'ERROR The PDF has 11 pages, at most 10 are read at once. Name pages, for example pages: "1-5" (at most 20 per call).',
    ],
    [
      { file_path: "eleven.pdf", pages: "two" },
      'ERROR "two" is no page range. Write pages as "3" or "1-5", counted from 1.',
    ],
    [
      { file_path: "eleven.pdf", pages: "0" },
      'ERROR "0" is no page range. Write pages as "3" or "1-5", counted from 1.',
    ],
    [
      { file_path: "eleven.pdf", pages: "5-2" },
      'ERROR "5-2" is no page range. Write pages as "3" or "1-5", counted from 1.',
    ],
    [{ file_path: "eleven.pdf", pages: "1-21" }, "ERROR At most 20 pages are read per call."],
    [
      { file_path: "over.txt" },
      "ERROR File content (64MB) exceeds maximum allowed size (256KB). Use offset and limit to read a part of it, search it with Grep, or pass allow_large.",
    ],
    [{ file_path: "over.txt", offset: 2_000, limit: 1 }, "OK 2000\ttext"],
  ])("%j", async (input, said) => {
    expect(await answered(read, input, ctx)).toBe(said)
  })
  test("a picture that is cut off is told, alone and inside a notebook whose cells are still shown", async () => {
    const outputs = [{ output_type: "display_data", data: { "image/png": "AAAA" } }]
    const cells = [{ cell_type: "code", id: "c1", source: "plot()", outputs }]
    await put(ctx, { "plot.ipynb": JSON.stringify({ cells, nbformat: 4 }) })
    expect(await answered(read, { file_path: "cut.png" }, ctx)).toStartWith(
      "ERROR The image could not be read: ",
    )
    expect(await answered(read, { file_path: "plot.ipynb" }, ctx)).toStartWith(
      'OK <cell id="c1">plot()</cell id="c1">\n[The image could not be read: ',
    )
  })
  test("pages of a PDF need a program; a missing one and a failing one are told", async () => {
    await put(ctx, { "bin/pdftoppm": "#!/bin/sh\necho 'Syntax Error: no pages' >&2\nexit 1\n" })
    chmodSync(join(ctx.cwd, "bin/pdftoppm"), 0o755)
    const pages = { file_path: "eleven.pdf", pages: "1-2" }
    expect(await answered(read, pages, { ...ctx, env: { ...ctx.env, PATH: "/nowhere" } })).toBe(
      "ERROR Reading single pages of a PDF needs pdftoppm (package poppler-utils), which is not installed.",
    )
    const env = { ...ctx.env, PATH: `${join(ctx.cwd, "bin")}:${ctx.env.PATH}` }
    expect(await answered(read, pages, { ...ctx, env })).toBe(
      "ERROR The pages could not be read: Syntax Error: no pages",
    )
    await put(ctx, {
      "bin/pdftoppm": `#!/bin/sh\nfor last; do :; done\nfor page in 1 2; do cp '${join(ctx.cwd, "page.jpg")}' "$last-$page.jpg"; done\n`,
      "page.jpg": await new Bun.Image(PNG).resize(40, 60, { fit: "fill" }).jpeg().bytes(),
    })
    const output = await call(read, pages, { ...ctx, env, toolUseId: "pages" })
    expect(output.content).toMatchObject([{ type: "image" }, { type: "image" }])
    expect(output.data).toMatchObject({ type: "parts", firstPage: 1, file: { count: 2 } })
  })
  test("the cap on tokens is the user's, and told with the text", async () => {
    await put(ctx, { "wide.txt": `${"y".repeat(99)}\n`.repeat(100) })
    const env = { ...ctx.env, CLAUDE_CODE_FILE_READ_MAX_OUTPUT_TOKENS: "1000" }
    const small = { ...ctx, env }
    expect(await answered(read, { file_path: "wide.txt", offset: 1 }, small)).toBe(
      "ERROR File content (2500 tokens) exceeds maximum allowed tokens (1000). Use a smaller limit, or search the file with Grep.",
    )
    expect(await answered(read, { file_path: "over.txt", offset: 1, limit: 100_000 }, small)).toStartWith(
      "ERROR File content (more than 1000 tokens) exceeds",
    )
    expect(await answered(read, { file_path: "wide.txt" }, small)).toEndWith(
      "\n\n<system-reminder>PARTIAL view: lines 1 to 40 of 101 are shown, the file has more than 1000 tokens. Read on with offset and limit; this view does not count as having read the file.</system-reminder>",
    )
    // A first page is not the file.
    expect(await answered(write, { file_path: "wide.txt", content: "" }, small)).toBe(NOT_READ)
    expect(await answered(read, { file_path: "wide.txt", allow_large: true }, small)).toEndWith("101\t")
  })
  test("a line that is too far into a file is given up in time", async () => {
    const path = join(ctx.cwd, "over.txt")
    const file = await open(path)
    try {
      const request = { file, size: 64 * 1024 * 1024 + 1, limit: 1, maxBytes: 100, signal: ctx.signal }
      await expect(readLines({ ...request, first: 1e20, deadlineMs: -1 })).rejects.toThrow(
        "Line 100000000000000000000 was not reached in time: after 0 bytes of 64MB it was line 1. Look for the place with Grep, or use tail in Bash.",
      )
      expect((await readLines({ ...request, first: 2_000 }))?.bytes.toString()).toBe("text")
    } finally {
      await file.close()
    }
  })
  test("a range of 10 GB without a line end costs nothing but its beginning", async () => {
    const path = join(ctx.cwd, "endless.txt")
    writeFileSync(path, "x".repeat(10_000))
    truncateSync(path, 10 * 1024 ** 3)
    expect(await answered(read, { file_path: path, offset: 1, limit: 1 }, ctx)).toStartWith(
      "ERROR File content (more than 25000 tokens) exceeds maximum allowed tokens (25000).",
    )
  })
})

describe("Write answers", () => {
  test.each<[object, string]>([
    [{ file_path: "x" }, invalid("Write", "The required parameter `content` is missing")],
    [
      { file_path: "x", content: { a: 1 } },
      invalid("Write", "The parameter `content` type is expected as `string` but provided as `object`"),
    ],
    [{ file_path: "new.txt", content: "x" }, "OK File created successfully at: $CWD/new.txt"],
    [{ file_path: "deep/er/new.txt", content: "" }, "OK File created successfully at: $CWD/deep/er/new.txt"],
    [{ file_path: "ends/in/slash/", content: "" }, "OK File created successfully at: $CWD/ends/in/slash"],
    [{ file_path: "dangling", content: "x" }, "OK File created successfully at: $CWD/dangling"],
    [{ file_path: "five.txt", content: "x" }, NOT_READ],
    [{ file_path: "bin.dat", content: "x" }, NOT_READ],
    [{ file_path: "", content: "x" }, "ERROR EISDIR: illegal operation on a directory, open '$CWD'"],
    [{ file_path: "sub", content: "x" }, "ERROR EISDIR: illegal operation on a directory, open '$CWD/sub'"],
    [{ file_path: "five.txt/x", content: "x" }, "ERROR A parent of $CWD/five.txt/x is a file, not a folder."],
    [{ file_path: "a", content: "x" }, "ERROR $CWD/a is a symbolic link that leads to itself."],
    [{ file_path: "pipe", content: "x" }, notRegular("$CWD/pipe")],
    [{ file_path: "/dev/full", content: "x" }, notRegular("/dev/full")],
    [{ file_path: "x\0y", content: "x" }, "ERROR The path contains a NUL character."],
    [
      { file_path: LONG_NAME, content: "x" },
      `ERROR The path is longer than the system allows: $CWD/${LONG_NAME}`,
    ],
    [
      { file_path: "over.txt", content: "x" },
      "ERROR $CWD/over.txt is too large (67108865 bytes; at most 67108864 bytes).",
    ],
    [
      { file_path: "/proc/ccts-test", content: "x" },
      "ERROR Nothing was written: No file can be made there: /proc/ccts-test",
    ],
    [
      { file_path: "/sys/ccts-test", content: "x" },
      "ERROR Nothing was written: Permission denied: /sys/ccts-test cannot be written.",
    ],
  ])("%j", async (input, said) => {
    expect(await answered(write, input, await place())).toBe(said)
  })
  test("when the file was read, and when it changed after that", async () => {
    const ctx = await place()
    await call(read, { file_path: "five.txt" }, ctx)
    expect(await answered(write, { file_path: "five.txt", content: "new" }, ctx)).toBe(
      "OK The file $CWD/five.txt has been updated successfully.",
    )
    await put(ctx, { "five.txt": "by somebody else" })
    expect(await answered(write, { file_path: "five.txt", content: "again" }, ctx)).toBe(MODIFIED)
    expect(readFileSync(join(ctx.cwd, "five.txt"), "utf8")).toBe("by somebody else")
  })
  test("where unread files may be replaced, notebooks and partly read ones still may not", async () => {
    const ctx = { ...(await place()), unreadEdits: "allowed" as const }
    expect(await answered(write, { file_path: "five.txt", content: "x" }, ctx)).toStartWith("OK ")
    expect(await answered(write, { file_path: "book.ipynb", content: "x" }, ctx)).toBe(NOT_READ)
    ctx.files.set(join(ctx.cwd, "twice.txt"), { hash: "", partial: true })
    expect(await answered(write, { file_path: "twice.txt", content: "x" }, ctx)).toBe(NOT_READ)
  })
  test("what Latin-1 cannot hold makes the file UTF-8; line ends and mark stay", async () => {
    const ctx = await place()
    await put(ctx, { "crlf.txt": "\uFEFFa\r\nb\r\n" })
    for (const name of ["latin.txt", "crlf.txt"]) await call(read, { file_path: name }, ctx)
    await call(write, { file_path: "latin.txt", content: "h€\n" }, ctx)
    await call(write, { file_path: "crlf.txt", content: "c\nd\n" }, ctx)
    expect(readFileSync(join(ctx.cwd, "latin.txt"), "utf8")).toBe("h€\n")
    expect(readFileSync(join(ctx.cwd, "crlf.txt"), "utf8")).toBe("\uFEFFc\r\nd\r\n")
  })
})

describe("Edit answers", () => {
  const to = (file_path: string, old_string: string, new_string: string, more: object = {}) => ({
    file_path,
    old_string,
    new_string,
    ...more,
  })
  const several = (count: number, quoted: string) =>
    wrapped(
      `Found ${count} matches of the string to replace, but replace_all is false. To replace all of them set replace_all to true; to replace one, give more of the text around it.\nString: ${quoted}`,
    )
  test.each<[object, string]>([
    [
      { file_path: "x" },
      invalid(
        "Edit",
        "The required parameter `old_string` is missing",
        "The required parameter `new_string` is missing",
      ),
    ],
    [
      to("five.txt", "1", "1"),
      wrapped("No changes to make: old_string and new_string are exactly the same."),
    ],
    [to("five.txt", "", ""), wrapped("No changes to make: old_string and new_string are exactly the same.")],
    [to("five.md", "1", "2"), wrapped(missing(" Did you mean five.txt?"))],
    [to("five.txt", "1", "one"), NOT_READ],
    [to("five.txt", "", "x"), wrapped("Cannot create new file - file already exists.")],
    [to("fresh/new.txt", "", "x"), "OK File created successfully at: $CWD/fresh/new.txt"],
    [to("empty.txt", "", "x"), "OK File created successfully at: $CWD/empty.txt"],
    [to("book.ipynb", "1", "2"), wrapped("File is a Jupyter Notebook. Use NotebookEdit to edit it.")],
    [to("bin.dat", "1", "2"), wrapped("This tool cannot edit binary files.")],
    [to("", "1", "2"), "ERROR EISDIR: illegal operation on a directory, open '$CWD'"],
    [to("sub", "", "2"), "ERROR EISDIR: illegal operation on a directory, open '$CWD/sub'"],
    [to("five.txt/x", "", "2"), "ERROR A parent of $CWD/five.txt/x is a file, not a folder."],
    [to("a", "1", "2"), "ERROR $CWD/a is a symbolic link that leads to itself."],
    [to("dangling", "1", "2"), wrapped(missing())],
    [to("pipe", "1", "2"), notRegular("$CWD/pipe")],
    [to("x\0y", "1", "2"), "ERROR The path contains a NUL character."],
    [to("over.txt", "1", "2"), "ERROR $CWD/over.txt is too large (67108865 bytes; at most 67108864 bytes)."],
  ])("%j", async (input, said) => {
    expect(await answered(edit, input, await place())).toBe(said)
  })
  test.each<[object, string]>([
    [
      to("five.txt", "1", "one"),
      "OK The file $CWD/five.txt has been updated successfully. (file state is current in your context — no need to Read it back)",
    ],
    [
      to("five.txt", "1\n2", ""),
      "OK The file $CWD/five.txt has been updated successfully. (file state is current in your context — no need to Read it back)",
    ],
    [to("five.txt", "absent", "x"), wrapped("String to replace not found in file.\nString: absent")],
    [
      to("five.txt", "absent", "x", { replace_all: true }),
      wrapped("String to replace not found in file.\nString: absent"),
    ],
    [
      to("five.txt", "9".repeat(3_000), "x"),
      wrapped(`String to replace not found in file.\nString: ${"9".repeat(2_000)}`),
    ],
    [to("twice.txt", "a", "x"), several(2, "a")],
    [
      to("twice.txt", "a", "x", { replace_all: true }),
      "OK The file $CWD/twice.txt has been updated. All occurrences were successfully replaced.",
    ],
    [
      to("latin.txt", "h", "€"),
      "ERROR The file is Latin-1 encoded and cannot hold the character €. Convert it first.",
    ],
  ])("once the file was read: %j", async (input, said) => {
    const ctx = await place()
    for (const name of ["five.txt", "twice.txt", "latin.txt"]) await call(read, { file_path: name }, ctx)
    expect(await answered(edit, input, ctx)).toBe(said)
  })
  test("when the file changed since: a unique place is edited and told, any other is not", async () => {
    const ctx = await place()
    await call(read, { file_path: "twice.txt" }, ctx)
    await put(ctx, { "twice.txt": "a b a\nadded\n" })
    expect(await answered(edit, to("twice.txt", "a", "x"), ctx)).toBe(MODIFIED)
    expect(await answered(edit, to("twice.txt", "absent", "x"), ctx)).toBe(MODIFIED)
    expect(await answered(edit, to("twice.txt", "b", "c"), ctx)).toBe(
      "OK The file $CWD/twice.txt has been updated successfully. (note: the file had been modified on disk since you last read it — the edit was applied to its current content; read it again before you rely on the rest)",
    )
    expect(readFileSync(join(ctx.cwd, "twice.txt"), "utf8")).toBe("a c a\nadded\n")
  })
  test("an unread file where that is allowed, without claiming that it is known", async () => {
    const ctx = { ...(await place()), unreadEdits: "allowed" as const }
    expect(await answered(edit, to("five.txt", "1", "one"), ctx)).toBe(
      "OK The file $CWD/five.txt has been updated successfully.",
    )
    expect(ctx.files.get(join(ctx.cwd, "five.txt"))).toBeUndefined()
  })
  test("a mark, a missing last line end and the mode stay", async () => {
    const ctx = await place()
    await put(ctx, { "m.sh": "\uFEFFone\r\ntwo" })
    chmodSync(join(ctx.cwd, "m.sh"), 0o750)
    await call(read, { file_path: "m.sh" }, ctx)
    await call(edit, to("m.sh", "one\ntwo", "1\n2\n3"), ctx)
    expect(readFileSync(join(ctx.cwd, "m.sh"), "utf8")).toBe("\uFEFF1\r\n2\r\n3")
    expect((await Bun.file(join(ctx.cwd, "m.sh")).stat()).mode & 0o777).toBe(0o750)
  })
})

describe("EditBatch answers", () => {
  const one = (file_path: string, old_string: string, new_string: string, more: object = {}) => ({
    edits: [{ file_path, old_string, new_string, ...more }],
  })
  const first = (path: string, why: string) =>
    wrapped(`Edit 1 of 1 ($CWD${path}) cannot be made, so none was: ${why}`)
  test.each<[object, string]>([
    [{}, invalid("EditBatch", "The required parameter `edits` is missing")],
    [
      { edits: [] },
      invalid("EditBatch", "The parameter `edits`: Too small: expected array to have >=1 items"),
    ],
    [
      { edits: Array.from({ length: 201 }, () => one("x", "", "y").edits[0]) },
      invalid("EditBatch", "The parameter `edits`: Too big: expected array to have <=200 items"),
    ],
    [
      { edits: [{ file_path: "x" }] },
      invalid(
        "EditBatch",
        "The required parameter `edits[0].old_string` is missing",
        "The required parameter `edits[0].new_string` is missing",
      ),
    ],
    [one("five.txt", "1", "one"), "OK $CWD/five.txt: updated"],
    [one("fresh/x.txt", "", "new"), "OK $CWD/fresh/x.txt: created"],
    [one("five.md", "1", "2"), first("/five.md", missing(" Did you mean five.txt?"))],
    [
      one("five.txt", "1", "1"),
      first("/five.txt", "No changes to make: old_string and new_string are exactly the same."),
    ],
    [
      one("five.txt", "absent", "1"),
      first("/five.txt", "String to replace not found in file.\nString: absent"),
    ],
    [
      one("twice.txt", "a", "1"),
      first(
        "/twice.txt",
        "Found 2 matches of the string to replace, but replace_all is false. To replace all of them set replace_all to true; to replace one, give more of the text around it.\nString: a",
      ),
    ],
    [one("twice.txt", "a", "1", { replace_all: true }), "OK $CWD/twice.txt: updated"],
    [
      one("sub/inner.txt", "x", "y"),
      first("/sub/inner.txt", "File has not been read yet. Read it first before writing to it."),
    ],
    [one("five.txt", "", "y"), first("/five.txt", "Cannot create new file - file already exists.")],
    [
      one("book.ipynb", "1", "2"),
      first("/book.ipynb", "File is a Jupyter Notebook. Use NotebookEdit to edit it."),
    ],
    [one("sub", "1", "2"), first("/sub", "EISDIR: illegal operation on a directory, open '$CWD/sub'")],
    [one("a", "1", "2"), first("/a", "$CWD/a is a symbolic link that leads to itself.")],
    [one("pipe", "1", "2"), first("/pipe", notRegular("$CWD/pipe").slice("ERROR ".length))],
    [
      one("five.txt/x", "", "2"),
      first("/five.txt/x", "A parent of $CWD/five.txt/x is a file, not a folder."),
    ],
    [one("x\0y", "1", "2"), first("/x\0y", "The path contains a NUL character.")],
    [
      one("new.txt", "", "y\n".repeat(10_001)),
      wrapped(
        "The patch has 10001 lines, more than can be reviewed at once (10000). Nothing was changed; send it in smaller parts.",
      ),
    ],
  ])("%j", async (input, said) => {
    const ctx = await place()
    for (const name of ["five.txt", "twice.txt"]) await call(read, { file_path: name }, ctx)
    expect(await answered(editBatch, input, ctx)).toBe(said)
  })
  test("a file in the way of another's folder: nothing is changed and nothing is left behind", async () => {
    const ctx = await place()
    const before = readdirSync(ctx.cwd).sort()
    const edits = [...one("new", "", "x").edits, ...one("new/under/it", "", "y").edits]
    expect(await answered(editBatch, { edits }, ctx)).toStartWith("ERROR Nothing was changed: ")
    expect(readdirSync(ctx.cwd).sort()).toEqual(before)
  })
  test("a review of a hunk that does not exist changes nothing", async () => {
    const ctx = await place()
    await call(read, { file_path: "five.txt" }, ctx)
    const path = join(ctx.cwd, "five.txt")
    const before = contentHash(readFileSync(path))
    const review = [{ file_path: path, before, rejected: [4] }]
    expect(await answered(editBatch, { ...one("five.txt", "1", "one"), review }, ctx)).toBe(
      "ERROR Nothing was changed: the review names hunk 4 of $CWD/five.txt, which has 1",
    )
    expect(readFileSync(path, "utf8")).toBe("1\n2\n3\n4\n5")
  })
})

describe("NotebookEdit answers", () => {
  const to = (more: object) => ({ notebook_path: "book.ipynb", new_source: "2", ...more })
  test.each<[object, string]>([
    [{ notebook_path: "x" }, invalid("NotebookEdit", "The required parameter `new_source` is missing")],
    [
      to({ edit_mode: "move" }),
      invalid(
        "NotebookEdit",
        'The parameter `edit_mode`: Invalid option: expected one of "replace"|"insert"|"delete"',
      ),
    ],
    [
      to({ cell_type: "raw" }),
      invalid("NotebookEdit", 'The parameter `cell_type`: Invalid option: expected one of "code"|"markdown"'),
    ],
    [
      to({ notebook_path: "five.txt" }),
      wrapped("File must be a Jupyter notebook (.ipynb file). For other files use Edit."),
    ],
    [to({ notebook_path: "no.ipynb", cell_id: "c1" }), wrapped("Notebook file does not exist.")],
    [to({}), wrapped("Cell id is required when using edit_mode=replace.")],
    [to({ edit_mode: "delete" }), wrapped("Cell id is required when using edit_mode=delete.")],
    [to({ edit_mode: "insert" }), wrapped("Cell type is required when using edit_mode=insert.")],
    [to({ cell_id: "c1" }), NOT_READ],
  ])("%j", async (input, said) => {
    expect(await answered(notebookEdit, input, await place())).toBe(said)
  })
  test.each<[object, string]>([
    [to({ cell_id: "c1" }), "OK Updated cell c1 with 2"],
    [to({ cell_id: "c1", edit_mode: "delete" }), "OK Deleted cell c1"],
    [to({ cell_id: "zz" }), wrapped('Cell with ID "zz" not found in notebook.')],
    [to({ cell_id: "" }), wrapped('Cell with ID "" not found in notebook.')],
    [to({ cell_id: "cell-0" }), wrapped('Cell with ID "cell-0" not found in notebook.')],
  ])("once it was read: %j", async (input, said) => {
    const ctx = await place()
    await call(read, { file_path: "book.ipynb" }, ctx)
    expect(await answered(notebookEdit, input, ctx)).toBe(said)
  })
  test("an insertion names its new cell, and stands behind the one it names", async () => {
    const ctx = await place()
    await call(read, { file_path: "book.ipynb" }, ctx)
    const said = await answered(
      notebookEdit,
      to({ edit_mode: "insert", cell_type: "markdown", cell_id: "c1" }),
      ctx,
    )
    expect(said).toMatch(/^OK Inserted cell [0-9a-f]{8} with 2$/)
    const { cells } = JSON.parse(readFileSync(join(ctx.cwd, "book.ipynb"), "utf8"))
    expect(cells.map((cell: { cell_type: string }) => cell.cell_type)).toEqual(["code", "markdown"])
  })
  test("all but the cell stays as Jupyter wrote it, to the byte", async () => {
    const ctx = session()
    const written = `{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 1,
   "id": "a",
   "metadata": {},
   "outputs": [
    {
     "data": {
      "application/json": {
       "big": 12345678901234567890,
       "x": 1.0,
       "ü": 1e-07
      }
     },
     "metadata": {},
     "output_type": "display_data"
    }
   ],
   "source": []
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "b",
   "metadata": {},
   "outputs": [],
   "source": [
    "old"
   ]
  }
 ],
 "metadata": {},
 "nbformat": 4,
 "nbformat_minor": 5
}
`
    await put(ctx, { "n.ipynb": written })
    await call(read, { file_path: "n.ipynb" }, ctx)
    await call(notebookEdit, { notebook_path: "n.ipynb", cell_id: "b", new_source: "new" }, ctx)
    expect(readFileSync(join(ctx.cwd, "n.ipynb"), "utf8")).toBe(written.replace('"old"', '"new"'))
    const insert = { notebook_path: "n.ipynb", edit_mode: "insert", cell_type: "code", cell_id: "b" } as const
    await call(notebookEdit, { ...insert, new_source: "" }, ctx)
    const { cells } = JSON.parse(readFileSync(join(ctx.cwd, "n.ipynb"), "utf8"))
    expect(Object.keys(cells[2])).toEqual([
      "cell_type",
      "execution_count",
      "id",
      "metadata",
      "outputs",
      "source",
    ])
  })
  test("one that changed, or is none any more", async () => {
    const ctx = await place()
    await call(read, { file_path: "book.ipynb" }, ctx)
    await put(ctx, { "book.ipynb": `${BOOK} ` })
    expect(await answered(notebookEdit, to({ cell_id: "c1" }), ctx)).toBe(MODIFIED)
    await put(ctx, { "book.ipynb": "{}" })
    ctx.files.set(join(ctx.cwd, "book.ipynb"), { hash: contentHash(Buffer.from("{}")), partial: false })
    expect(await answered(notebookEdit, to({ cell_id: "c1" }), ctx)).toBe(
      "ERROR The file is no notebook: cells: Invalid input: expected array, received undefined",
    )
  })
})

describe("LS answers", () => {
  test.each<[object, string]>([
    [{}, invalid("LS", "The required parameter `path` is missing")],
    [
      { path: "sub", ignore: "x" },
      invalid("LS", "The parameter `ignore` type is expected as `array` but provided as `string`"),
    ],
    [{ path: "sub" }, "OK - $CWD/sub/\n  - inner.txt"],
    [{ path: "sub", ignore: ["*.txt"] }, "OK - $CWD/sub/"],
    [
      { path: "nowhere" },
      wrapped("Directory does not exist: $CWD/nowhere. Note: your current working directory is $CWD."),
    ],
    [{ path: "five.txt" }, wrapped("Path is not a directory: $CWD/five.txt")],
    [
      { path: "five.txt/x" },
      wrapped("Directory does not exist: $CWD/five.txt/x. Note: your current working directory is $CWD."),
    ],
    [{ path: "a" }, "ERROR $CWD/a is a symbolic link that leads to itself."],
    [{ path: "x\0y" }, wrapped("The path contains a NUL character.")],
    [{ path: LONG_NAME }, `ERROR The path is longer than the system allows: $CWD/${LONG_NAME}`],
  ])("%j", async (input, said) => {
    expect(await answered(ls, input, await place())).toBe(said)
  })
  test("a name with a line break is one entry", async () => {
    const ctx = session()
    await put(ctx, { "a\nb": "" })
    expect(await answered(ls, { path: "." }, ctx)).toBe("OK - $CWD/\n  - a\\nb")
  })
  test("1000 entries, the nearest first, and 12 levels", async () => {
    const ctx = session()
    for (let i = 0; i < 1_001; i += 1) writeFileSync(join(ctx.cwd, `f${String(i).padStart(4, "0")}`), "")
    mkdirSync(join(ctx.cwd, "deep/er"), { recursive: true })
    const said = await answered(ls, { path: "." }, ctx)
    expect(said).toEndWith(
      "  - f0998\n\n(Only the first 1000 entries are listed; name a folder further down.)",
    )
    const way = Array.from({ length: 14 }, (_, i) => `d${i + 1}`).join("/")
    const other = session()
    mkdirSync(join(other.cwd, way), { recursive: true })
    const drawn = await answered(ls, { path: "." }, other)
    expect(drawn).toContain("- d12/")
    expect(drawn).not.toContain("- d13/")
  })
})

describe("what the system says of a path is said in words", () => {
  const error = (code: string) => Object.assign(new Error("raw"), { code })
  test.each([
    ["EACCES", "Permission denied: /p cannot be written."],
    ["EPERM", "Permission denied: /p cannot be written."],
    ["EROFS", "Read-only file system: /p cannot be written."],
    ["ELOOP", "/p is a symbolic link that leads to itself."],
    ["ENAMETOOLONG", "The path is longer than the system allows: /p"],
    ["ENOTDIR", "A parent of /p is a file, not a folder."],
    ["ENOSPC", "No space is left on the device: /p cannot be written."],
    ["EDQUOT", "No space is left on the device: /p cannot be written."],
    ["ENOENT", "No file can be made there: /p"],
    ["EIO", "raw"],
  ])("%s", (code, said) => {
    expect(explainError(error(code), "/p", "written")).toBe(said)
  })
  test("a path of thousands of characters is not repeated whole", () => {
    expect(explainError(error("ENAMETOOLONG"), `/${"x".repeat(5_000)}`, "read").length).toBeLessThan(500)
  })
  test.skipIf(process.getuid?.() === 0)("a file without the right to read it", async () => {
    const ctx = await place()
    chmodSync(join(ctx.cwd, "five.txt"), 0)
    expect(await answered(read, { file_path: "five.txt" }, ctx)).toBe(
      "ERROR Permission denied: $CWD/five.txt cannot be read.",
    )
    expect(existsSync(join(ctx.cwd, "five.txt"))).toBe(true)
  })
})
