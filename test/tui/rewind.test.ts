import { describe, expect, test } from "bun:test"
import type { EventBody } from "../../src/model/event.ts"
import { begun, type Harness, started, startHarness, TURN_END, textBlock } from "./harness.ts"

const said = (uuid: string, text: string): EventBody => ({
  type: "prompt",
  uuid,
  content: text,
  origin: "person",
})

async function talked(options: Parameters<typeof startHarness>[0] = {}): Promise<Harness> {
  const harness = startHarness(options)
  await harness.emit(started())
  for (const [at, [uuid, text, reply]] of [
    ["u1", "first question", "first answer"],
    ["u2", "second question", "second answer"],
  ].entries() as IterableIterator<[number, [string, string, string]]>)
    await harness.emit(begun(), said(uuid, text), ...textBlock(at, [reply]), TURN_END)
  return harness
}

const open = async (harness: Harness) => {
  harness.screen.press("escape", "escape")
  await harness.settle()
}

describe.concurrent("going back", () => {
  test("esc esc lists the prompts, newest first; the conversation alone goes back to before one", async () => {
    const harness = await talked()
    await open(harness)
    const menu = harness.screen.footerText()
    expect(menu.indexOf("second question")).toBeLessThan(menu.indexOf("first question"))
    harness.screen.press("return")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("no file was changed by a tool since")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.sent).toEqual([{ type: "rewind", to: "u2" }])
    expect(harness.screen.footerText()).toContain("> second question")
    await harness.emit({ type: "rewound", to: "u2", used: 0 })
    const shown = harness.screen.printed.join("\n")
    expect(shown).toContain("first answer")
    expect(shown).not.toContain("second")
    await harness.stop()
  })

  test("files come back with it, and which ones is said", async () => {
    const restored: string[] = []
    const files = { changed: ["/p/a.ts"], insertions: 3, deletions: 1 }
    const harness = await talked({
      ports: {
        checkpoints: {
          preview: async () => files,
          async restore(prompt) {
            restored.push(prompt)
            return files
          },
        },
      },
    })
    await open(harness)
    harness.screen.press("down", "return")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("1 file, +3 −1")
    harness.screen.press("return")
    await harness.settle()
    expect(restored).toEqual(["u1"])
    expect(harness.sent).toEqual([{ type: "rewind", to: "u1" }])
    await harness.emit({ type: "rewound", to: "u1", used: 0 })
    expect(harness.screen.printed.join("\n")).toContain("Brought back: /p/a.ts")
    await harness.stop()
  })

  test("files that cannot be brought back leave the conversation as it is", async () => {
    const harness = await talked({
      ports: {
        checkpoints: {
          preview: async () => ({ changed: ["/p/a.ts"], insertions: 1, deletions: 0 }),
          restore: () => Promise.reject(new Error("The copy of /p/a.ts is gone.")),
        },
      },
    })
    await open(harness)
    harness.screen.press("return")
    await harness.settle()
    harness.screen.press("return")
    await harness.settle()
    expect(harness.sent).toEqual([])
    expect(harness.screen.printed.join("\n")).toContain("The copy of /p/a.ts is gone.")
    await harness.stop()
  })

  test("not while a turn runs, and not before anything was asked", async () => {
    const harness = startHarness()
    await harness.emit(started())
    harness.screen.type("/rewind ")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.screen.printed.join("\n")).toContain("There is no prompt to go back to yet.")
    await harness.emit(begun())
    harness.screen.type("/rewind ")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.screen.printed.join("\n")).toContain(
      "A turn is running; interrupt it with esc, then go back.",
    )
    await harness.stop()
  })
})
