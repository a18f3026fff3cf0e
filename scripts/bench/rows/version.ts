import { makePlace } from "../place.ts"
import type { Row } from "../row.ts"
import { peakOfRun, timeRun } from "../short-run.ts"
import { median, p95 } from "../statistics.ts"

const RUNS = 40

export const version: Row = {
  name: "version",
  async run({ binary, bare }) {
    using place = makePlace()
    const [ours, floor]: [number[], number[]] = [[], []]
    for (let run = 0; run < RUNS; run++) {
      ours.push(timeRun([binary, "--version"], place))
      floor.push(timeRun([bare, "hello"], place))
    }
    return [
      {
        key: "version.time",
        label: "`--version`",
        unit: "ms",
        value: median(ours),
        p95: p95(ours),
        bare: median(floor),
        must: 10,
        aim: 4,
      },
      {
        key: "version.memory",
        label: "`--version`, peak memory",
        unit: "MB",
        value: await peakOfRun([binary, "--version"], place),
        bare: await peakOfRun([bare, "hello"], place),
        must: 30,
      },
    ]
  },
}
