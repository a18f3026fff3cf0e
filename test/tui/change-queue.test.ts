import { describe, expect, test } from "bun:test"
import type { Change } from "../../src/tui/change.ts"
import { createChangeQueue } from "../../src/tui/change-queue.ts"

const grow = (block: number, text: string): Change => ({ change: "grow", block, text })

describe("changes that wait for a frame", () => {
  test("come in order, with text of one block joined", () => {
    const seen: Change[] = []
    const queue = createChangeQueue((change) => seen.push(change))
    queue.add({ change: "open", block: 1, kind: "text" })
    queue.add(grow(1, "a"))
    queue.add(grow(1, "b"))
    queue.add(grow(2, "c"))
    queue.add({ change: "close", block: 1, content: "ab" })
    expect(queue.drain(Number.POSITIVE_INFINITY)).toBe(true)
    expect(seen).toEqual([
      { change: "open", block: 1, kind: "text" },
      grow(1, "ab"),
      grow(2, "c"),
      { change: "close", block: 1, content: "ab" },
    ])
  })

  test("are handed out in slices, so that a huge reply leaves room for keys", async () => {
    const text = Array.from({ length: 60_000 }, (_, index) => `${index} `).join("")
    let got = ""
    let rounds = 0
    const queue = createChangeQueue((change) => {
      if (change.change === "grow") got += change.text
    })
    queue.add(grow(1, text))
    expect(queue.full).toBe(true)
    const calm = queue.calm()
    while (!queue.drain(0)) rounds += 1
    await calm
    expect(rounds).toBeGreaterThan(10)
    expect(got).toBe(text)
    expect(queue.full).toBe(false)
  })

  test("that are added while others are applied are not lost", () => {
    const seen: string[] = []
    const queue = createChangeQueue((change) => {
      if (change.change !== "grow") return
      seen.push(change.text)
      if (change.text === "first") queue.add(grow(1, "second"))
    })
    queue.add(grow(1, "first"))
    queue.drain(Number.POSITIVE_INFINITY)
    expect(seen).toEqual(["first", "second"])
  })
})
