import { describe, expect, test } from "bun:test"
import type { HookRow } from "../../src/model/hook.ts"
import { started, startHarness } from "./harness.ts"

const rows: readonly HookRow[] = [
  {
    event: "PreToolUse",
    matcher: "Bash",
    source: "projectSettings",
    label: ".claude/settings.json",
    type: "command",
    text: "./check.sh\u001b[2J",
    timeout: 5,
    if: "Bash(git *)",
    disabled: true,
  },
  { event: "Stop", matcher: "", source: "sessionHook", label: "skill deploy", type: "prompt", text: "Done?" },
]

describe("/hooks", () => {
  test("lists what runs when, of which type, from where; a choice shows all of it", async () => {
    const harness = startHarness({ ports: { hooks: () => rows } })
    await harness.emit(started())
    harness.screen.type("/hooks ")
    harness.screen.press("return")
    await harness.waitFor("the list", () => harness.screen.footerText().includes("PreToolUse Bash"))
    const list = harness.screen.footerText()
    expect(list).toContain("command · project settings · off")
    expect(list).toContain("Stop · Done?")
    expect(list).not.toContain("\u001b")
    harness.screen.press("return")
    await harness.waitFor("the hook", () => harness.screen.printed.join("\n").includes("ends after 5 s"))
    const shown = harness.screen.printed.join("\n")
    for (const part of ["PreToolUse, for Bash", "only for Bash(git *)", "off: the settings"])
      expect(shown).toContain(part)
    expect(harness.sent).toEqual([])
  })

  test("says where hooks are written when there are none", async () => {
    const harness = startHarness({ ports: { hooks: () => [] } })
    await harness.emit(started())
    harness.screen.type("/hooks ")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.screen.printed.join("\n")).toContain("No hooks are configured")
  })
})

test("a hook's title reaches the terminal as it is, and nothing is printed for it", async () => {
  const harness = startHarness()
  await harness.emit(started())
  const before = harness.screen.printed.length
  const sequence = "\u001b]0;building\u0007"
  await harness.emit({ type: "notice", level: "info", code: "hook_terminal", text: "", data: { sequence } })
  expect(harness.screen.signals).toEqual([sequence])
  expect(harness.screen.printed.length).toBe(before)
})

test("who leaves by themselves is known to the hooks of the session's end", async () => {
  const harness = startHarness()
  await harness.emit(started())
  harness.screen.type("/exit ")
  harness.screen.press("return")
  await harness.exit
  expect(harness.sent).toContainEqual({ type: "leaving", why: "prompt_input_exit" })
})

test("a switch of models that hooks see first is not called done, and its question leaves no row", async () => {
  const row = {
    event: "PreModelSwitch",
    matcher: "",
    source: "userSettings",
    label: "a",
    type: "command",
    text: "x",
  }
  const harness = startHarness({ ports: { hooks: () => [row] } })
  await harness.emit(started())
  harness.screen.type("/model opus ")
  harness.screen.press("return")
  await harness.settle()
  expect(harness.sent).toEqual([{ type: "model", model: "opus" }])
  expect(harness.screen.printed.join("\n")).not.toContain("Model: opus")
  const reason = { kind: "hook", text: "the cache is warm" } as const
  const decision = { verdict: "ask", reason, offers: [], readOnly: false } as const
  const about = { tool: "Model", title: "A → B", input: {}, decision }
  await harness.emit({ type: "ask", ask: "a1", toolUseId: "a1", ...about })
  await harness.waitFor("the question", () => harness.screen.footerText().includes("the cache is warm"))
  await harness.emit({ type: "ask.end", ask: "a1", verdict: "deny" })
  expect(harness.screen.footerText()).not.toContain("waiting for your answer")
})
