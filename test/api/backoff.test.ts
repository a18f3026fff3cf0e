import { expect, test } from "bun:test"
import { backoffMs, pause } from "../../src/lib/backoff.ts"

test("waits double up to a cap, and are shortened by chance by at most a quarter", () => {
  const none = { baseMs: 500, capMs: 32_000, random: () => 0 }
  expect([1, 2, 3, 7, 8, 100].map((attempt) => backoffMs(attempt, none))).toEqual([
    500, 1000, 2000, 32_000, 32_000, 32_000,
  ])
  expect(backoffMs(1, { ...none, random: () => 1 })).toBe(375)
})

test("a pause ends with its time, or at once with its signal", async () => {
  expect(await pause(1, new AbortController().signal)).toBe(true)
  const controller = new AbortController()
  const long = pause(60_000, controller.signal)
  controller.abort()
  expect(await long).toBe(false)
  expect(await pause(60_000, controller.signal)).toBe(false)
})
