import { describe, expect, test } from "bun:test"
import type { Elicitation } from "../../src/model/elicitation.ts"
import { begun, type Harness, started, startHarness } from "./harness.ts"

const FORM: Elicitation = {
  server: "shop",
  message: "Where shall it go?",
  mode: "form",
  schema: {
    type: "object",
    properties: {
      name: { type: "string", title: "Name", description: "As on the door" },
      count: { type: "integer", title: "How many", minimum: 1, default: 2 },
      gift: { type: "boolean", title: "As a gift" },
      size: {
        type: "string",
        title: "Size",
        oneOf: [
          { const: "s", title: "Small" },
          { const: "l", title: "Large" },
        ],
      },
    },
    required: ["name", "size"],
  },
}

const answers = (harness: Harness) => harness.sent.filter((command) => command.type === "elicited")

async function asking(about: Elicitation): Promise<Harness> {
  const harness = startHarness()
  await harness.emit(started(), begun(), { type: "elicit", elicit: "e1", about })
  return harness
}

describe.concurrent("a question of an MCP server at the terminal", () => {
  test("is a form that is filled in and sent", async () => {
    const harness = await asking(FORM)
    expect(harness.screen.footerText()).toEndWith(
      [
        "─".repeat(80),
        " The MCP server shop asks:",
        " Where shall it go?",
        "❯ Name*:",
        "    As on the door",
        "  How many: 2",
        "  As a gift: space picks",
        "  Size*: space picks",
        "  Send",
        "  Decline",
        " ↑↓ moves · space or ←→ picks · enter goes on · esc cancels",
      ].join("\n"),
    )
    harness.screen.press(
      "A",
      "d",
      "a",
      "return",
      "backspace",
      "5",
      "return",
      "space",
      "return",
      "right",
      "right",
    )
    await harness.settle()
    expect(harness.screen.footerText()).toContain("❯ Size*: ‹ Large ›")
    harness.screen.press("return", "return")
    expect(answers(harness)).toEqual([
      {
        type: "elicited",
        elicit: "e1",
        answer: { action: "accept", content: { name: "Ada", count: 5, gift: true, size: "l" } },
      },
    ])
    await harness.stop()
  })

  test("is not sent while something is missing or wrong, and says what", async () => {
    const harness = await asking(FORM)
    harness.screen.press("down", "0", "down", "down", "down", "return")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("❯ Name*:")
    expect(harness.screen.footerText()).toContain("    This must be filled in.")
    expect(answers(harness)).toEqual([])
    await harness.stop()
  })

  test("can be declined, and escape cancels it", async () => {
    const declined = await asking(FORM)
    declined.screen.press("up", "return")
    expect(answers(declined)).toMatchObject([{ answer: { action: "decline" } }])
    await declined.stop()
    const cancelled = await asking(FORM)
    cancelled.screen.press("escape")
    expect(answers(cancelled)).toMatchObject([{ answer: { action: "cancel" } }])
    await cancelled.stop()
  })

  test("about a page shows its whole address and no hidden characters", async () => {
    const url = "https://example.com/\u202esign?in=1"
    const harness = await asking({ server: "shop", message: "Sign in", mode: "url", url })
    expect(harness.screen.footerText()).toContain(" https://example.com/\\u{202e}sign?in=1")
    harness.screen.press("1")
    expect(answers(harness)).toMatchObject([{ answer: { action: "accept" } }])
    await harness.stop()
  })

  test("goes away when it is settled elsewhere", async () => {
    const harness = await asking(FORM)
    await harness.emit({ type: "elicit.end", elicit: "e1", action: "cancel" })
    expect(harness.screen.footerText()).not.toContain("The MCP server shop asks")
    await harness.stop()
  })
})
