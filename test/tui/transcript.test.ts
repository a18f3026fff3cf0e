import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import type { Cell } from "../../src/tui/cells.ts"
import { createTranscript } from "../../src/tui/transcript.ts"
import { createFakeScreen, text } from "./fake-screen.ts"

const tool = (id: string, body: string): Cell => ({
  kind: "tool",
  id,
  tool: "Bash",
  title: `echo ${id}`,
  input: "{}",
  view: { kind: "text", text: body },
  isError: false,
  durationMs: 1,
  detail: body,
})
const anyCell = fc.oneof(
  fc.string({ maxLength: 60 }).map((text): Cell => ({ kind: "prompt", text, uuid: text })),
  fc.string({ maxLength: 60 }).map((source): Cell => ({ kind: "thinking", source: `hm ${source}` })),
  fc.string({ maxLength: 60 }).map((text): Cell => ({ kind: "notice", level: "info", text })),
  fc.string({ maxLength: 60 }).map((body) => tool("x", body)),
)

describe("the transcript", () => {
  test("prints each finished row once and can print all of it again for any width", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            anyCell,
            fc.array(fc.constantFrom("a word ", "\n\n", "- item\n", "**b", "```\n", "漢字"), {
              maxLength: 12,
            }),
          ),
          { maxLength: 8 },
        ),
        fc.constantFrom(20, 40, 80, 120),
        (steps, columns) => {
          const screen = createFakeScreen(columns)
          const transcript = createTranscript(screen)
          for (const [block, step] of steps.entries()) {
            if (!Array.isArray(step)) {
              transcript.add(step)
              continue
            }
            transcript.open(block, "text")
            for (const part of step) transcript.grow(block, part)
            transcript.close(block, step.join(""))
          }
          const live = [...screen.printed]
          transcript.replay()
          expect(screen.printed).toEqual(live)
          screen.size = { columns: 33, rows: 30 }
          transcript.replay()
          screen.size = { columns, rows: 30 }
          transcript.replay()
          expect(screen.printed).toEqual(live)
        },
      ),
      { numRuns: 150 },
    )
  })

  test("a replay in the middle of a reply continues it without losing or repeating a row", () => {
    const source = "# Head\n\nfirst paragraph\n\n- a\n- b\n\n```\ncode\nmore\n```\n\nlast"
    for (let at = 0; at <= source.length; at += 1) {
      const screen = createFakeScreen(40)
      const transcript = createTranscript(screen)
      transcript.add({ kind: "prompt", text: "go", uuid: "u" })
      transcript.open(1, "text")
      transcript.grow(1, source.slice(0, at))
      transcript.replay()
      transcript.grow(1, source.slice(at))
      transcript.close(1, source)
      expect(screen.printed).toEqual([
        "> go",
        "",
        "Head",
        "",
        "first paragraph",
        "",
        "• a",
        "• b",
        "",
        "code",
        "more",
        "",
        "last",
      ])
    }
  })

  test("a reply goes on in the new width before the replay comes", () => {
    const screen = createFakeScreen(80)
    const transcript = createTranscript(screen)
    transcript.open(1, "text")
    transcript.grow(1, `first\n\n${"word ".repeat(12)}`)
    screen.size = { columns: 20, rows: 30 }
    for (const row of transcript.live(5)) expect(text(row).length).toBeLessThanOrEqual(20)
    transcript.grow(1, "end\n\n")
    expect(screen.printed).toEqual([
      "first",
      "",
      "word word word word",
      "word word word word",
      "word word word word",
      "end",
    ])
  })

  test("holds no more than its budget however long the session is", () => {
    const screen = createFakeScreen(80)
    const transcript = createTranscript(screen, 50_000)
    for (let n = 0; n < 300; n += 1) transcript.add(tool(String(n), "output ".repeat(100)))
    expect(transcript.cells.bytes).toBeLessThanOrEqual(50_000)
    transcript.replay()
    expect(screen.printed.join("\n")).toContain("Bash(echo 299)")
  })

  test("a long reply is held in parts that fall off one by one, and reads the same", () => {
    const screen = createFakeScreen(80)
    const transcript = createTranscript(screen, 1_000_000)
    const paragraph = `${"some words of a paragraph ".repeat(20)}\n\n- item\n- item\n\n`
    transcript.open(1, "text")
    for (let n = 0; n < 3_000; n += 1) transcript.grow(1, paragraph)
    transcript.close(1, paragraph.repeat(3_000))
    expect(transcript.cells.length).toBeGreaterThan(2)
    expect(transcript.cells.bytes).toBeLessThanOrEqual(1_000_000)
    const live = screen.printed.slice(-500)
    transcript.replay()
    expect(screen.printed).toHaveLength(2_000)
    expect(screen.printed.slice(-500)).toEqual(live)
  })

  test("what was streamed but void is marked when it was already printed, and forgotten when not", () => {
    const screen = createFakeScreen(80)
    const transcript = createTranscript(screen)
    transcript.open(1, "text")
    transcript.grow(1, "not yet printed")
    transcript.close(1, null)
    expect(screen.printed).toEqual([])
    transcript.open(2, "text")
    transcript.grow(2, "printed\n\nopen")
    transcript.close(2, null)
    expect(screen.printed).toEqual([
      "printed",
      "",
      "open",
      "",
      "! The reply above was cut off and is asked for again.",
    ])
  })

  test("while something covers it nothing is printed, and afterwards nothing is missing", () => {
    const screen = createFakeScreen(80)
    const transcript = createTranscript(screen)
    transcript.open(1, "text")
    transcript.grow(1, "before\n\n")
    transcript.covered = true
    transcript.grow(1, "meanwhile\n\n")
    transcript.add({ kind: "notice", level: "info", text: "noted" })
    transcript.covered = false
    transcript.replay()
    transcript.grow(1, "after")
    transcript.close(1, "before\n\nmeanwhile\n\nafter")
    const shown = screen.printed.join("\n")
    for (const word of ["before", "meanwhile", "noted", "after"]) expect(shown.split(word)).toHaveLength(2)
  })

  test("an open block shows only its newest rows below", () => {
    const transcript = createTranscript(createFakeScreen(40))
    transcript.open(1, "text")
    transcript.grow(1, "word ".repeat(500))
    expect(transcript.live(5)).toHaveLength(5)
    expect(transcript.live(0)).toEqual([])
    expect(text(transcript.live(5)[0] ?? [])).toContain("word")
  })
})
