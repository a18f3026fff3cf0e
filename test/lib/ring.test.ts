import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { createRing } from "../../src/lib/ring.ts"

describe("a ring", () => {
  test("drops the oldest items once the budget is spent", () => {
    const ring = createRing<string>(10)
    for (const item of ["a", "b", "c", "d"]) ring.push(item, 4)
    expect([...ring]).toEqual(["c", "d"])
    expect(ring.bytes).toBe(8)
    expect(ring.dropped).toBe(2)
  })

  test("keeps the newest item even when it alone is too large", () => {
    const ring = createRing<string>(10)
    ring.push("small", 1)
    ring.push("huge", 100)
    expect([...ring]).toEqual(["huge"])
  })

  test("is always the newest part of what was pushed, within its budget", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 400 }),
        fc.integer({ min: 1, max: 100 }),
        (sizes, budget) => {
          const ring = createRing<number>(budget)
          for (const [index, size] of sizes.entries()) {
            ring.push(index, size)
            expect(ring.bytes <= budget || ring.length === 1).toBe(true)
          }
          const held = [...ring]
          expect(held).toEqual(sizes.map((_, index) => index).slice(sizes.length - held.length))
          expect([...ring.newestFirst()]).toEqual(held.toReversed())
          expect(ring.bytes).toBe(held.reduce((sum, index) => sum + (sizes[index] ?? 0), 0))
          expect(ring.at(0)).toBe(held[0])
          expect(ring.at(-1)).toBe(held.at(-1))
          expect(ring.at(ring.length)).toBeUndefined()
          expect(ring.at(-1 - ring.length)).toBeUndefined()
          expect(ring.length + ring.dropped).toBe(sizes.length)
        },
      ),
      { numRuns: 100 },
    )
  })

  test("truncated, it keeps the oldest and goes on from there, also after it dropped some", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: -1, max: 60 }), (count, keep) => {
        const ring = createRing<number>(50)
        for (let index = 0; index < count; index += 1) ring.push(index, 1)
        const kept = [...ring].slice(0, Math.max(0, keep))
        ring.truncate(keep)
        expect([...ring]).toEqual(kept)
        expect(ring.bytes).toBe(kept.length)
        ring.push(-1, 1)
        expect([...ring].at(-1)).toBe(-1)
      }),
      { numRuns: 200 },
    )
  })
})
