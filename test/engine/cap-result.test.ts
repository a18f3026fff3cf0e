import { expect, test } from "bun:test"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { capResult } from "../../src/engine/cap-result.ts"
import type { ResultContent } from "../../src/model/block.ts"

const view = { kind: "text" } as const
const picture: ResultContent = {
  type: "image",
  source: { type: "base64", media_type: "image/png", data: "AAAA" },
}

async function capped(content: string | readonly ResultContent[]) {
  const dir = mkdtempSync(join(tmpdir(), "cap-"))
  try {
    const output = await capResult({ content, data: "kept", view }, dir, "toolu_/../x")
    const path = /whole of it is in (\S+);/.exec(JSON.stringify(output.content))?.[1]
    return { output, saved: path === undefined ? null : readFileSync(path, "utf8"), path, dir }
  } finally {
    rmSync(dir, { recursive: true })
  }
}

test("up to 400000 characters a result stays as it is", async () => {
  const text = "x".repeat(400_000)
  expect((await capped(text)).output).toEqual({ content: text, data: "kept", view })
})

test("past it the model sees 20000 of them and where the whole is, in a file with a plain name", async () => {
  const text = `${"a".repeat(200_000)}${"b".repeat(200_001)}`
  const { output, saved, path, dir } = await capped(text)
  expect(output.content).toBe(
    `${"a".repeat(10_000)}\n\n[… 380001 characters left out. The whole of it is in ${path}; read it by parts. …]\n\n${"b".repeat(10_000)}`,
  )
  expect(saved).toBe(text)
  expect(path).toBe(join(dir, "toolu_____x.txt"))
})

test("text in blocks is capped too, its pictures stay", async () => {
  const blocks: ResultContent[] = [
    { type: "text", text: "a".repeat(300_000) },
    picture,
    { type: "text", text: "b".repeat(300_000) },
  ]
  const { output, saved } = await capped(blocks)
  expect(output.content).toMatchObject([{ type: "text" }, picture])
  expect(JSON.stringify(output.content).length).toBeLessThan(21_000)
  expect(saved?.length).toBe(600_001)
})

test("an emoji is not cut in two, and a disk that cannot be written costs only the rest", async () => {
  const text = `x${"😀".repeat(200_001)}y`
  const { content } = await capResult({ content: text, data: null, view }, "/dev/null/x", "t")
  expect(String(content)).toContain("The rest could not be saved.")
  expect(String(content).isWellFormed()).toBe(true)
})
