import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { displayWidth, graphemes } from "../../src/lib/width.ts"
import { wrapSpans, wrapText } from "../../src/lib/wrap.ts"
import { text } from "./arbitrary-text.ts"

const lines = fc.array(text, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("\n"))
const columns = fc.integer({ min: 2, max: 24 })
const withoutBlanks = (value: string) => value.replace(/[ \n]/g, "")

describe("wrapped text", () => {
  test("fits, loses nothing but blanks, and splits no grapheme", () => {
    fc.assert(
      fc.property(lines, columns, (value, width) => {
        const rows = wrapText(value, width)
        for (const row of rows) expect(displayWidth(row)).toBeLessThanOrEqual(width)
        expect(withoutBlanks(rows.join(""))).toBe(withoutBlanks(value))
        const whole = [...graphemes(value)].filter((part) => part.trim() !== "")
        expect(rows.flatMap((row) => [...graphemes(row)]).filter((part) => part.trim() !== "")).toEqual(whole)
      }),
    )
  })

  test("keeps every explicit newline and what already fits", () => {
    fc.assert(
      fc.property(lines, (value) => {
        expect(wrapText(value, 1000)).toEqual(value.split("\n"))
      }),
    )
    expect(wrapText("", 10)).toEqual([""])
    expect(wrapText("a\n\nb\n", 10)).toEqual(["a", "", "b", ""])
  })

  test("breaks between words, keeps indentation, and cuts only words longer than the row", () => {
    expect(wrapText("    indented words, and averylongwordindeed.", 12)).toEqual([
      "    indented",
      "words, and",
      "averylongwor",
      "dindeed.",
    ])
    expect(wrapText("          x", 4)).toEqual(["    ", "x"])
    expect(wrapText("trailing     ", 8)).toEqual(["trailing"])
  })

  test("breaks East Asian text between characters, not before its punctuation", () => {
    expect(wrapText("日本語テキスト。とても長い", 8)).toEqual(["日本語テ", "キスト。", "とても長", "い"])
    expect(wrapText("日本語。", 6)).toEqual(["日本", "語。"])
  })

  test("a single character wider than the row stands alone instead of looping", () => {
    expect(wrapText("日本", 1)).toEqual(["日", "本"])
    expect(wrapText("ab", 0)).toEqual(["a", "b"])
  })
})

describe("wrapped spans", () => {
  test("break where plain text breaks, and every character keeps its style", () => {
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 6 }), columns, (texts, width) => {
        const spans = texts.map((value, style) => ({ text: value, style }))
        const rows = wrapSpans(spans, width)
        expect(rows.map((row) => row.map((span) => span.text).join(""))).toEqual(
          wrapText(texts.join(""), width),
        )
        for (const [style, value] of texts.entries()) {
          const kept = rows
            .flat()
            .filter((span) => span.style === style)
            .map((span) => span.text)
          expect(withoutBlanks(kept.join(""))).toBe(withoutBlanks(value))
        }
      }),
    )
  })

  test("expand tabs by the column on the row, across spans", () => {
    expect(wrapSpans([{ text: "a" }, { text: "\tb" }], 20)).toEqual([[{ text: "a" }, { text: "   b" }]])
  })
})
