import { chunks, fakeApi, text } from "../../../test/fake-api/fake-api.ts"
import { makePlace } from "../place.ts"
import { prose } from "../prose.ts"
import type { Row } from "../row.ts"
import { loadOver, openTerminal, promptReady } from "../terminal.ts"

const SECONDS = 15
const WARM = 5

/** A reply of Markdown at 200 tokens a second: four characters and one event each 5 ms. */
export const stream: Row = {
  name: "stream",
  async run({ binary }) {
    const reply = [text(prose(24_000), { delta: 4 }), chunks(130, 5)]
    const api = await fakeApi({ script: () => reply, side: () => text("title") })
    try {
      using place = makePlace(api.url)
      await using terminal = openTerminal([binary], place)
      await promptReady(terminal)
      terminal.write("go\r")
      await terminal.shows("What changed")
      // The first seconds are the compiler's: what counts is a reply that goes on.
      await Bun.sleep(WARM * 1000)
      const load = await loadOver(terminal.pid, SECONDS)
      return [
        { key: "stream.cpu", label: "200 tokens/s, processor", unit: "%", value: load.cpu, must: 5, aim: 3 },
        { key: "stream.memory", label: "200 tokens/s, peak memory", unit: "MB", value: load.peak },
      ]
    } finally {
      await api.close()
    }
  },
}
