import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { displayWidth, graphemes } from "../../src/lib/width.ts"
import { caretStops } from "../../src/tui/composer/composer.ts"
import { createDraft } from "../../src/tui/composer/draft.ts"
import { type Edit, editFor } from "../../src/tui/composer/edit-keys.ts"
import {
  blankLeft,
  cut,
  type Editor,
  editorOf,
  insert,
  left,
  lineEnd,
  lineStart,
  right,
  vertical,
  wordLeft,
  wordRight,
} from "../../src/tui/composer/editor.ts"
import { layoutDraft } from "../../src/tui/composer/layout.ts"
import { toKey } from "./fake-screen.ts"

const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom("\n", " ", "word", "漢字", "👩‍👩‍👧", "🇩🇪", "e\u0301", "👍🏽", "\t"),
      fc.string({ unit: "grapheme", maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""))
const boundaries = (text: string) => {
  const all = [0]
  for (const grapheme of graphemes(text)) all.push((all.at(-1) ?? 0) + grapheme.length)
  return all
}
const anyEditor = fc.tuple(anyText, fc.nat()).map(([text, at]): Editor => {
  const stops = boundaries(text)
  return editorOf(text, stops[at % stops.length] ?? 0)
})
const MOVES = [left, right, lineStart, lineEnd, wordLeft, wordRight, blankLeft]

describe("the editor", () => {
  test("the caret never stands inside a character", () => {
    fc.assert(
      fc.property(anyEditor, fc.constantFrom(...MOVES), (editor, move) => {
        expect(boundaries(editor.text)).toContain(move(editor).cursor)
        for (const by of [-1, 1] as const) {
          const moved = vertical(editor, by)
          if (moved !== null) expect(boundaries(editor.text)).toContain(moved.cursor)
        }
        const rest = cut(editor, move).editor
        expect(boundaries(rest.text)).toContain(rest.cursor)
      }),
      { numRuns: 400 },
    )
  })

  test("left and right walk over every character once", () => {
    fc.assert(fc.property(anyText, (text) => expect(caretStops(text)).toEqual(boundaries(text))))
  })

  test("what is cut and what is left are the text", () => {
    fc.assert(
      fc.property(anyEditor, fc.constantFrom(...MOVES), (editor, move) => {
        const done = cut(editor, move)
        expect(done.editor.text.length + done.cut.length).toBe(editor.text.length)
        expect(editor.text).toContain(done.cut)
      }),
    )
  })

  test("inserting keeps everything in order", () => {
    fc.assert(
      fc.property(anyEditor, anyText, (editor, added) => {
        const { text } = insert(editor, added)
        expect(text).toBe(editor.text.slice(0, editor.cursor) + added + editor.text.slice(editor.cursor))
      }),
    )
  })

  test("undo walks back through every change", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            anyText.map((text): Edit => ({ type: "insert", text: ` ${text}` })),
            fc.constantFrom<Edit>(
              { type: "kill", move: wordLeft },
              { type: "delete", move: left },
              { type: "yank" },
              { type: "newline" },
            ),
          ),
          { maxLength: 20 },
        ),
        (edits) => {
          const draft = createDraft()
          const seen = [draft.editor.text]
          for (const edit of edits) {
            draft.apply(edit)
            if (draft.editor.text !== seen.at(-1)) seen.push(draft.editor.text)
          }
          for (const text of seen.toReversed().slice(1)) {
            draft.apply({ type: "undo" })
            expect(draft.editor.text).toBe(text)
          }
        },
      ),
    )
  })

  test("understands the keys of a shell's line editor", () => {
    const run = (text: string, ...keys: string[]) => {
      const draft = createDraft()
      draft.set(editorOf(text))
      for (const key of keys) {
        const edit = editFor(toKey(key))
        if (edit === null) throw new Error(`no edit for ${key}`)
        draft.apply(edit)
      }
      const { text: after, cursor } = draft.editor
      return `${after.slice(0, cursor)}|${after.slice(cursor)}`
    }
    expect(run("one two", "ctrl+a")).toBe("|one two")
    expect(run("one two", "ctrl+a", "ctrl+k")).toBe("|")
    expect(run("one two", "ctrl+w")).toBe("one |")
    expect(run("one two", "ctrl+w", "ctrl+a", "ctrl+y")).toBe("two|one ")
    expect(run("one two", "ctrl+u", "ctrl+_")).toBe("one two|")
    expect(run("one two", "alt+b", "alt+b", "alt+d")).toBe("| two")
    expect(run("one two", "alt+b", "alt+f")).toBe("one two|")
    expect(run("a\nb", "ctrl+a", "ctrl+u")).toBe("a|b")
    expect(run("ab", "ctrl+j", "x")).toBe("ab\nx|")
    expect(run("a👩‍👩‍👧", "backspace")).toBe("a|")
  })
})

describe("the draft on screen", () => {
  test("shows every character within the width and puts the caret where it is", () => {
    fc.assert(
      fc.property(anyEditor, fc.integer({ min: 2, max: 20 }), (editor, columns) => {
        const { lines, caret } = layoutDraft(editor, columns)
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
        expect(caret.row).toBeLessThan(lines.length)
        expect(caret.column).toBeLessThan(columns)
      }),
      { numRuns: 400 },
    )
  })

  test("counts wide characters as two columns", () => {
    expect(layoutDraft(editorOf("漢字a"), 20).caret).toEqual({ row: 0, column: 5 })
    expect(layoutDraft(editorOf("漢字漢"), 5)).toEqual({
      lines: ["漢字", "漢"],
      caret: { row: 1, column: 2 },
    })
    expect(layoutDraft(editorOf("abcde"), 5)).toEqual({ lines: ["abcde", ""], caret: { row: 1, column: 0 } })
    expect(layoutDraft(editorOf("abcdef", 5), 5).caret).toEqual({ row: 1, column: 0 })
  })
})
