import { describe, expect, test } from "bun:test"
import { MAX_LINE_BYTES, shortLine } from "../../src/headless/short-line.ts"

const bytes = (line: string) => Buffer.byteLength(line)
const result = (content: unknown, described?: unknown) => ({
  type: "user",
  message: { role: "user", content },
  uuid: "u",
  ...(described !== undefined && { tool_use_result: described }),
})

describe("a line", () => {
  test("that is short enough stays as it is", () => {
    const message = result("ü".repeat(100_000), { stdout: "x" })
    expect(shortLine(message)).toBe(JSON.stringify(message))
  })

  test("loses of what describes a result before anything that the model read", () => {
    const message = result("seen".repeat(10_000), { originalFile: "x".repeat(3_000_000), filePath: "/a" })
    const line = shortLine(message)
    expect(bytes(line)).toBeLessThan(MAX_LINE_BYTES)
    const read = JSON.parse(line)
    expect(read.message).toEqual(message.message)
    expect(read.tool_use_result.filePath).toBe("/a")
    expect(read.tool_use_result.originalFile).toContain("characters left out here")
  })

  test("counts bytes, not characters", () => {
    const line = shortLine(result("€".repeat(500_000)))
    expect(bytes(line)).toBeLessThan(MAX_LINE_BYTES)
    expect(line).toContain("characters left out here")
  })

  test("never holds half a picture: a word stands for it", () => {
    const image = {
      type: "image",
      source: { type: "base64", media_type: "image/png", data: "A".repeat(2_000_000) },
    }
    const read = JSON.parse(shortLine(result([image, { type: "text", text: "beside it" }])))
    expect(read.message.content).toEqual([
      { type: "text", text: "[image/png, 2000000 characters of base64, left out here]" },
      { type: "text", text: "beside it" },
    ])
  })

  test("never cuts a character in two", () => {
    const line = shortLine(result("😀".repeat(400_000)))
    expect(JSON.parse(line).message.content.isWellFormed()).toBe(true)
  })

  test("of very many small things keeps as many as there is room for", () => {
    const many = Array.from({ length: 60_000 }, (_, at) => ({ type: "text", text: `item ${at}` }))
    const line = shortLine(result(many, { list: many }))
    expect(bytes(line)).toBeLessThan(MAX_LINE_BYTES)
    const { uuid, message } = JSON.parse(line)
    expect(uuid).toBe("u")
    expect(message.content.length).toBeGreaterThan(1_000)
  })
})
