import { describe, expect, test } from "bun:test"
import type { EventBody } from "../../src/model/event.ts"
import {
  begun,
  blockEnd,
  SESSION,
  started,
  startHarness,
  TURN_END,
  textBlock,
  toolBegin,
  toolEnd,
} from "./harness.ts"

const prompt = (content: string): EventBody => ({ type: "prompt", uuid: "p", content, origin: "person" })

describe.concurrent("a conversation", () => {
  for (const columns of [40, 80, 120])
    test(`reads well on ${columns} columns`, async () => {
      const harness = startHarness({ columns })
      await harness.emit(
        started(),
        prompt("fix the test"),
        begun(),
        ...textBlock(1, ["I will ", "run it.\n\n", "- first\n"]),
      )
      await harness.emit(toolBegin("t1", "Bash", "npm test"), {
        type: "tool.grow",
        id: "t1",
        tail: "1 passing\n2 failing",
      })
      expect(harness.screen.footerText()).toContain("● Bash(npm test)\n  ⎿ 1 passing\n    2 failing")
      expect(harness.screen.footerText()).toContain("Working… (0s · ↓ 6 tokens")
      await harness.emit(
        toolEnd("t1", "Bash", { view: { kind: "text", text: "1 passing\n2 failing" }, isError: true }),
      )
      await harness.emit({ ...TURN_END, durationMs: 66_000 })
      expect(harness.screen.printed).toEqual([
        "✻ ccts 2.2.0",
        "Test 1 · /home/me/work/app",
        "API key from the environment",
        "/help for commands, ? for keys",
        "",
        "> fix the test",
        "",
        "I will run it.",
        "",
        "• first",
        "",
        "● Bash(npm test)",
        "  ⎿ 1 passing",
        "    2 failing",
        "",
        "✻ Worked for 1m 6s",
      ])
      const rule = "─".repeat(columns)
      const status = harness.screen.footerText().split("\n")
      expect(status.slice(0, 4)).toEqual(["", rule, ">", rule])
      expect(status[4]).toStartWith("  ? for shortcuts")
      expect(harness.screen.cursor).toEqual({ row: 2, column: 2 })
      await harness.stop()
    })

  test("shows an edit with line numbers and counts", async () => {
    const harness = startHarness()
    const view = {
      kind: "diff",
      path: "src/a.ts",
      created: false,
      hunks: [
        { oldStart: 9, oldLines: 3, newStart: 9, newLines: 3, lines: [" a", "-\tb", "+c 漢字", " d"] },
        { oldStart: 99, oldLines: 1, newStart: 99, newLines: 2, lines: [" x", "+y"] },
      ],
    } as const
    await harness.emit(started(), begun(), toolBegin("t", "Edit", "src/a.ts"), toolEnd("t", "Edit", { view }))
    expect(harness.screen.printed.slice(5)).toEqual([
      "● Edit(src/a.ts)",
      "  ⎿ Updated src/a.ts with 2 additions and 1 removal",
      "      9   a",
      "     10 -     b",
      "     10 + c 漢字",
      "     11   d",
      "        ⋮",
      "     99   x",
      "    100 + y",
    ])
    await harness.stop()
  })

  test("keeps long output short and says how to see the rest", async () => {
    const harness = startHarness()
    const text = Array.from({ length: 9 }, (_, n) => `line ${n + 1}`).join("\n")
    await harness.emit(
      started(),
      begun(),
      toolBegin("t", "Bash", "seq 9"),
      toolEnd("t", "Bash", { view: { kind: "text", text } }),
    )
    expect(harness.screen.printed.slice(-3)).toEqual([
      "    line 4",
      "    line 5",
      "    … +4 lines (ctrl+o to see)",
    ])
    await harness.stop()
  })

  test("says who refused a call and why", async () => {
    const harness = startHarness()
    const refused = { kind: "rule", text: "rm is denied by Bash(rm:*)", by: "rule" } as const
    await harness.emit(
      started(),
      begun(),
      toolBegin("t", "Bash", "rm x"),
      toolEnd("t", "Bash", { isError: true, refused }),
    )
    expect(harness.screen.printed.at(-1)).toBe("  ⎿ Refused by a rule: rm is denied by Bash(rm:*)")
    await harness.stop()
  })

  test("says once that a person refused a call, with the words that were said", async () => {
    const harness = startHarness()
    for (const [said, shown] of [
      ["", "  ⎿ Refused by you"],
      ["use python", "  ⎿ Refused by you: use python"],
    ] as const) {
      const refused = { kind: "other", text: said, by: "person" } as const
      await harness.emit(
        started(),
        begun(),
        toolBegin("t", "Bash", "rm x"),
        toolEnd("t", "Bash", { isError: true, refused }),
      )
      expect(harness.screen.printed.at(-1)).toBe(shown)
    }
    await harness.stop()
  })

  test("counts the lines that a tool left out of its view", async () => {
    const harness = startHarness()
    const view = { kind: "text", summary: "Found 40 files", text: "a\nb\nc\nd\ne\nf", left: 34 } as const
    await harness.emit(started(), begun(), toolBegin("t", "Glob", "*"), toolEnd("t", "Glob", { view }))
    expect(harness.screen.printed.at(-1)).toBe("    … +36 lines (ctrl+o to see)")
    await harness.stop()
  })

  test("says at once what could not be kept", async () => {
    let lose: (message: string) => void = () => undefined
    const harness = startHarness({
      ports: {
        losses: {
          listen(listener) {
            listener("before")
            lose = listener
          },
        },
      },
    })
    await harness.emit(started())
    lose("This session is not being saved")
    await harness.settle()
    expect(harness.screen.printed.slice(-2)).toEqual(["! before", "! This session is not being saved"])
    await harness.stop()
  })

  test("shows how full the context is as soon as it was compacted", async () => {
    const harness = startHarness()
    const session = started()
    await harness.emit(session, {
      type: "compacted",
      trigger: "manual",
      preTokens: 60_000,
      postTokens: SESSION.context.window / 4,
      durationMs: 10,
    })
    expect(harness.screen.footerText()).toContain("25% context")
    await harness.stop()
  })

  test("shows both ends of a very long prompt, and how much is between them", async () => {
    const harness = startHarness()
    const content = Array.from({ length: 5_000 }, (_, n) => `line ${n}`).join("\n")
    await harness.emit(started(), { type: "prompt", uuid: "p", content, origin: "person" } as const)
    const { printed } = harness.screen
    expect(printed).toContain("> line 0")
    expect(printed).toContain("  … +4984 lines (ctrl+o to see)")
    expect(printed).toContain("  line 4999")
    expect(printed.length).toBeLessThan(60)
    await harness.stop()
  })

  test("shows tasks with their state", async () => {
    const harness = startHarness()
    const todos = [
      { content: "read", status: "completed" },
      { content: "write", status: "in_progress" },
      { content: "test", status: "pending" },
    ] as const
    await harness.emit(
      started(),
      begun(),
      toolBegin("t", "TodoWrite", ""),
      toolEnd("t", "TodoWrite", { view: { kind: "todos", todos } }),
    )
    expect(harness.screen.printed.slice(-4)).toEqual([
      "● TodoWrite",
      "  ⎿ ☒ read",
      "    ▣ write",
      "    ☐ test",
    ])
    await harness.stop()
  })

  test("keeps the current task list above the prompt until all is done, and ctrl+t hides it", async () => {
    const harness = startHarness({ rows: 24 })
    const list = (status: "in_progress" | "completed", more = 0) => {
      const todos = [
        { content: "read", status: "completed" as const },
        { content: "write", status },
        ...Array.from({ length: more }, (_, index) => ({ content: `step ${index}`, status })),
      ]
      return toolEnd(`t${more}`, "TaskUpdate", { view: { kind: "todos", todos } })
    }
    const footer = () => harness.screen.footerText()
    await harness.emit(started(), begun(), list("in_progress"))
    expect(footer()).toContain("  ☒ read\n  ▣ write\n")
    harness.screen.press("ctrl+t")
    await harness.settle()
    expect(footer()).not.toContain("▣ write")
    expect(footer()).toContain("ctrl+t shows it")
    harness.screen.press("ctrl+t")
    await harness.settle()
    await harness.emit(list("in_progress", 20))
    expect(footer()).toContain("  ▣ write\n  ▣ step 0\n")
    expect(footer()).toContain("step 4\n  … 15 more, 1 done\n")
    await harness.emit(list("completed"))
    expect(footer()).not.toContain("write")
    await harness.emit(list("in_progress"), started({ id: "another" }))
    expect(footer()).not.toContain("write")
    await harness.stop()
  })

  test("keeps parallel calls together, in the order they began", async () => {
    const harness = startHarness()
    await harness.emit(
      started(),
      begun(),
      toolBegin("a", "Read", "a.ts"),
      toolBegin("b", "Read", "b.ts"),
      toolEnd("b", "Read"),
    )
    expect(harness.screen.printed.join("\n")).not.toContain("b.ts")
    expect(harness.screen.footerText()).toMatch(/a\.ts[\s\S]*b\.ts/)
    await harness.emit(toolEnd("a", "Read"))
    expect(harness.screen.printed.join("\n")).toMatch(/a\.ts[\s\S]*b\.ts/)
    expect(harness.screen.footerText()).not.toContain(".ts")
    await harness.stop()
  })

  test("tells a subagent's work on the row of its call", async () => {
    const harness = startHarness()
    const agent = { id: "a1", type: "Explore", toolUseId: "t", description: "look around" }
    await harness.emit(started(), begun(), toolBegin("t", "Agent", "look around"))
    await harness.emit(
      { ...toolBegin("x", "Grep", "needle"), agent },
      { ...toolEnd("x", "Grep"), agent },
      { ...toolBegin("y", "Read", "hay.ts"), agent },
      ...textBlock(7, ["inner words"]).map((event) => ({ ...event, agent })),
    )
    expect(harness.screen.footerText()).toContain("⎿ 2 tool uses · Read(hay.ts)")
    await harness.emit(toolEnd("t", "Agent", { durationMs: 3_000 }))
    const shown = harness.screen.printed.join("\n")
    expect(shown).toContain("2 tool uses in 3s")
    expect(shown).not.toContain("inner words")
    await harness.stop()
  })

  test("says when no data arrives, and counts a retry down", async () => {
    const harness = startHarness({ columns: 120 })
    await harness.emit(started(), begun(), {
      type: "notice",
      level: "warning",
      code: "silence",
      text: "",
      data: { silentMs: 12_000 },
    })
    expect(harness.screen.footerText()).toContain("no data for 12s")
    await harness.emit({
      type: "notice",
      level: "warning",
      code: "api_retry",
      text: "Overloaded",
      data: { attempt: 2, maxRetries: 10, delayMs: 8_000 },
    })
    expect(harness.screen.footerText()).toContain("Retry 2 of 10 in 8s (")
    expect(harness.screen.footerText()).toContain("esc to interrupt) · Overloaded")
    harness.clock += 3_000
    await harness.waitFor("the countdown", () => harness.screen.footerText().includes("in 5s"))
    await harness.emit(...textBlock(1, ["back"], { open: true }))
    expect(harness.screen.footerText()).not.toContain("Retry")
    await harness.stop()
  })

  test("draws nothing while nothing happens", async () => {
    const harness = startHarness()
    await harness.emit(started(), begun(), TURN_END)
    const { frames } = harness.screen
    await Bun.sleep(400)
    expect(harness.screen.frames).toBe(frames)
    await harness.stop()
  })

  test("shows thinking while it goes on and keeps three rows of it", async () => {
    const harness = startHarness({ columns: 40 })
    const message = { id: "m", model: "x", usage: TURN_END.usage }
    const thinking = "pondering the matter at great length ".repeat(8)
    await harness.emit(
      started(),
      begun(),
      {
        type: "block.begin",
        block: 1,
        index: 0,
        message,
        kind: "thinking",
        start: { type: "thinking", thinking: "", signature: "" },
      },
      { type: "block.grow", block: 1, text: thinking },
    )
    expect(harness.screen.footerText()).toContain("∴ ")
    await harness.emit({
      type: "block.end",
      block: 1,
      message,
      requestId: null,
      content: { type: "thinking", thinking, signature: "" },
    })
    expect(harness.screen.printed.at(-1)).toContain("of thinking (ctrl+o to see)")
    await harness.stop()
  })

  test("a footer never outgrows a small screen", async () => {
    const harness = startHarness({ columns: 40, rows: 10 })
    await harness.emit(started(), begun(), ...textBlock(1, ["many words ".repeat(300)], { open: true }))
    for (let n = 0; n < 12; n += 1) await harness.emit(toolBegin(`t${n}`, "Bash", `sleep ${n}`))
    await harness.emit({
      type: "queue",
      queued: Array.from({ length: 9 }, (_, n) => ({ uuid: `q${n}`, text: `later ${n}` })),
    })
    expect(harness.screen.footer.length).toBeLessThan(10)
    harness.screen.type("a draft of many words ".repeat(20))
    await harness.settle()
    expect(harness.screen.footer.length).toBeLessThan(10)
    await harness.stop()
  })

  test("nothing from outside drives the terminal", async () => {
    const evil = "\u001b[2J\u001b]0;owned\u0007\u202e\u0000x"
    const harness = startHarness()
    await harness.emit(
      started({ cwd: evil, modelName: evil }),
      prompt(evil),
      begun(),
      ...textBlock(1, [evil]),
      toolBegin("t", evil, evil, { a: evil }),
      { type: "tool.grow", id: "t", tail: evil },
      { type: "queue", queued: [{ uuid: "q", text: evil }] },
      { type: "notice", level: "warning", code: evil, text: evil },
    )
    await harness.emit(
      toolEnd("t", evil, {
        view: {
          kind: "diff",
          path: evil,
          created: true,
          hunks: [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 1, lines: [`+${evil}`] }],
        },
      }),
    )
    // The fake screen throws on any control character.
    expect(harness.screen.printed.join("\n")).toContain("x")
    await harness.stop()
  })

  test("rings only after a long turn, and puts the topic into the title", async () => {
    const harness = startHarness()
    await harness.emit(started(), prompt("make it faster"), begun(), TURN_END)
    expect(harness.screen.bells).toBe(0)
    await harness.emit(begun(), { ...TURN_END, durationMs: 11_000 })
    expect(harness.screen.bells).toBe(1)
    expect(harness.screen.titles.at(-1)).toBe("make it faster")
    await harness.stop()
  })

  test("prints the conversation again for a new width", async () => {
    const harness = startHarness({ columns: 80 })
    await harness.emit(started(), ...textBlock(1, ["word ".repeat(30)]))
    const before = harness.screen.printed.length
    harness.screen.size = { columns: 40, rows: 30 }
    harness.screen.onResize(harness.screen.size)
    await harness.waitFor("the replay", () => harness.screen.printed.length > before)
    expect(harness.screen.printed.filter((row) => row.includes("✻ ccts"))).toHaveLength(1)
    await harness.stop()
  })

  test("marks what a retry made void", async () => {
    const harness = startHarness()
    await harness.emit(
      started(),
      begun(),
      ...textBlock(1, ["half a reply\n\n", "and"], { open: true }),
      blockEnd(1, null),
    )
    await harness.emit(...textBlock(2, ["a whole reply"]))
    expect(harness.screen.printed.slice(-3)).toEqual([
      "! The reply above was cut off and is asked for again.",
      "",
      "a whole reply",
    ])
    await harness.stop()
  })

  test("a demo says that it is one", async () => {
    const harness = startHarness({ ports: { demo: true } })
    await harness.emit(started())
    expect(harness.screen.printed[1]).toContain("Demo: no model is asked")
    await harness.stop()
  })

  test("restores the terminal when the engine ends", async () => {
    const harness = startHarness()
    await harness.emit(started())
    await harness.stop()
    expect(await harness.exit).toBe(1)
    expect(harness.screen.closed).toBe(true)
  })
})
