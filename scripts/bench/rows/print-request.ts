import { fakeApi, text } from "../../../test/fake-api/fake-api.ts"
import { makePlace, type Place } from "../place.ts"
import type { Row } from "../row.ts"
import { peakOfRun } from "../short-run.ts"
import { median, p95 } from "../statistics.ts"

const RUNS = 25

/** From start to the moment the service has the request, with `-p`. */
export const printRequest: Row = {
  name: "print-request",
  async run({ binary, bare }) {
    let arrived = 0
    const script = () => {
      arrived = Bun.nanoseconds()
      return text("done")
    }
    const api = await fakeApi({ script, side: () => text("done") })
    const timed = async (command: readonly string[], place: Place) => {
      const start = Bun.nanoseconds()
      const child = Bun.spawn([...command], {
        cwd: place.folder,
        env: place.env,
        stdio: ["ignore", "ignore", "pipe"],
      })
      const code = await child.exited
      if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}: ${await child.stderr.text()}`)
      return (arrived - start) / 1e6
    }
    try {
      using place = makePlace(api.url)
      const ask = [binary, "-p", "say done"]
      const [ours, floor]: [number[], number[]] = [[], []]
      for (let run = 0; run < RUNS; run++) {
        ours.push(await timed(ask, place))
        floor.push(await timed([bare, "post"], place))
      }
      return [
        {
          key: "print.request",
          label: "start to request sent, `-p`",
          unit: "ms",
          value: median(ours),
          p95: p95(ours),
          bare: median(floor),
          must: 50,
          aim: 30,
        },
        {
          key: "print.memory",
          label: "`-p`, peak memory",
          unit: "MB",
          value: await peakOfRun(ask, place),
          bare: await peakOfRun([bare, "post"], place),
          must: 90,
          aim: 70,
        },
      ]
    } finally {
      await api.close()
    }
  },
}
