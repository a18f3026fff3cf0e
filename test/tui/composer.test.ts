import { describe, expect, test } from "bun:test"
import { begun, type Harness, started, startHarness, TURN_END } from "./harness.ts"

const prompts = (harness: Harness) =>
  harness.sent.flatMap((command) => (command.type === "prompt" ? [command.content] : []))
const box = (harness: Harness) => {
  const rows = harness.screen.footerText().split("\n")
  const from = rows.findIndex((row) => row.startsWith("──"))
  const to = rows.findIndex((row, index) => index > from && row.startsWith("──"))
  return rows.slice(from + 1, to)
}
const ready = async (options: Parameters<typeof startHarness>[0] = {}) => {
  const harness = startHarness(options)
  await harness.emit(started())
  return harness
}

describe.concurrent("the composer", () => {
  test("sends what was typed", async () => {
    const harness = await ready()
    harness.screen.type("hello 漢字")
    await harness.settle()
    expect(box(harness)).toEqual(["> hello 漢字"])
    expect(harness.screen.cursor).toEqual({ row: 2, column: 12 })
    harness.screen.press("return")
    expect(prompts(harness)).toEqual(["hello 漢字"])
    await harness.stop()
  })

  test("makes new lines by every known key", async () => {
    const harness = await ready()
    harness.screen.type("a\\")
    harness.screen.press("return")
    harness.screen.type("b")
    harness.screen.press("ctrl+j", "c", "shift+return", "d", "alt+return", "e")
    await harness.settle()
    expect(box(harness)).toEqual(["> a", "  b", "  c", "  d", "  e"])
    harness.screen.press("return")
    expect(prompts(harness)).toEqual(["a\nb\nc\nd\ne"])
    await harness.stop()
  })

  test("shows a large paste as its size and sends it exactly", async () => {
    const harness = await ready()
    const pasted = Array.from({ length: 40 }, (_, n) => `\tline ${n} \u001b[0m`).join("\n")
    harness.screen.type("see ")
    harness.screen.onPaste(pasted.replaceAll("\n", "\r\n"))
    harness.screen.type(" and")
    harness.screen.onPaste("small\rpaste")
    await harness.settle()
    expect(box(harness)).toEqual(["> see [Pasted text #1 +40 lines] andsmall", "  paste"])
    harness.screen.press("return")
    expect(prompts(harness)).toEqual([`see ${pasted} andsmall\npaste`])
    await harness.stop()
  })

  test("deletes a paste as one, and undo brings it back", async () => {
    const harness = await ready()
    const pasted = "x".repeat(2_000)
    harness.screen.onPaste(pasted)
    harness.screen.press("backspace")
    await harness.settle()
    expect(box(harness)).toEqual([">"])
    harness.screen.press("ctrl+_", "return")
    expect(prompts(harness)).toEqual([pasted])
    await harness.stop()
  })

  test("walks through history and comes back to the draft", async () => {
    const harness = await ready({ history: ["newest", "older\nlines"] })
    harness.screen.type("draft")
    harness.screen.press("up")
    await harness.settle()
    expect(box(harness)).toEqual(["> newest"])
    harness.screen.press("up")
    await harness.settle()
    expect(box(harness)).toEqual(["> older", "  lines"])
    harness.screen.press("up", "up", "down", "down", "down")
    await harness.settle()
    expect(box(harness)).toEqual(["> draft"])
    await harness.stop()
  })

  test("searches history", async () => {
    const harness = await ready({ history: ["run the tests", "fix the bug", "run the build"] })
    harness.screen.press("ctrl+r")
    harness.screen.type("run")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("search: run\n  run the tests")
    harness.screen.press("ctrl+r")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("  run the build")
    harness.screen.press("tab")
    await harness.settle()
    expect(box(harness)).toEqual(["> run the build"])
    expect(prompts(harness)).toEqual([])
    await harness.stop()
  })

  test("takes a queued prompt back", async () => {
    const harness = await ready()
    await harness.emit(begun(), {
      type: "queue",
      queued: [
        { uuid: "u1", text: "later" },
        { uuid: "u2", text: "last" },
      ],
    })
    expect(harness.screen.footerText()).toContain("  queued: later\n  queued: last")
    harness.screen.press("up")
    await harness.settle()
    expect(harness.sent).toContainEqual({ type: "unqueue", uuid: "u2" })
    expect(box(harness)).toEqual(["> last"])
    await harness.stop()
  })

  test("puts a draft aside and brings it back", async () => {
    const harness = await ready()
    harness.screen.type("half a thought")
    harness.screen.press("ctrl+s")
    harness.screen.type("first this")
    harness.screen.press("return", "ctrl+s")
    await harness.settle()
    expect(box(harness)).toEqual(["> half a thought"])
    await harness.stop()
  })

  test("edits the draft in the person's editor", async () => {
    const harness = await ready({ ports: { editExternally: async (text) => `${text} edited\n` } })
    harness.screen.type("draft")
    harness.screen.press("ctrl+g")
    await harness.waitFor("the edited draft", () => box(harness)[0] === "> draft edited")
    expect(harness.screen.suspensions).toBe(1)
    await harness.stop()
  })

  test("saves the draft at a pause and brings an earlier one back", async () => {
    const harness = await ready({ ports: { loadDraft: () => "unsent " } })
    harness.screen.type("words")
    await harness.waitFor("the draft to be saved", () => harness.drafts.length > 0)
    expect(harness.drafts).toEqual(["unsent words"])
    harness.screen.press("return")
    expect(harness.drafts.at(-1)).toBe("")
    await harness.stop()
  })

  test("offers commands after a slash and runs the chosen one", async () => {
    const harness = await ready()
    harness.screen.type("/cle")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("❯ /clear")
    harness.screen.press("return")
    expect(harness.sent).toEqual([{ type: "clear" }])
    await harness.stop()
  })

  test("completes paths after @", async () => {
    const harness = await ready({ ports: { completePath: async (query) => [`src/${query}.ts`, "other"] } })
    harness.screen.type("see @app")
    await harness.waitFor("the paths", () => harness.screen.footerText().includes("src/app.ts"))
    harness.screen.press("tab")
    await harness.settle()
    expect(box(harness)).toEqual(["> see @src/app.ts"])
    await harness.stop()
  })
})

describe.concurrent("keys at the prompt", () => {
  test("esc and ctrl+c interrupt a turn and leave the draft alone", async () => {
    const harness = await ready()
    await harness.emit(begun())
    harness.screen.type("draft")
    harness.screen.press("escape", "ctrl+c")
    await harness.settle()
    expect(harness.sent).toEqual([{ type: "interrupt" }, { type: "interrupt" }])
    expect(box(harness)).toEqual(["> draft"])
    await harness.stop()
  })

  test("esc esc clears the draft into history", async () => {
    const history: string[] = []
    const harness = await ready({ history })
    harness.screen.type("draft")
    harness.screen.press("escape")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("press esc again to clear")
    harness.screen.press("escape")
    await harness.settle()
    expect(box(harness)).toEqual([">"])
    expect(history).toEqual(["draft"])
    await harness.stop()
  })

  test("ctrl+c clears, and twice leaves", async () => {
    const harness = await ready()
    harness.screen.type("draft")
    harness.screen.press("ctrl+c")
    await harness.settle()
    expect(box(harness)).toEqual([">"])
    expect(harness.screen.footerText()).toContain("press ctrl+c again to exit")
    harness.screen.press("ctrl+c")
    expect(await harness.exit).toBe(0)
    expect(harness.screen.closed).toBe(true)
  })

  test("ctrl+d leaves only when pressed twice at once on an empty prompt", async () => {
    const harness = await ready()
    harness.screen.press("ctrl+d")
    harness.clock += 2_000
    harness.screen.press("ctrl+d")
    harness.screen.type("ab")
    harness.screen.press("left", "ctrl+d")
    await harness.settle()
    expect(box(harness)).toEqual(["> a"])
    harness.screen.press("backspace", "ctrl+d", "ctrl+d")
    expect(await harness.exit).toBe(0)
  })

  test("shift+tab walks through the modes, and the footer names them", async () => {
    const harness = await ready()
    harness.screen.press("shift+tab")
    expect(harness.sent).toEqual([{ type: "mode", mode: "acceptEdits" }])
    for (const [mode, shown] of [
      ["acceptEdits", "⏵⏵ accept edits on (shift+tab to cycle)"],
      ["plan", "⏸ plan mode on"],
      ["bypassPermissions", "⏵⏵ bypass permissions on"],
    ] as const) {
      await harness.emit({ ...started({ mode }), why: "mode" } as ReturnType<typeof started>)
      expect(harness.screen.footerText()).toContain(shown)
    }
    await harness.stop()
  })

  test("? on an empty prompt shows the keys", async () => {
    const harness = await ready()
    harness.screen.press("?")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("shift+tab")
    harness.screen.type("a?")
    await harness.settle()
    expect(box(harness)).toEqual(["> a?"])
    await harness.stop()
  })

  test("the viewer shows everything in full and leaves the conversation as it was", async () => {
    const harness = await ready({ rows: 12 })
    const view = { kind: "text", text: "1\n2\n3\n4\n5\n6\n7\n8\n9" } as const
    await harness.emit(begun(), {
      type: "tool.begin",
      id: "t",
      tool: "Bash",
      title: "seq",
      input: { command: "seq 9" },
    })
    await harness.emit({
      type: "tool.end",
      id: "t",
      tool: "Bash",
      result: { type: "tool_result", tool_use_id: "t", content: view.text },
      data: null,
      view,
      isError: false,
      uuid: "u",
      durationMs: 1,
    })
    const before = [...harness.screen.printed]
    harness.screen.press("ctrl+o")
    await harness.waitFor("the viewer", () => harness.screen.overlaid !== null)
    const shown = () =>
      (harness.screen.overlaid ?? []).map((row) =>
        row
          .map((part) => part.text)
          .join("")
          .trimEnd(),
      )
    expect(shown()).toHaveLength(12)
    expect(shown().join("\n")).toContain("    9")
    harness.screen.press("g")
    await harness.waitFor("the top", () => shown()[0]?.includes("ccts") === true)
    await harness.emit({ ...TURN_END, durationMs: 20_000 })
    harness.screen.press("G")
    await harness.waitFor("the end", () => shown().join("\n").includes("    9"))
    harness.screen.press("q")
    expect(harness.screen.overlaid).toBeNull()
    expect(harness.screen.printed.slice(0, before.length)).toEqual(before)
    expect(harness.screen.printed.at(-1)).toBe("✻ Worked for 20s")
    await harness.stop()
  })
})
