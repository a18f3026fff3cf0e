import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import type { EventBody } from "../../src/model/event.ts"
import { begun, started, startHarness, TURN_END, textBlock, toolBegin, toolEnd } from "./harness.ts"

const NAMES = [
  "return",
  "escape",
  "tab",
  "up",
  "down",
  "left",
  "right",
  "home",
  "end",
  "backspace",
  "delete",
  "pageup",
  "pagedown",
  "space",
]
const key = fc.oneof(
  fc.constantFrom(...NAMES, ...NAMES.map((name) => `shift+${name}`), ...NAMES.map((name) => `alt+${name}`)),
  // Without ctrl+c and ctrl+d, which leave.
  fc.constantFrom(..."abefghijklmnopqrstuvwxyz_").map((letter) => `ctrl+${letter}`),
  fc.constantFrom(..."ab1239/@?! qG{}漢é👍"),
)
const ASK: EventBody = {
  type: "ask",
  ask: "q",
  toolUseId: "t9",
  tool: "Bash",
  input: { command: "echo 漢字 ".repeat(40) },
  title: "echo",
  decision: { verdict: "ask", readOnly: false, reason: { kind: "other", text: "because" }, offers: [] },
}
const events: readonly (readonly EventBody[])[] = [
  [begun()],
  textBlock(1, ["# Head\n\n- a\n", "text ".repeat(90)], { open: true }),
  [toolBegin("t1", "Bash", "npm test ".repeat(20))],
  [toolEnd("t1", "Bash", { view: { kind: "text", text: "out\n".repeat(20) } })],
  [ASK],
  [{ type: "queue", queued: [{ uuid: "u", text: "later" }] }],
  [TURN_END],
]
const step = fc.oneof(
  { weight: 12, arbitrary: key.map((name) => ({ key: name })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("paste", "x\n".repeat(30), "漢".repeat(900)).map((paste) => ({ paste })),
  },
  { weight: 2, arbitrary: fc.constantFrom(...events).map((events) => ({ events })) },
  {
    weight: 1,
    arbitrary: fc.record({
      columns: fc.integer({ min: 20, max: 120 }),
      rows: fc.integer({ min: 6, max: 40 }),
    }),
  },
)

describe.concurrent("whatever is pressed while whatever happens", () => {
  for (const seed of [1, 2, 3, 4, 5, 6])
    test(`every frame fits the screen and the reader goes on (${seed})`, async () => {
      const harness = startHarness({
        history: ["earlier", "older\nlines"],
        ports: { completePath: async () => ["a.ts", "b/"], editExternally: async (text) => text },
      })
      await harness.emit(started())
      const { screen } = harness
      for (const steps of fc.sample(fc.array(step, { minLength: 60, maxLength: 90 }), { numRuns: 1, seed })) {
        for (const [index, action] of steps.entries()) {
          harness.clock += 300
          if ("key" in action) screen.press(action.key)
          else if ("paste" in action) screen.onPaste(action.paste)
          else if ("events" in action) await harness.emit(...action.events)
          else {
            screen.size = action
            screen.onResize(action)
          }
          if (index % 5 === 0) await harness.settle()
        }
      }
      screen.press("q", "escape", "escape")
      await harness.emit(TURN_END)
      await harness.waitFor(
        "a frame of the prompt",
        () => screen.overlaid === null && screen.footer.length > 0,
      )
      expect(screen.closed).toBe(false)
      await harness.stop()
    })
})
