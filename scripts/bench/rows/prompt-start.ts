import { makePlace, type Place } from "../place.ts"
import type { Row } from "../row.ts"
import { median, p95 } from "../statistics.ts"
import { openTerminal, promptReady } from "../terminal.ts"

const RUNS = 15

/** From start to the first key that is seen in the prompt. */
export const promptStart: Row = {
  name: "prompt-start",
  async run({ binary, bare }) {
    using place = makePlace()
    const [ours, floor]: [number[], number[]] = [[], []]
    for (let run = 0; run < RUNS; run++) {
      ours.push(await timed([binary], place))
      floor.push(await timed([bare, "echo"], place))
    }
    return [
      {
        key: "prompt.start",
        label: "start to a prompt that echoes a key",
        unit: "ms",
        value: median(ours),
        p95: p95(ours),
        bare: median(floor),
        must: 80,
        aim: 42,
      },
    ]
  },
}

async function timed(command: readonly string[], place: Place): Promise<number> {
  const start = Bun.nanoseconds()
  await using terminal = openTerminal(command, place)
  return ((await promptReady(terminal)) - start) / 1e6
}
