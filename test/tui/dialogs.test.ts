import { describe, expect, test } from "bun:test"
import type { AskEvent, EventBody } from "../../src/model/event.ts"
import { reveal } from "../../src/tui/dialogs/action.ts"
import { begun, type Harness, started, startHarness } from "./harness.ts"

const ask = (more: Partial<AskEvent> = {}): EventBody => ({
  type: "ask",
  ask: "q1",
  toolUseId: "t1",
  tool: "Bash",
  input: { command: "git push origin main" },
  title: "git push origin main",
  decision: {
    verdict: "ask",
    readOnly: false,
    reason: { kind: "rule", text: "git push is not covered by any allow rule" },
    offers: [
      {
        label: "git push commands in this project",
        updates: [
          {
            type: "addRules",
            behavior: "allow",
            destination: "localSettings",
            rules: [{ toolName: "Bash", ruleContent: "git push:*" }],
          },
        ],
      },
    ],
  },
  ...more,
})
const answers = (harness: Harness) =>
  harness.sent.filter((command) => command.type === "answer").map((command) => command.answer)
const asking = async (more: Partial<AskEvent> = {}, columns = 80) => {
  const harness = startHarness({ columns })
  await harness.emit(started(), begun(), ask(more))
  return harness
}

describe.concurrent("the permission dialog", () => {
  test("shows the whole action, the reason and every choice", async () => {
    const harness = await asking()
    expect(harness.screen.footerText()).toEndWith(
      [
        "─".repeat(80),
        " Bash",
        "   git push origin main",
        " git push is not covered by any allow rule",
        "",
        " Do you want to proceed?",
        "❯ 1. Yes",
        "  2. Yes, and don't ask again for git push commands in this project",
        "  3. No, and tell ccts what to do differently (esc)",
      ].join("\n"),
    )
    expect(harness.screen.bells).toBe(1)
    await harness.stop()
  })

  test("says what a command is for in the title, and below it where there is no room for that", async () => {
    const command = "git push origin main"
    const harness = await asking({ input: { command, description: "Publish the branch" } })
    expect(harness.screen.footerText()).toContain(` Bash Publish the branch\n   ${command}\n git push`)
    await harness.stop()
    const description = "Publish the branch to everybody who follows it, ".repeat(2).trim()
    const narrow = await asking({ input: { command, description } })
    expect(narrow.screen.footerText()).toContain(` Bash\n   ${command}\n   description: Publish the branch`)
    await narrow.stop()
  })

  test("hides no part of a long command and none of its options", async () => {
    const words = Array.from({ length: 120 }, (_, n) => `word${n}`)
    const harness = await asking({ input: { command: words.join(" "), dangerouslyDisableSandbox: true } }, 40)
    const seen = new Set<string>()
    for (let page = 0; page < 6; page += 1) {
      for (const word of harness.screen.footerText().match(/word\d+|dangerouslyDisableSandbox/g) ?? [])
        seen.add(word)
      expect(harness.screen.footerText()).toContain("1. Yes")
      harness.screen.press("pagedown")
      await harness.settle()
    }
    expect([...seen].sort()).toEqual([...words, "dangerouslyDisableSandbox"].sort())
    await harness.stop()
  })

  test("shows the command before anything around it on a very small screen", async () => {
    const harness = startHarness({ columns: 40, rows: 7 })
    await harness.emit(started(), begun(), ask())
    const shown = harness.screen.footerText()
    expect(shown).toContain("   git push origin main")
    expect(shown).toContain("❯ 1. Yes")
    expect(shown).toContain("3. No")
    await harness.stop()
  })

  test("writes out characters that would not be seen", () => {
    expect(reveal("rm \u202etxt\u200b\u001b[2K\nok 漢字 👩‍👩‍👧")).toStartWith(
      "rm \\u{202e}txt\\u{200b}\\u{1b}[2K\nok 漢字 ",
    )
    expect(reveal("plain 👩‍👩‍👧")).toBe("plain 👩‍👩‍👧")
  })

  test("a number answers; an offer brings its rules", async () => {
    const harness = await asking()
    harness.screen.press("2")
    expect(answers(harness)).toMatchObject([{ verdict: "allow", updates: [{ type: "addRules" }] }])
    await harness.stop()
  })

  test("tab on an offer chooses where its rule is kept", async () => {
    const harness = await asking()
    harness.screen.press("down")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("kept for you, in .claude/settings.local.json · tab")
    harness.screen.press("tab")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("for everyone who works on it, in .claude/settings.json")
    harness.screen.press("tab")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("git push commands in all your projects")
    harness.screen.press("return")
    expect(answers(harness)).toMatchObject([
      { verdict: "allow", updates: [{ type: "addRules", destination: "userSettings" }] },
    ])
    await harness.stop()
  })

  test("enter takes the marked choice", async () => {
    const harness = await asking()
    harness.screen.press("down", "up", "return")
    expect(answers(harness)).toEqual([{ verdict: "allow" }])
    await harness.stop()
  })

  test("typing tells the model what to do instead", async () => {
    const harness = await asking()
    harness.screen.type("use 2 remotes")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("❯ 3. use 2 remotes")
    expect(harness.screen.cursor?.column).toBe(18)
    harness.screen.press("return")
    expect(answers(harness)).toEqual([{ verdict: "deny", message: "use 2 remotes" }])
    await harness.stop()
  })

  test("esc refuses and stops the turn", async () => {
    const harness = await asking()
    harness.screen.press("escape")
    expect(answers(harness)).toEqual([{ verdict: "deny", interrupt: true }])
    await harness.stop()
  })

  test("keys pressed before it is on screen do not answer it", async () => {
    const harness = startHarness()
    await harness.emit(started(), begun())
    const flush = Promise.withResolvers<void>()
    harness.screen.hold = flush.promise
    await harness.emit(ask())
    harness.screen.press("1", "y", "return")
    await harness.settle()
    harness.screen.press("return")
    expect(answers(harness)).toEqual([])
    expect(harness.sent.filter((command) => command.type === "prompt")).toEqual([])
    flush.resolve()
    // The keys of the chunk in which the frame went out were pressed before it could be read.
    await flush.promise
    harness.screen.press("1")
    expect(answers(harness)).toEqual([])
    harness.clock += 1_000
    await harness.settle()
    harness.screen.press("return")
    expect(answers(harness)).toEqual([{ verdict: "allow" }])
    await harness.settle()
    expect(harness.screen.footerText()).toContain("> 1y1")
    await harness.stop()
  })

  test("one who is typing does not answer by accident", async () => {
    const harness = startHarness()
    await harness.emit(started(), begun())
    harness.screen.type("fix")
    await harness.emit(ask())
    harness.screen.press("1", "return")
    expect(answers(harness)).toEqual([])
    harness.clock += 1_000
    harness.screen.press("1")
    expect(answers(harness)).toEqual([{ verdict: "allow" }])
    await harness.stop()
  })

  test("several questions come one after the other", async () => {
    const harness = await asking()
    await harness.emit(ask({ ask: "q2", toolUseId: "t2", input: { command: "second" }, title: "second" }))
    expect(harness.screen.footerText()).toContain("   git push origin main")
    harness.screen.press("1")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("   second")
    harness.screen.press("1")
    expect(harness.sent.filter((command) => command.type === "answer").map((command) => command.ask)).toEqual(
      ["q1", "q2"],
    )
    await harness.stop()
  })

  test("a question that was settled elsewhere goes away", async () => {
    const harness = await asking()
    await harness.emit({ type: "ask.end", ask: "q1", verdict: "allow" })
    expect(harness.screen.footerText()).not.toContain("Do you want to proceed?")
    await harness.stop()
  })

  test("shows an edit as its diff", async () => {
    const hunks = [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ["-old", "+new"] }]
    const harness = await asking({
      tool: "Edit",
      title: "a.ts",
      input: { file_path: "a.ts", old_string: "old", new_string: "new", replace_all: true },
      preview: { kind: "diff", path: "a.ts", created: false, hunks },
    })
    expect(harness.screen.footerText()).toContain(
      "   1 addition and 1 removal\n   1 - old\n   1 + new\n   replace_all: true",
    )
    await harness.stop()
  })
})

describe.concurrent("the plan dialog", () => {
  const plan = { tool: "ExitPlanMode", input: { plan: "# Plan\n\n1. read\n2. write" } }

  test("shows the plan and leaves plan mode in the chosen way", async () => {
    for (const [key, mode] of [
      ["1", "acceptEdits"],
      ["2", "default"],
    ] as const) {
      const harness = await asking(plan)
      expect(harness.screen.footerText()).toContain(" Plan\n\n 1. read\n 2. write")
      harness.screen.press(key)
      expect(answers(harness)).toEqual([
        { verdict: "allow", updates: [{ type: "setMode", mode, destination: "session" }] },
      ])
      await harness.stop()
    }
  })

  test("goes on planning with what one says", async () => {
    const harness = await asking(plan)
    harness.screen.type("smaller steps")
    harness.screen.press("return")
    expect(answers(harness)).toEqual([{ verdict: "deny", message: "smaller steps" }])
    await harness.stop()
  })
})

describe.concurrent("the model's questions", () => {
  const questions = [
    {
      question: "Which colour?",
      header: "Colour",
      multiSelect: false,
      options: [
        { label: "Red", description: "warm" },
        { label: "Blue", description: "cold" },
      ],
    },
    {
      question: "Which sizes?",
      header: "Sizes",
      multiSelect: true,
      options: [
        { label: "S", description: "" },
        { label: "M", description: "" },
      ],
    },
  ]

  test("are answered by option, several options and own words", async () => {
    const harness = await asking({ tool: "AskUserQuestion", input: { questions } })
    expect(harness.screen.footerText()).toContain("Which colour?")
    expect(harness.screen.footerText()).toContain("❯ 1. Red\n     warm")
    harness.screen.press("2")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("☒ Colour")
    harness.screen.press("1", "2")
    harness.screen.type("XL")
    harness.screen.press("return")
    expect(answers(harness)).toEqual([
      {
        verdict: "allow",
        input: { questions, answers: { "Which colour?": "Blue", "Which sizes?": "S, M, XL" } },
      },
    ])
    await harness.stop()
  })

  test("can be declined", async () => {
    const harness = await asking({ tool: "AskUserQuestion", input: { questions } })
    harness.screen.press("escape")
    expect(answers(harness)).toEqual([{ verdict: "deny", interrupt: true }])
    await harness.stop()
  })
})

describe.concurrent("the permission dialog on 30 columns and 10 rows", () => {
  const pages = async (more: Partial<AskEvent>) => {
    const harness = startHarness({ columns: 30, rows: 10 })
    await harness.emit(started(), begun(), ask(more))
    const shown: string[] = []
    for (let page = 0; page < 80; page += 1) {
      const now = harness.screen.footerText()
      if (shown.at(-1) === now) break
      shown.push(now)
      harness.screen.press("pagedown")
      await harness.settle()
    }
    await harness.stop()
    return shown
  }
  const squeezed = (shown: readonly string[]) => shown.join("\n").replace(/\s+/g, "")

  test("shows all of a long command, why it is asked, and who asks, page by page, and the choices on each", async () => {
    const words = Array.from({ length: 150 }, (_, n) => `word${n}`)
    const shown = await pages({ input: { command: `make ${words.join(" ")}` } })
    for (const word of words) expect(shown.join("\n")).toContain(word)
    expect(squeezed(shown)).toContain("gitpushisnotcoveredbyanyallowrule")
    for (const page of shown) {
      expect(page).toContain("1. Yes")
      expect(page).toContain("No, and tell ccts")
      expect(page.split("\n").length).toBeLessThanOrEqual(10)
    }
  })

  test("says what a long offer would change in the part that scrolls, and keeps the command on screen", async () => {
    const rule = Array.from({ length: 40 }, (_, n) => `part${n}`).join(" ")
    const [offer] = (ask() as AskEvent).decision.offers
    const shown = await pages({
      input: { command: "sudo make" },
      decision: {
        ...(ask() as AskEvent).decision,
        offers: [{ updates: offer?.updates ?? [], label: `Bash(${rule}) in this project` }],
      },
    })
    expect(shown[0]).toContain("sudo make")
    expect(shown[0]).toContain("(see 2")
    expect(squeezed(shown)).toContain("2.don'taskagainforBash(part0part1")
    for (let part = 0; part < 40; part++) expect(shown.join("\n")).toContain(`part${part}`)
    for (const page of shown) expect(page.split("\n").length).toBeLessThanOrEqual(10)
  })

  test.each([
    ["control characters", "touch \u001b[2Ka\u0007", ["\\u{1b}", "\\u{7}"]],
    ["bidi marks", "touch a\u202egnp.exe\u2066", ["\\u{202e}", "\\u{2066}"]],
    ["zero-width characters", "touch a\u200bb\ufeff", ["\\u{200b}", "\\u{feff}"]],
    ["no-break blanks and look-alikes stay what they are", "touch раypal", ["раypal"]],
    ["a lone carriage return", "touch a\rb", ["\\u{d}"]],
    ["8-bit sequences", "touch \u009b31ma", ["\\u{9b}"]],
  ])("writes out %s", async (_, command, wanted) => {
    const shown = squeezed(await pages({ input: { command } }))
    for (const one of wanted) expect(shown).toContain(one)
  })
})
