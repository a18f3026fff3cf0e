import { expect, test } from "bun:test"
import { createMemoryWatch } from "../../src/lib/memory-watch.ts"

const MB = 1024 * 1024

function watched({ isQuiet = () => true }: { isQuiet?: () => boolean } = {}) {
  let resident = 60 * MB
  let collections = 0
  const watch = createMemoryWatch({
    collect: () => {
      collections += 1
      resident = 62 * MB
    },
    isQuiet,
    resident: () => resident,
  })
  return {
    watch,
    hold: (megabytes: number) => {
      resident = megabytes * MB
    },
    collected: () => collections,
  }
}

/** Longer than the watch waits for the request to leave. */
const later = () => Bun.sleep(80)

test("a process that grew is collected once, after its request left", async () => {
  const { watch, hold, collected } = watched()
  watch.look()
  hold(75)
  watch.look()
  watch.look()
  expect(collected()).toBe(0)
  await later()
  expect(collected()).toBe(1)
})

test("a process that stays as it is, is left alone", async () => {
  const { watch, hold, collected } = watched()
  watch.look()
  hold(66)
  watch.look()
  await later()
  expect(collected()).toBe(0)
})

test("growth is counted from the lowest since the last collection", async () => {
  const { watch, hold, collected } = watched()
  for (const megabytes of [90, 61, 68, 70, 69, 71]) {
    hold(megabytes)
    watch.look()
    await later()
  }
  // 70 is more than 8 above 61; 71 is more than 8 above the 62 that the collection left.
  expect(collected()).toBe(2)
})

test("nothing is collected while somebody types, and it is not forgotten", async () => {
  let typing = true
  const { watch, hold, collected } = watched({ isQuiet: () => !typing })
  watch.look()
  hold(80)
  watch.look()
  await later()
  expect(collected()).toBe(0)
  typing = false
  watch.look()
  await later()
  expect(collected()).toBe(1)
})

test("a stopped watch collects nothing", async () => {
  const { watch, hold, collected } = watched()
  watch.look()
  hold(80)
  watch.look()
  watch.stop()
  await later()
  expect(collected()).toBe(0)
})
