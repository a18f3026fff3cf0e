/** Each setting of the screen, from its key to what a person sees; most are set while the session runs. */
import { describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { preferencesOf } from "../../src/cli/preferences.ts"
import { configPaths } from "../../src/config/paths.ts"
import { openState } from "../../src/config/state.ts"
import type { AskEvent, EventBody } from "../../src/model/event.ts"
import type { Settings } from "../../src/model/settings.ts"
import type { SettingsPort } from "../../src/tui/ports.ts"
import { cellRows } from "../../src/tui/views/cell-rows.ts"
import { begun, SESSION, started, startHarness, TURN_END, textBlock, toolBegin, toolEnd } from "./harness.ts"

const NO_STATE = openState(configPaths({ HOME: "/nowhere" }))

function fromSettings(
  settings: Settings,
  env: Record<string, string> = {},
  flags: { verbose?: boolean } = {},
) {
  return preferencesOf({ settings, env, flags, cwd: "/nowhere", home: "/nowhere", state: NO_STATE })
}

/** A reader whose settings can be changed under it. */
function withSettings(
  first: Settings = {},
  env: Record<string, string> = {},
  more: { columns?: number } = {},
) {
  let preferences = fromSettings(first, env)
  let changed = () => {}
  const settings: SettingsPort = {
    list: () => [],
    set: async () => ({ ok: false, text: "" }),
    explain: () => [],
    watch(_, listener = () => {}) {
      changed = listener
      return () => {}
    },
  }
  const harness = startHarness({
    ...more,
    wall: () => Date.UTC(2026, 4, 4, 13, 5, 9),
    ports: {
      settings,
      get preferences() {
        return preferences
      },
    },
  })
  return {
    harness,
    async set(next: Settings) {
      preferences = fromSettings(next, env)
      changed()
      await harness.settle()
    },
  }
}

const prompt = (content: string): EventBody => ({ type: "prompt", uuid: "p", content, origin: "person" })
const ask = (more: Partial<AskEvent> = {}): EventBody => ({
  type: "ask",
  ask: "q1",
  toolUseId: "t1",
  tool: "Bash",
  input: { command: "ls" },
  title: "ls",
  decision: { verdict: "ask", readOnly: false, reason: { kind: "rule", text: "why" }, offers: [] },
  ...more,
})
const ESC = "\u001b"

describe.concurrent("settings of the screen", () => {
  test("verbose and viewMode show more or less of what is already printed, at once", async () => {
    const { harness, set } = withSettings()
    const lines = Array.from({ length: 9 }, (_, at) => `line ${at}`).join("\n")
    await harness.emit(started(), prompt("go"), begun(), toolBegin("t1", "Bash", "seq"))
    const result = { type: "tool_result" as const, tool_use_id: "t1", content: lines }
    await harness.emit(toolEnd("t1", "Bash", { view: { kind: "text", text: lines }, result }))
    const shown = () => harness.screen.printed.join("\n")
    expect(shown()).toContain("line 4")
    expect(shown()).not.toContain("line 8")
    await set({ verbose: true })
    expect(shown()).toContain("line 8")
    await set({ viewMode: "focus" })
    expect(shown()).toContain("● Bash(seq)")
    expect(shown()).not.toContain("line 0")
    await set({ viewMode: "verbose" })
    expect(shown()).toContain("line 8")
    await set({ viewMode: "default", verbose: false })
    expect(shown()).not.toContain("line 8")
    await harness.stop()
    expect(fromSettings({ viewMode: "focus" }, {}, { verbose: true }).detail).toBe("full")
  })

  test("the focused view leaves thinking out, and tells failures all the same", () => {
    const look = { detail: "focus", highlightsCode: true } as const
    expect(cellRows({ kind: "thinking", source: "hm" }, 60, look)).toEqual([])
    const cell = {
      kind: "tool",
      id: "t",
      tool: "Bash",
      title: "x",
      input: "",
      view: { kind: "text", text: "no such file" },
      isError: true,
      durationMs: 1,
      detail: "",
    } as const
    expect(JSON.stringify(cellRows(cell, 60, look))).toContain("no such file")
  })

  test("showTurnDuration", async () => {
    for (const [value, said] of [
      [true, true],
      [false, false],
    ] as const) {
      const { harness } = withSettings({ showTurnDuration: value })
      await harness.emit(started(), begun(), { ...TURN_END, durationMs: 66_000 })
      expect(harness.screen.printed.join("\n").includes("Worked for 1m 6s")).toBe(said)
      await harness.stop()
    }
  })

  const clocks: readonly (readonly [Settings, string])[] = [
    [{ timeFormat: "24-hour-utc" }, "13:05 UTC"],
    [{ timeFormat: "24-hour", timeZone: "Europe/Berlin" }, "15:05"],
    [{ timeFormat: "12-hour", timeZone: "America/New_York" }, "9:05 AM"],
    [{ timeFormat: "%Y-%m-%d %H:%M:%S", timeZone: "UTC" }, "2026-05-04 13:05:09"],
    [{ timeFormat: "%I:%M %p", timeZone: "Asia/Tokyo" }, "10:05 PM"],
  ]
  for (const [settings, shown] of clocks)
    test(`showMessageTimestamps with ${JSON.stringify(settings)}`, async () => {
      const { harness, set } = withSettings()
      await harness.emit(started(), prompt("go"), begun(), ...textBlock(1, ["Done."]))
      expect(harness.screen.printed.join("\n")).not.toContain(shown)
      await set({ showMessageTimestamps: true, ...settings })
      const [asked, answered] = [shown, `${shown}\nDone.`]
      expect(harness.screen.printed.find((row) => row.startsWith("> go"))).toEndWith(asked)
      expect(harness.screen.printed.join("\n")).toContain(answered)
      const before = [...harness.screen.printed]
      await set({ showMessageTimestamps: true, ...settings })
      expect(harness.screen.printed).toEqual(before)
      await harness.stop()
    })

  test("maxProseWidth holds for prose, not for code, also while it streams", async () => {
    const code = `const answer = ${"x".repeat(60)}`
    const { harness } = withSettings({ maxProseWidth: 30 }, {}, { columns: 100 })
    const words = "many words that would fill a wide screen from one side to the other"
    await harness.emit(started(), begun(), ...textBlock(1, [`${words}\n\n`, `\`\`\`js\n${code}\n\`\`\`\n`]))
    const rows = harness.screen.printed.slice(
      harness.screen.printed.findIndex((row) => row.startsWith("many")),
    )
    expect(rows.filter((row) => !row.includes("const")).every((row) => row.length <= 30)).toBe(true)
    expect(rows).toContain(code)
    await harness.stop()
  })

  test("syntaxHighlightingDisabled and CLAUDE_CODE_SYNTAX_HIGHLIGHT=0 take the colours of code away", () => {
    const cell = { kind: "text", block: 1, source: "```ts\nconst x = 'y'\n```" } as const
    const roles = (settings: Settings, env = {}) =>
      cellRows(cell, 60, fromSettings(settings, env))
        .flat()
        .map(({ style }) => style?.fg)
    expect(roles({})).toContain("keyword")
    expect(roles({ syntaxHighlightingDisabled: true })).not.toContain("keyword")
    expect(roles({}, { CLAUDE_CODE_SYNTAX_HIGHLIGHT: "0" })).not.toContain("keyword")
  })

  test("prefersReducedMotion keeps the spinner still", async () => {
    const signs = async (settings: Settings) => {
      const { harness } = withSettings(settings)
      await harness.emit(started(), begun())
      const seen = new Set<string>()
      for (let step = 0; step < 4; step++) {
        harness.clock += 250
        await harness.emit({ type: "tool.grow", id: "none", tail: "" })
        seen.add(harness.screen.footerText().trimStart().slice(0, 1))
      }
      await harness.stop()
      return seen.size
    }
    expect(await signs({})).toBeGreaterThan(1)
    expect(await signs({ prefersReducedMotion: true })).toBe(1)
  })

  test("spinnerTipsEnabled and spinnerTipsOverride", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ccts-tips-"))
    writeFileSync(join(folder, "tips.txt"), "from a file\n\n")
    const footer = async (settings: Settings) => {
      const { harness } = withSettings(settings)
      await harness.emit(started(), begun())
      const early = harness.screen.footerText()
      harness.clock += 6_000
      await harness.emit({ type: "tool.grow", id: "none", tail: "" })
      await harness.stop()
      expect(early).not.toContain("⎿")
      return harness.screen.footerText()
    }
    expect(await footer({})).toContain("⎿ Tip: ")
    expect(await footer({ spinnerTipsEnabled: false })).not.toContain("Tip")
    const own = { tips: ["drink water"], excludeDefault: true, label: "Note: " }
    expect(await footer({ spinnerTipsOverride: own })).toContain("⎿ Note: drink water")
    const filed = { tipsFile: join(folder, "tips.txt"), excludeDefault: true }
    expect(await footer({ spinnerTipsOverride: filed })).toContain("from a file")
    rmSync(folder, { recursive: true })
  })

  test("spinnerVerbs replace or join ours", async () => {
    const { harness } = withSettings({ spinnerVerbs: { mode: "replace", verbs: ["Brewing"] } })
    await harness.emit(started(), begun())
    expect(harness.screen.footerText()).toContain("Brewing…")
    await harness.stop()
    const both = fromSettings({ spinnerVerbs: { mode: "append", verbs: ["Brewing"] } }).verbs
    expect(both).toContain("Brewing")
    expect(both.length).toBeGreaterThan(1)
    expect(fromSettings({ spinnerVerbs: { mode: "replace", verbs: [] } }).verbs.length).toBeGreaterThan(1)
  })

  test("terminalProgressBarEnabled, only where the terminal knows the sequence", async () => {
    const signals = async (settings: Settings, env: Record<string, string>) => {
      const { harness } = withSettings(settings, env)
      await harness.emit(started(), begun(), TURN_END)
      await harness.stop()
      return harness.screen.signals
    }
    const bar = [`${ESC}]9;4;3;\u0007`, `${ESC}]9;4;0;\u0007`]
    expect(await signals({}, { TERM_PROGRAM: "ghostty" })).toEqual(bar)
    expect(await signals({}, { TERM_PROGRAM: "iTerm.app", TERM_PROGRAM_VERSION: "3.6.10" })).toEqual(bar)
    expect(await signals({}, { TERM_PROGRAM: "iTerm.app", TERM_PROGRAM_VERSION: "3.5.0" })).toEqual([])
    expect(await signals({}, { TERM_PROGRAM: "ghostty", TMUX: "x" })).toEqual([])
    expect(await signals({}, { TERM: "xterm" })).toEqual([])
    expect(await signals({ terminalProgressBarEnabled: false }, { TERM_PROGRAM: "ghostty" })).toEqual([])
  })

  test("terminalTitleFromRename and CLAUDE_CODE_DISABLE_TERMINAL_TITLE", async () => {
    const titles = async (settings: Settings, env: Record<string, string> = {}) => {
      const { harness } = withSettings(settings, env)
      await harness.emit(started(), {
        type: "session",
        session: { ...SESSION, title: "my name" },
        why: "title",
      })
      await harness.stop()
      return harness.screen.titles
    }
    expect(await titles({})).toContain("my name")
    expect(await titles({ terminalTitleFromRename: false })).toEqual(["ccts"])
    expect(await titles({}, { CLAUDE_CODE_DISABLE_TERMINAL_TITLE: "1" })).toEqual([])
  })

  const channels: readonly (readonly [Settings, Record<string, string>, number, readonly string[]])[] = [
    [{}, {}, 1, []],
    [{ preferredNotifChannel: "notifications_disabled" }, {}, 0, []],
    [{ preferredNotifChannel: "terminal_bell" }, { TERM_PROGRAM: "ghostty" }, 1, []],
    [{ preferredNotifChannel: "iterm2" }, {}, 0, [`${ESC}]9;ccts: done\u0007`]],
    [{ preferredNotifChannel: "iterm2_with_bell" }, {}, 1, [`${ESC}]9;ccts: done\u0007`]],
    [{ preferredNotifChannel: "kitty" }, {}, 0, [`${ESC}]99;i=ccts;ccts: done${ESC}\\`]],
    [{}, { TERM: "xterm-kitty" }, 0, [`${ESC}]99;i=ccts;ccts: done${ESC}\\`]],
    [{ preferredNotifChannel: "ghostty" }, {}, 0, [`${ESC}]777;notify;ccts;ccts: done\u0007`]],
  ]
  for (const [settings, env, bells, signals] of channels)
    test(`a long turn ends with ${JSON.stringify({ ...settings, ...env })}`, async () => {
      const { harness } = withSettings({ terminalProgressBarEnabled: false, ...settings }, env)
      await harness.emit(started(), begun(), { ...TURN_END, durationMs: 20_000 })
      await harness.stop()
      expect(harness.screen.bells).toBe(bells)
      expect(harness.screen.signals).toEqual([...signals])
    })

  test("inputNeededNotifEnabled calls with words when something waits", async () => {
    const { harness } = withSettings({ inputNeededNotifEnabled: true, preferredNotifChannel: "iterm2" })
    await harness.emit(started(), begun(), ask())
    await harness.stop()
    expect(harness.screen.signals).toEqual([`${ESC}]9;ccts: Bash waits for your answer\u0007`])
  })

  test("askUserQuestionTimeout and dialogExpiry are read in seconds, minutes, hours or never", () => {
    expect(fromSettings({ askUserQuestionTimeout: "60s", dialogExpiry: "2h" })).toMatchObject({
      questionMs: 60_000,
      dialogMs: 7_200_000,
    })
    const none = fromSettings({ askUserQuestionTimeout: "never", dialogExpiry: "soon" })
    expect([none.questionMs, none.dialogMs]).toEqual([undefined, undefined])
  })

  test("a question that nobody answers is given up, and the model is told so", async () => {
    const preferences = { ...fromSettings({}), questionMs: 60 }
    const harness = startHarness({ ports: { preferences } })
    const input = { questions: [{ question: "Which?", header: "h", options: [{ label: "a" }] }] }
    await harness.emit(started(), begun(), ask({ tool: "AskUserQuestion", input }))
    await harness.waitFor("the answer", () => harness.sent.some(({ type }) => type === "answer"))
    await harness.settle()
    expect(JSON.stringify(harness.sent.at(-1))).toContain("did not answer")
    expect(harness.screen.printed.join("\n")).toContain("the model goes on without")
    await harness.stop()
  })

  test("a dialog that nobody answers is declined, and one that is answered is not", async () => {
    const preferences = { ...fromSettings({}), dialogMs: 60 }
    const harness = startHarness({ ports: { preferences } })
    await harness.emit(started(), begun(), ask())
    await harness.waitFor("the answer", () => harness.sent.some(({ type }) => type === "answer"))
    expect(harness.sent.at(-1)).toMatchObject({ answer: { verdict: "deny", interrupt: true } })
    await harness.stop()
  })

  test("showClearContextOnPlanAccept offers to carry the plan out in an empty conversation", async () => {
    const { harness } = withSettings({ showClearContextOnPlanAccept: true })
    await harness.emit(started(), begun(), ask({ tool: "ExitPlanMode", input: { plan: "1. tidy up" } }))
    expect(harness.screen.footerText()).toContain("1. Yes, clear the conversation and accept edits")
    await Bun.sleep(20)
    harness.screen.press("1")
    await harness.settle()
    expect(harness.sent.map(({ type }) => type)).toEqual(["answer", "clear", "mode", "prompt"])
    expect(harness.sent.at(-1)).toMatchObject({ content: "Carry out this plan:\n\n1. tidy up" })
    await harness.stop()
    const usual = withSettings()
    await usual.harness.emit(started(), begun(), ask({ tool: "ExitPlanMode", input: { plan: "1. tidy up" } }))
    expect(usual.harness.screen.footerText()).not.toContain("clear the conversation")
    await usual.harness.stop()
  })

  test("emojiCompletionEnabled", async () => {
    const { harness, set } = withSettings()
    await harness.emit(started())
    harness.screen.type("well done :tad")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("🎉 :tada:")
    harness.screen.press("tab")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("well done 🎉")
    await set({ emojiCompletionEnabled: false })
    harness.screen.type(":tad")
    await harness.settle()
    expect(harness.screen.footerText()).not.toContain(":tada:")
    await harness.stop()
  })

  test("footerLinksRegexes make links of what was said; a bad pattern is passed over", async () => {
    const { harness } = withSettings({
      footerLinksRegexes: [
        {
          type: "regex",
          pattern: "\\b([A-Z]+-\\d+)\\b",
          url: "https://issues.example/$1",
          label: "issue {1}",
        },
        { type: "regex", pattern: "(", url: "https://x/" },
        { type: "regex", pattern: "run (?<n>\\d+)", url: "javascript:alert({n})" },
      ],
    })
    await harness.emit(started(), prompt("look at ABC-12"), begun(), ...textBlock(1, ["see run 4 of XY-7"]))
    expect(harness.screen.footerText()).toContain("issue ABC-12 · issue XY-7")
    const links = harness.screen.footer.flat().flatMap(({ style }) => style?.link ?? [])
    expect(links).toEqual(["https://issues.example/ABC-12", "https://issues.example/XY-7"])
    await harness.stop()
  })

  test("/fast switches, and the status row says so", async () => {
    const { harness } = withSettings()
    await harness.emit(started())
    harness.screen.type("/fast")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.sent.at(-1)).toEqual({ type: "fast", on: true })
    await harness.emit({ type: "session", session: { ...SESSION, fast: true }, why: "effort" })
    expect(harness.screen.footerText()).toContain("· fast ·")
    harness.screen.type("/fast")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.sent.at(-1)).toEqual({ type: "fast", on: false })
    await harness.stop()
  })

  test("CLAUDE_CODE_HIDE_CWD", async () => {
    for (const [env, shown] of [
      [{}, true],
      [{ CLAUDE_CODE_HIDE_CWD: "1" }, false],
    ] as const) {
      const { harness } = withSettings({}, env)
      await harness.emit(started())
      expect(harness.screen.footerText().includes("…/work/app")).toBe(shown)
      await harness.stop()
    }
  })

  test("theme", async () => {
    const { harness, set } = withSettings({ theme: "dark" })
    await harness.emit(started())
    await set({ theme: "light-daltonized" })
    expect(harness.screen.themes.at(-1)).toBe("light-daltonized")
    await set({ theme: "custom:mine" })
    expect(harness.screen.themes.at(-1)).toBe("auto")
    await harness.stop()
  })
})
