import { fakeApi, text } from "../../../test/fake-api/fake-api.ts"
import { makePlace } from "../place.ts"
import type { Row } from "../row.ts"
import { median, p95 } from "../statistics.ts"
import { openTerminal, promptReady } from "../terminal.ts"

const TURNS = 15

/** From Enter to the request at the service, and from the service's first word to the screen. */
export const turnLatency: Row = {
  name: "turn-latency",
  async run({ binary }) {
    let arrived = 0
    const script = (_: unknown, index: number) => {
      arrived = Bun.nanoseconds()
      return text(`reply-${index}-x`, { delta: 100 })
    }
    const api = await fakeApi({ script, side: () => text("title") })
    try {
      using place = makePlace(api.url)
      await using terminal = openTerminal([binary], place)
      await promptReady(terminal)
      const [sent, shown]: [number[], number[]] = [[], []]
      for (let turn = 0; turn < TURNS; turn++) {
        terminal.write(`ask ${turn}`)
        await Bun.sleep(150)
        const seen = terminal.prints(`reply-${turn}-x`)
        const start = Bun.nanoseconds()
        terminal.write("\r")
        shown.push(((await seen) - arrived) / 1e6)
        sent.push((arrived - start) / 1e6)
        await Bun.sleep(150)
      }
      return [
        {
          key: "turn.sent",
          label: "Enter to request sent",
          unit: "ms",
          value: median(sent),
          p95: p95(sent),
          must: 40,
          aim: 15,
        },
        {
          key: "turn.shown",
          label: "first delta to the screen",
          unit: "ms",
          value: median(shown),
          p95: p95(shown),
          must: 40,
          aim: 15,
        },
      ]
    } finally {
      await api.close()
    }
  },
}
