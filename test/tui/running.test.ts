import { describe, expect, test } from "bun:test"
import { begun, started, startHarness, toolBegin } from "./harness.ts"

const task = {
  id: "b1",
  kind: "shell",
  description: "npm run dev",
  status: "running",
  outputFile: "/tmp/b1",
} as const

describe.concurrent("what runs in the background", () => {
  test("ctrl+b lets a running command go on there", async () => {
    const harness = startHarness()
    await harness.emit(started(), begun(), toolBegin("t", "Bash", "npm run dev"))
    await harness.emit({ type: "tool.grow", id: "t", tail: "listening" })
    harness.screen.press("ctrl+b")
    await harness.settle()
    expect(harness.sent).toEqual([{ type: "background" }])
    await harness.stop()
  })

  test("a call that waits for an answer does not run yet, and the key says so", async () => {
    const harness = startHarness()
    await harness.emit(started(), begun())
    harness.screen.press("ctrl+b")
    await harness.settle()
    expect(harness.sent).toEqual([])
    expect(harness.screen.footerText()).toContain("nothing runs that could go on in the background")
    await harness.stop()
  })

  test("while nothing runs ctrl+b goes back one character, as in a shell", async () => {
    const harness = startHarness()
    await harness.emit(started())
    harness.screen.type("ac")
    harness.screen.press("ctrl+b")
    harness.screen.type("b")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("> abc")
    await harness.stop()
  })

  test("/tasks lists it, and enter stops it", async () => {
    const harness = startHarness()
    await harness.emit(started(), { type: "task", change: "started", task, toolUseId: "t" })
    harness.screen.type("/tasks ")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("npm run dev")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.sent).toEqual([{ type: "stop-task", task: "b1" }])
    await harness.stop()
  })

  test("/tasks says when there is nothing", async () => {
    const harness = startHarness()
    await harness.emit(started())
    harness.screen.type("/tasks ")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.screen.printed.join("\n")).toContain("Nothing runs in the background.")
    await harness.stop()
  })
})

test("a call that waits for an answer says so, and its time begins with the answer", async () => {
  const harness = startHarness()
  const decision = {
    verdict: "ask",
    reason: { kind: "mode", text: "no rule" },
    offers: [],
    readOnly: false,
  } as const
  const ask = {
    ask: "a",
    toolUseId: "t",
    tool: "Bash",
    input: { command: "make" },
    title: "make",
    decision,
  } as const
  await harness.emit(started(), begun(), toolBegin("t", "Bash", "make"), { type: "ask", ...ask })
  expect(harness.screen.footerText()).toContain("waiting for your answer")
  await harness.emit({ type: "ask.end", ask: "a", verdict: "allow" })
  expect(harness.screen.footerText()).not.toContain("waiting for your answer")
  await harness.stop()
})

test("a hook is named while it runs, and not a moment longer", async () => {
  const harness = startHarness()
  const hook = (code: string, id: string, text: string) =>
    ({ type: "notice", level: "info", code, text, data: { hook_id: id } }) as const
  await harness.emit(
    started(),
    begun(),
    hook("hook_started", "1", "running hook A"),
    hook("hook_started", "2", "running hook B"),
  )
  expect(harness.screen.footerText()).toContain("running hook B")
  await harness.emit(hook("hook_response", "2", ""))
  expect(harness.screen.footerText()).toContain("running hook A")
  await harness.emit(hook("hook_response", "1", ""))
  expect(harness.screen.footerText()).not.toContain("running hook")
  await harness.stop()
})
