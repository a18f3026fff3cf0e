import { expect, test } from "bun:test"
import { foldLines } from "../../src/cli/say.ts"

test("what is said before the screen is folded between words", () => {
  expect(foldLines("one two three\nfour", 8)).toBe("one two\nthree\nfour")
})

test("an address stays in one piece, so that it can be copied", () => {
  expect(foldLines("Open\nhttps://example.com/a/long/address", 10)).toBe(
    "Open\nhttps://example.com/a/long/address",
  )
})
