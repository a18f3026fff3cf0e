import { afterAll, describe, expect, test } from "bun:test"
import { chmodSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { edit } from "../../src/tools/edit.ts"
import { replaceExact } from "../../src/tools/files/replace.ts"
import { read } from "../../src/tools/read.ts"
import { write } from "../../src/tools/write.ts"
import { call, put, removeSessions, session, text } from "./context.ts"

afterAll(removeSessions)

describe("Read shows a file", () => {
  test.concurrent("as numbered lines, the empty last one too", async () => {
    const ctx = session()
    await put(ctx, { a: "one\ntwo\n" })
    const output = await call(read, { file_path: "a" }, ctx)
    expect(output.content).toBe("1\tone\n2\ttwo\n3\t")
    expect(output.data).toEqual({
      type: "text",
      file: { filePath: join(ctx.cwd, "a"), content: "one\ntwo\n", numLines: 3, startLine: 1, totalLines: 3 },
    })
  })
  test.concurrent("by range", async () => {
    const ctx = session()
    await put(ctx, { a: "1\n2\n3\n4" })
    const output = await call(read, { file_path: "a", offset: 2, limit: 2 }, ctx)
    expect(output.content).toBe("2\t2\n3\t3")
    expect(output.data).toMatchObject({ file: { numLines: 2, startLine: 2, totalLines: 4 } })
  })
  test.concurrent("empty, and past its end", async () => {
    const ctx = session()
    await put(ctx, { empty: "", a: "1\n2\n3\n4\n5" })
    expect(await text(read, { file_path: "empty" }, ctx)).toBe(
      "<system-reminder>Warning: the file exists but the contents are empty.</system-reminder>",
    )
    expect(await text(read, { file_path: "a", offset: 50 }, ctx)).toBe(
      "<system-reminder>Warning: the file exists but is shorter than the provided offset (50). The file has 5 lines.</system-reminder>",
    )
  })
  test.concurrent("in UTF-16, with a mark, in Latin-1 and with CRLF", async () => {
    const ctx = session()
    await put(ctx, {
      u16: Buffer.from("\uFEFFhé\r\nx", "utf16le"),
      bom: "\uFEFFhé\r\nx",
      latin: Buffer.from("hé\r\nx", "latin1"),
    })
    for (const name of ["u16", "bom", "latin"])
      expect(await text(read, { file_path: name }, ctx)).toBe("1\thé\n2\tx")
  })
  test.concurrent("of 10 GB by range", async () => {
    const ctx = session()
    const path = join(ctx.cwd, "huge")
    writeFileSync(path, `${"line\n".repeat(5000)}`)
    truncateSync(path, 10 * 1024 ** 3)
    expect(await text(read, { file_path: path, offset: 4000, limit: 2 }, ctx)).toBe("4000\tline\n4001\tline")
  })
  test.concurrent("an image as a picture, made smaller when large", async () => {
    const ctx = session()
    const small = await new Bun.Image(onePixel()).resize(40, 30, { fit: "fill" }).png().bytes()
    const large = await new Bun.Image(onePixel()).resize(4000, 1000, { fit: "fill" }).png().bytes()
    await put(ctx, { "a.png": small, "b.png": large })
    expect((await call(read, { file_path: "a.png" }, ctx)).data).toMatchObject({
      type: "image",
      file: { type: "image/png", dimensions: { originalWidth: 40, displayHeight: 30 } },
    })
    expect((await call(read, { file_path: "b.png" }, ctx)).data).toMatchObject({
      file: { dimensions: { originalWidth: 4000, displayWidth: 2000, displayHeight: 500 } },
    })
  })
  test.concurrent("a notebook as cells and outputs", async () => {
    const ctx = session()
    const outputs = [{ output_type: "stream", text: ["4\n"] }]
    const cells = [{ cell_type: "code", id: "c1", source: ["2+", "2"], outputs }]
    await put(ctx, { "n.ipynb": JSON.stringify({ cells, nbformat: 4 }) })
    expect(await text(read, { file_path: "n.ipynb" }, ctx)).toBe('<cell id="c1">2+2</cell id="c1">\n4\n\n')
  })
  test.concurrent("a PDF as a document when it is short", async () => {
    const ctx = session()
    const pdf = (pages: number) => `%PDF-1.4\n${"<< /Type /Page >>\n".repeat(pages)}`
    await put(ctx, { "a.pdf": pdf(2), "b.pdf": pdf(11) })
    expect((await call(read, { file_path: "a.pdf" }, ctx)).content).toMatchObject([{ type: "document" }])
    expect(await text(read, { file_path: "b.pdf" }, ctx)).toStartWith("The PDF has 11 pages")
    expect(await text(read, { file_path: "a.pdf", pages: "9-2" }, ctx)).toStartWith('"9-2" is no page range')
  })
})

describe("Read refuses", () => {
  test.concurrent("what is missing, naming the likely one", async () => {
    const ctx = session()
    await put(ctx, { "config.ts": "" })
    expect(await text(read, { file_path: "config.js" }, ctx)).toBe(
      `File does not exist. Note: your current working directory is ${ctx.cwd}. Did you mean config.ts?`,
    )
  })
  test.concurrent("folders, pipes, devices and binary files", async () => {
    const ctx = session()
    Bun.spawnSync(["mkfifo", join(ctx.cwd, "pipe")])
    await put(ctx, { bin: Uint8Array.of(1, 0, 2) })
    expect(await text(read, { file_path: ctx.cwd }, ctx)).toBe(
      `EISDIR: illegal operation on a directory, read '${ctx.cwd}'`,
    )
    expect(await text(read, { file_path: "pipe" }, ctx)).toContain("is not a regular file")
    expect(await text(read, { file_path: "/dev/zero" }, ctx)).toContain("is not a regular file")
    expect(await text(read, { file_path: "bin" }, ctx)).toStartWith("This tool cannot read binary files.")
  })
  test.concurrent("too much at once", async () => {
    const ctx = session()
    await put(ctx, { big: "x".repeat(1_008_845), wide: `${"y".repeat(99)}\n`.repeat(2000) })
    const big = await call(read, { file_path: "big" }, ctx)
    expect(big.content).toStartWith(
      "File content (985.2KB) exceeds maximum allowed size (256KB). Use offset and limit",
    )
    expect(big.isError).toBe(true)
    expect(await text(read, { file_path: "wide", offset: 1 }, ctx)).toStartWith(
      "File content (50000 tokens) exceeds maximum allowed tokens (25000).",
    )
    const page = await call(read, { file_path: "wide" }, ctx)
    expect(page.content).toContain("PARTIAL view: lines 1 to 1000 of 2001")
    expect(page.data).toMatchObject({ file: { truncatedByTokenCap: true } })
    expect(await text(edit, { file_path: "wide", old_string: "y", new_string: "z" }, ctx)).toContain(
      "File has not been read yet",
    )
    expect(await text(read, { file_path: "wide", allow_large: true }, ctx)).not.toContain("PARTIAL")
  })
})

describe("Edit replaces exactly", () => {
  test.concurrent("one place, with the patch in the record", async () => {
    const ctx = session()
    await put(ctx, { a: "one\ntwo\n" })
    await call(read, { file_path: "a" }, ctx)
    const path = join(ctx.cwd, "a")
    const output = await call(edit, { file_path: "a", old_string: "two", new_string: "2$&" }, ctx)
    expect(output.content).toBe(
      `The file ${path} has been updated successfully. (file state is current in your context — no need to Read it back)`,
    )
    expect(output.data).toEqual({
      filePath: path,
      oldString: "two",
      newString: "2$&",
      originalFile: "one\ntwo\n",
      structuredPatch: [
        { oldStart: 1, oldLines: 2, newStart: 1, newLines: 2, lines: [" one", "-two", "+2$&"] },
      ],
      userModified: false,
      replaceAll: false,
    })
    expect(readFileSync(path, "utf8")).toBe("one\n2$&\n")
  })
  test("equals split and join, for any text", () => {
    const small = fc.stringMatching(/^[ab$\n]{1,3}$/)
    fc.assert(
      fc.property(fc.stringMatching(/^[ab$\n]{0,30}$/), small, fc.string(), (file, old, fresh) => {
        expect(replaceExact(file, old, fresh).text).toBe(file.split(old).join(fresh))
        expect(replaceExact(file, old, fresh).count).toBe(file.split(old).length - 1)
      }),
    )
  })
  test("in a CRLF file equals the same edit of the LF file", () => {
    const crlf = (value: string) => value.replaceAll("\n", "\r\n")
    const small = fc.stringMatching(/^[ab\n]{1,3}$/)
    fc.assert(
      fc.property(fc.stringMatching(/^[ab\n]{1,30}$/), small, small, (file, old, fresh) => {
        fc.pre(file.includes("\n"))
        expect(replaceExact(crlf(file), old, fresh).text).toBe(crlf(file.split(old).join(fresh)))
      }),
    )
  })
  test.concurrent("and says why not", async () => {
    const ctx = session()
    await put(ctx, { a: "x x", n: "1", "b.ipynb": "{}" })
    const refused = async (over: object) =>
      (await text(edit, { file_path: "a", old_string: "x", new_string: "y", ...over }, ctx)).replace(
        /<\/?tool_use_error>/g,
        "",
      )
    expect(await refused({})).toBe("File has not been read yet. Read it first before writing to it.")
    await call(read, { file_path: "a" }, ctx)
    expect(await refused({})).toMatch(
      /^Found 2 matches of the string to replace, but replace_all is false\. .*\nString: x$/,
    )
    expect(await refused({ old_string: "q" })).toBe("String to replace not found in file.\nString: q")
    expect(await refused({ new_string: "x" })).toBe(
      "No changes to make: old_string and new_string are exactly the same.",
    )
    expect(await refused({ old_string: "" })).toBe("Cannot create new file - file already exists.")
    expect(await refused({ file_path: "zz" })).toContain("File does not exist.")
    expect(await refused({ file_path: "b.ipynb" })).toContain("Use NotebookEdit")
  })
  test.concurrent("everywhere with replace_all", async () => {
    const ctx = session()
    await put(ctx, { a: "x x" })
    await call(read, { file_path: "a" }, ctx)
    const path = join(ctx.cwd, "a")
    expect(
      await text(edit, { file_path: "a", old_string: "x", new_string: "y", replace_all: true }, ctx),
    ).toBe(`The file ${path} has been updated. All occurrences were successfully replaced.`)
    expect(readFileSync(path, "utf8")).toBe("y y")
  })
  test.concurrent("also when the file changed, if the match is still unique", async () => {
    const ctx = session()
    await put(ctx, { a: "one\ntwo\n" })
    await call(read, { file_path: "a" }, ctx)
    await put(ctx, { a: "one\ntwo\nthree\n" })
    const output = await call(edit, { file_path: "a", old_string: "two", new_string: "2" }, ctx)
    expect(output.content).toContain("(note: the file had been modified on disk since you last read it — ")
    expect(output.data).toMatchObject({ staleRecovered: true })
    await put(ctx, { a: "" })
    expect(await text(edit, { file_path: "a", old_string: "two", new_string: "2" }, ctx)).toContain(
      "File has been modified since read",
    )
  })
  test.concurrent("touching a file is no change", async () => {
    const ctx = session()
    await put(ctx, { a: "x" })
    await call(read, { file_path: "a" }, ctx)
    await put(ctx, { a: "x" })
    expect(await text(write, { file_path: "a", content: "y" }, ctx)).toContain("updated successfully")
  })
  test.concurrent("keeping encoding, mark, line ends and mode", async () => {
    const ctx = session()
    const before = Buffer.from("\uFEFFä\r\nb\r\n", "utf16le")
    await put(ctx, { a: before, s: "#!/bin/sh\n" })
    chmodSync(join(ctx.cwd, "s"), 0o755)
    await call(read, { file_path: "a" }, ctx)
    await call(edit, { file_path: "a", old_string: "ä\nb", new_string: "c\nd" }, ctx)
    expect(readFileSync(join(ctx.cwd, "a")).equals(Buffer.from("\uFEFFc\r\nd\r\n", "utf16le"))).toBe(true)
    await call(read, { file_path: "s" }, ctx)
    await call(edit, { file_path: "s", old_string: "sh", new_string: "bash" }, ctx)
    expect(statSync(join(ctx.cwd, "s")).mode & 0o777).toBe(0o755)
  })
})

describe("Write replaces whole files", () => {
  test.concurrent("new ones with their folders", async () => {
    const ctx = session()
    const output = await call(write, { file_path: "x/y/z", content: "hi" }, ctx)
    const path = join(ctx.cwd, "x/y/z")
    expect(output.content).toBe(`File created successfully at: ${path}`)
    expect(output.data).toMatchObject({
      type: "create",
      filePath: path,
      originalFile: null,
      structuredPatch: [],
    })
    expect(output.view).toMatchObject({ kind: "diff", created: true })
    expect(await text(edit, { file_path: path, old_string: "hi", new_string: "ho" }, ctx)).toContain(
      "updated successfully",
    )
  })
  test.concurrent("existing ones only when read and unchanged", async () => {
    const ctx = session()
    await put(ctx, { a: "old" })
    expect(await text(write, { file_path: "a", content: "new" }, ctx)).toContain(
      "File has not been read yet.",
    )
    await call(read, { file_path: "a" }, ctx)
    await put(ctx, { a: "other" })
    expect(await text(write, { file_path: "a", content: "new" }, ctx)).toContain(
      "File has been modified since read",
    )
    expect(readFileSync(join(ctx.cwd, "a"), "utf8")).toBe("other")
  })
  test.concurrent("through a link to the file that was judged, and no other", async () => {
    const ctx = session()
    await put(ctx, { real: "a" })
    symlinkSync(join(ctx.cwd, "real"), join(ctx.cwd, "link"))
    await call(read, { file_path: "link" }, ctx)
    expect(await text(write, { file_path: "link", content: "b" }, ctx)).toContain("updated successfully")
    expect(readFileSync(join(ctx.cwd, "real"), "utf8")).toBe("b")
    const moved = { ...ctx, judged: () => "/elsewhere" }
    expect(await text(write, { file_path: "link", content: "c" }, moved)).toContain(
      "permission was given for /elsewhere",
    )
    expect(readFileSync(join(ctx.cwd, "real"), "utf8")).toBe("b")
  })
  test.concurrent("a folder is no file", async () => {
    const ctx = session()
    expect(await text(write, { file_path: ctx.cwd, content: "c" }, ctx)).toContain("EISDIR")
  })
})

function onePixel(): Buffer {
  return Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  )
}
