import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { fakeApi, text, toolUse } from "../../../test/fake-api/fake-api.ts"
import { makePlace } from "../place.ts"
import type { Row } from "../row.ts"
import { median, p95 } from "../statistics.ts"

/** A call and its result are two messages. */
const TURNS = 270
const COUNTED = 40

/** What the engine adds to a tool turn when the history has 500 messages: from a reply to the next request. */
export const toolTurn: Row = {
  name: "tool-turn",
  async run({ binary }) {
    const arrivals: number[] = []
    const api = await fakeApi({
      side: () => text("title"),
      script: () => {
        arrivals.push(Bun.nanoseconds())
        return arrivals.length > TURNS ? text("done") : toolUse("Read", { file_path: "note.txt" })
      },
    })
    try {
      using place = makePlace(api.url)
      writeFileSync(join(place.folder, "note.txt"), "a line\n")
      const options = { cwd: place.folder, env: place.env, timeout: 120_000 } as const
      const child = Bun.spawn([binary, "-p", "go"], { ...options, stdio: ["ignore", "ignore", "pipe"] })
      const code = await child.exited
      if (code !== 0) throw new Error(`-p ended with ${code}: ${await child.stderr.text()}`)
      const gaps = arrivals.slice(1).map((at, index) => (at - (arrivals[index] ?? at)) / 1e6)
      const late = gaps.slice(-COUNTED)
      return [
        {
          key: "engine.turn",
          label: "tool turn with 500 messages, engine overhead",
          unit: "ms",
          value: median(late),
          p95: p95(late),
        },
      ]
    } finally {
      await api.close()
    }
  },
}
