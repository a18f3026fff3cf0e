import { chunks, fakeApi, text } from "../../../test/fake-api/fake-api.ts"
import { makePlace } from "../place.ts"
import { prose } from "../prose.ts"
import type { Row } from "../row.ts"
import { median, p95 } from "../statistics.ts"
import { echoTime, openTerminal, promptReady, type Terminal } from "../terminal.ts"

const KEYS = 60

/** Milliseconds from a key to its echo: at rest, and while a reply of 200 tokens a second comes in. */
export const keyEcho: Row = {
  name: "key-echo",
  async run({ binary, bare }) {
    const reply = [text(prose(40_000), { delta: 4 }), chunks(130, 5)]
    const api = await fakeApi({ script: () => reply, side: () => text("title") })
    try {
      using place = makePlace(api.url)
      const floor = await echoes([bare, "echo"])
      await using terminal = openTerminal([binary], place)
      await promptReady(terminal)
      const idle = await echoesOf(terminal)
      terminal.write("go\r")
      await terminal.shows("What changed")
      const busy = await echoesOf(terminal)
      return [
        {
          key: "echo.idle",
          label: "key to echo, idle",
          unit: "ms",
          value: median(idle),
          p95: p95(idle),
          bare: median(floor),
          must: 8,
          aim: 3,
          judged: "p95",
        },
        {
          key: "echo.streaming",
          label: "key to echo, while 200 tokens/s stream",
          unit: "ms",
          value: median(busy),
          p95: p95(busy),
          bare: median(floor),
          must: 8,
          aim: 5,
          judged: "p95",
        },
      ]
    } finally {
      await api.close()
    }

    async function echoes(command: readonly string[]): Promise<number[]> {
      using place = makePlace()
      await using terminal = openTerminal(command, place)
      await promptReady(terminal)
      return await echoesOf(terminal)
    }
  },
}

async function echoesOf(terminal: Terminal): Promise<number[]> {
  const times: number[] = []
  for (let key = 0; key < KEYS; key++) times.push(await echoTime(terminal))
  return times
}
