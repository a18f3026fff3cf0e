import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { displayWidth, expandTabs, graphemes, truncate } from "../../src/lib/width.ts"
import { text } from "./arbitrary-text.ts"

describe("display width", () => {
  test("counts cells as a terminal shows them", () => {
    const cells = [
      "abc",
      "日本",
      "é",
      "e\u0301",
      "👍",
      "👍🏽",
      "👨‍👩‍👧",
      "🇩🇪",
      "❤️",
      "1️⃣",
      "…",
      "─",
      "가",
      "",
    ].map(displayWidth)
    expect(cells).toEqual([3, 4, 1, 1, 2, 2, 2, 2, 2, 2, 1, 1, 2, 0])
  })

  test("a text is as wide as its graphemes together, and the graphemes are the text", () => {
    fc.assert(
      fc.property(text, (value) => {
        const parts = [...graphemes(value)]
        expect(parts.join("")).toBe(value)
        expect(parts.reduce((sum, part) => sum + displayWidth(part), 0)).toBe(displayWidth(value))
      }),
    )
  })
})

describe("truncate", () => {
  test("never exceeds the columns and keeps what fits", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 30 }), (value, columns) => {
        const cut = truncate(value, columns)
        expect(displayWidth(cut)).toBeLessThanOrEqual(columns)
        if (displayWidth(value) <= columns) expect(cut).toBe(value)
        else if (columns > 0) expect(cut.endsWith("…")).toBe(true)
        expect(value.startsWith(cut.replace(/…$/, ""))).toBe(true)
      }),
    )
  })

  test("does not cut a wide character in half", () => {
    expect(truncate("日本語", 4)).toBe("日…")
    expect(truncate("日本語", 5)).toBe("日本…")
    expect(truncate("abcdef", 3, "...")).toBe("...")
    expect(truncate("abcdef", 2, "...")).toBe("ab")
  })
})

test("tabs become blanks up to the next stop, also after wide characters and newlines", () => {
  expect(expandTabs("a\tb\n\tc")).toBe("a   b\n    c")
  expect(expandTabs("日\tb")).toBe("日  b")
  expect(expandTabs("\tx", 2)).toBe("  x")
})
