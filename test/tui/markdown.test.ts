import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { displayWidth } from "../../src/lib/width.ts"
import { createMarkdownStream, markdownRows } from "../../src/tui/markdown/stream.ts"
import type { Row, Span } from "../../src/tui/screen/port.ts"
import { text } from "./fake-screen.ts"

const lines = (source: string, columns = 60) =>
  markdownRows(source, columns).map((row) => text(row).trimEnd())
const spanOf = (rows: readonly Row[], wanted: string): Span | undefined =>
  rows.flat().find((part) => part.text.includes(wanted))

const CORPUS: readonly string[] = [
  "Plain words.\n\nAnother paragraph\nof two lines.",
  "# One\n## Two\ntext right below\n\nSetext\n===\n\nOther\n---\n\nafter",
  "- a\n- b\n  - c\n    1. d\n    2. e\n- [ ] open\n- [x] done\n\n  more of it\n\nafter",
  "1. one\n1. two\n\n   ```ts\n   const x = `a\n   b`\n   ```\n\n3. three\n",
  "```python\ndef f(x):\n    '''doc\n    string'''\n    return 1 # note\n```\nafter",
  "~~~\nno language\n\n\n~~~\n\n```\nunterminated\n  fence",
  "| a | b | c |\n|:--|:-:|--:|\n| 漢字 | `code` | **bold** |\n| one two three four five six | x | 👩‍👩‍👧 |\n\nafter",
  "> quote\n> more\n>\n> - item\n> ```\n> code\n>\n> code\n> ```\nlazy\n\n> other",
  "text **bold *both* ~~gone~~** `a  b` <b>html</b> &amp; &#27;[31m ![img](https://x.y/z.png)",
  "unterminated **bold and `code and [link](http://",
  "a\r\nb\r\n\r\n- c\r\n",
  "    indented code\n    more\n\nnot code\n* * *\n- - nested\n-\n+ plus",
  "[ref]: https://x.y\n\nsee [ref] and https://example.com/a_b_c.",
  "* item with a long text that goes over the edge of the screen and wraps\n\n      code in item\n\n   continuation",
  "\n\n\nleading blanks\n\n\n\nmany blanks\n\n",
  "漢字かな交じり文がとても長く続くので、画面の端で折り返さなければならない。そうでしょう？\n",
]

describe("Markdown", () => {
  test("shows headings, emphasis, lists, tasks and rules", () => {
    expect(
      lines(
        "# Title\n\nSome **bold** text.\n\n- one\n  - two\n- [x] done\n- [ ] open\n\n7. seven\n8. eight\n\n---",
        20,
      ),
    ).toEqual([
      "Title",
      "",
      "Some bold text.",
      "",
      "• one",
      "  • two",
      "☒ done",
      "☐ open",
      "",
      "7. seven",
      "8. eight",
      "",
      "────────────────────",
    ])
  })

  test("keeps fenced code flush left and exactly as written, in lists too", () => {
    expect(lines("- step\n\n  ```sh\n  echo  'a'\n    indented\n  ```\n")).toEqual([
      "• step",
      "",
      "echo  'a'",
      "  indented",
    ])
  })

  test("colours keywords, strings and comments of code", () => {
    const rows = markdownRows("```ts\nconst x = 'y' // why\n/* over\nlines */ let z\n```", 60)
    expect(spanOf(rows, "const")?.style?.fg).toBe("keyword")
    expect(spanOf(rows, "'y'")?.style?.fg).toBe("string")
    expect(spanOf(rows, "// why")?.style?.fg).toBe("comment")
    expect(spanOf(rows, "lines */")?.style?.fg).toBe("comment")
    expect(spanOf(rows, "let")?.style?.fg).toBe("keyword")
  })

  test("aligns tables by display width", () => {
    expect(lines("| name | n |\n|:--|--:|\n| 漢字 | 1 |\n| abcdef | 22 |")).toEqual([
      "┌────────┬────┐",
      "│ name   │  n │",
      "├────────┼────┤",
      "│ 漢字   │  1 │",
      "│ abcdef │ 22 │",
      "└────────┴────┘",
    ])
  })

  test("wraps cells where a table is too wide, and lists its rows where there is no room at all", () => {
    const source = "| key | what it does |\n|--|--|\n| alpha | a long explanation of many words |"
    expect(lines(source, 30)).toEqual([
      "┌───────┬────────────────────┐",
      "│ key   │ what it does       │",
      "├───────┼────────────────────┤",
      "│ alpha │ a long explanation │",
      "│       │ of many words      │",
      "└───────┴────────────────────┘",
    ])
    expect(lines("| a1 | b1 | c1 | d1 |\n|--|--|--|--|\n| one11 | two22 | three | four4 |", 14)[0]).toBe(
      "a1: one11",
    )
  })

  test("links carry their target, but only for the web and files", () => {
    const rows = markdownRows("[docs](https://x.y/a?b=c) [bad](javascript:alert(1))", 60)
    expect(spanOf(rows, "docs")?.style?.link).toBe("https://x.y/a?b=c")
    expect(rows.flat().filter((part) => part.style?.link !== undefined)).toHaveLength(1)
    expect(lines("[bad](javascript:alert(1))")).toEqual(["bad"])
  })

  test("never lets an escape sequence through, raw or as an entity", () => {
    for (const source of [
      "a\u001b[2Jb",
      "a &#27;[2J &#x1b;]0;x&#7; b",
      "`\u001b]52;c;x\u0007`",
      "```\n\u009b2J\n```",
    ])
      expect(lines(source).join("")).not.toMatch(/[\p{Cc}]/u)
    expect(lines("\u0001b fake mark \u0002 \u00040\u0004")).toEqual(["b fake mark  0"])
  })

  test("tolerates what is not finished", () => {
    expect(lines("an **unterminated `thing")).toEqual(["an **unterminated `thing"])
    expect(lines("```js\nlet x")).toEqual(["let x"])
  })

  test("gives the same rows however the text arrives", () => {
    for (const source of CORPUS) {
      const whole = markdownRows(source, 34)
      for (let at = 0; at <= source.length; at += 1) {
        const stream = createMarkdownStream(34)
        const rows = [...stream.push(source.slice(0, at))]
        stream.live(10)
        rows.push(...stream.push(source.slice(at)), ...stream.end())
        expect(rows).toEqual(whole)
      }
      const stream = createMarkdownStream(34)
      const rows = [...source].flatMap((letter) => stream.push(letter))
      expect([...rows, ...stream.end()]).toEqual(whole)
    }
  })

  test("gives the same rows for any text in any pieces, none wider than the screen", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "\n",
        "\n\n",
        "- ",
        "  - ",
        "1. ",
        "```\n",
        "> ",
        "| a | b |\n|--|--|\n",
        "# ",
        "**",
        "`",
        "    ",
        "---\n",
        "漢字",
        "👩‍👩‍👧",
        "\t",
        "\r\n",
        "a word ",
      ),
      fc.string({ unit: "grapheme", maxLength: 12 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 8, max: 60 }), (pieces, columns) => {
        const whole = markdownRows(pieces.join(""), columns)
        const stream = createMarkdownStream(columns)
        const rows = pieces.flatMap((part) => {
          const done = stream.push(part)
          for (const row of stream.live(5)) expect(displayWidth(text(row))).toBeLessThanOrEqual(columns)
          return done
        })
        expect([...rows, ...stream.end()]).toEqual(whole)
        for (const row of whole) expect(displayWidth(text(row))).toBeLessThanOrEqual(columns)
      }),
      { numRuns: 300 },
    )
  })

  test("no word of a text is lost", () => {
    for (const columns of [20, 40, 80, 120])
      for (const source of CORPUS) {
        const shown = lines(source, columns).join(" ").replace(/\s+/g, "")
        for (const word of source.match(/[a-z]{4,}/g) ?? [])
          if (!/http|html|amp|python|unterminated/.test(word) && !source.includes(`](${word}`))
            expect(shown).toContain(word)
      }
  })

  test("an open piece of any length shows only its end", () => {
    const stream = createMarkdownStream(40)
    stream.push("word ".repeat(2_000))
    expect(stream.live(6)).toHaveLength(6)
    stream.push("the end")
    expect(text(stream.live(1)[0] ?? [])).toEndWith("the end")
  })
})
