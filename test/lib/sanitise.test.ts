import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { sanitise, sanitiseLine } from "../../src/lib/sanitise.ts"
import { displayWidth } from "../../src/lib/width.ts"

const esc = "\u001b"
const dangerous = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\u2028\u2029\ufeff\u{e0000}-\u{e0fff}]/u
const pieces = [
  esc,
  "[",
  "]",
  "31m",
  "\u009b",
  "\u0007",
  `${esc}\\`,
  "\r",
  "\n",
  "\t",
  "\0",
  "\u202e",
  "\u200b",
  "\u200d",
]
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...pieces, "\ud800", "\ufe0f", "👍", "a", "日", "\u{e0041}"),
      fc.string({ unit: "binary" }),
    ),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(""))

describe("sanitised text", () => {
  test("holds nothing that drives a terminal or hides, whatever came in", () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const safe = sanitise(value)
        expect(dangerous.test(safe.replace(/[\n\t]/g, ""))).toBe(false)
        expect(safe.isWellFormed()).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test("is not changed by sanitising it again", () => {
    fc.assert(
      fc.property(hostile, (value) => {
        expect(sanitise(sanitise(value))).toBe(sanitise(value))
      }),
      { numRuns: 500 },
    )
  })

  test("keeps every visible ASCII text as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (value) => {
        expect(sanitise(value)).toBe(value)
      }),
    )
  })

  test("keeps emoji sequences and scripts that need joiners", () => {
    const kept = ["👨‍👩‍👧", "❤️‍🔥", "👍🏽", "1️⃣ ©️ ✔️ ⚠️", "🇩🇪", "می‌خواهم", "क्‍ष", "日本語", "e\u0301"]
    expect(kept.map(sanitise)).toEqual(kept)
  })

  test("drops whole escape sequences, and of unfinished ones only the introducer", () => {
    expect(sanitise(`${esc}[31mred${esc}[0m`)).toBe("red")
    expect(sanitise(`${esc}]52;c;QUJD\u0007x`)).toBe("x")
    expect(sanitise(`${esc}]8;;http://a${esc}\\link${esc}]8;;${esc}\\`)).toBe("link")
    expect(sanitise("\u009b2Jx")).toBe("x")
    expect(sanitise(`${esc}]0;rest\nof the text`)).toBe("0;rest\nof the text")
  })

  test("shows direction overrides and turns carriage returns into line breaks", () => {
    expect(sanitise("gpj.\u202eexe")).toBe("gpj.\ufffdexe")
    expect(sanitise("a\r\nb\rc")).toBe("a\nb\nc")
  })
})

describe("a sanitised line", () => {
  test("is one row, with inner line breaks visible", () => {
    expect(sanitiseLine("rm a\n\n  rm -rf b\n")).toBe("rm a ↵ rm -rf b")
    fc.assert(
      fc.property(hostile, (value) => {
        expect(dangerous.test(sanitiseLine(value))).toBe(false)
      }),
    )
  })

  test("takes hostile megabytes in linear time", () => {
    for (const unit of [`${esc}]`, "\u009d", `${esc}[`, " ", "\n", "x\n", "\u200d"]) {
      expect(displayWidth(sanitiseLine(unit.repeat(300_000)))).toBeLessThanOrEqual(300_000 * 4)
    }
  })
})
