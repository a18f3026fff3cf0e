import { bench } from "../../../test/permissions/bench.ts"
import type { Row } from "../row.ts"

/** The verdict about a command of up to 2 KB, hostile ones, with the rules of a usual project. */
export const decide: Row = {
  name: "decide",
  async run() {
    const { p50, p99 } = bench()
    return [
      { key: "decide.p50", label: "permission decision, median", unit: "ms", value: p50, aim: 0.3 },
      { key: "decide.p99", label: "permission decision, p99", unit: "ms", value: p99, must: 1 },
    ]
  },
}
