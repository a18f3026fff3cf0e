import { expect, test } from "bun:test"
import { createReadingPace } from "../../src/api/reading-pace.ts"

test("the first pieces of a reply are read at once, a trickle later in larger pieces", () => {
  let time = 0
  const rest = createReadingPace(() => time)
  expect(Array.from({ length: 8 }, () => rest())).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
  // One token every 5 ms for a second: waiting makes each reading take several.
  let readings = 0
  for (const end = 1_000; time < end; readings += 1) time += Math.max(5, rest())
  expect(readings).toBeLessThan(40)
  expect(readings).toBeGreaterThan(20)
})

test("after a pause the next piece is read at once", () => {
  let time = 0
  const rest = createReadingPace(() => time)
  while (rest() === 0);
  time += 10_000
  expect(rest()).toBe(0)
})
