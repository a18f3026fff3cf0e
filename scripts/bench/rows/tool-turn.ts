import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { text, toolUse } from "../../../test/fake-api/fake-api.ts"
import { makePlace } from "../place.ts"
import { encode, rawApi } from "../raw-api.ts"
import type { Row } from "../row.ts"
import { median, p95 } from "../statistics.ts"

/** A call and its result are two messages. */
const TURNS = 270
const COUNTED = 40

/**
 * What a tool turn costs when the history has 500 messages: from the last byte of a reply that calls a tool to the
 * first byte of the next request, reading a small file included.
 */
export const toolTurn: Row = {
  name: "tool-turn",
  async run({ binary }) {
    const replies = Array.from({ length: TURNS }, () =>
      encode([toolUse("Read", { file_path: "note.txt" })].flat()),
    )
    const last = encode([text("done")].flat())
    await using api = await rawApi((index) => replies[index] ?? last)
    using place = makePlace(api.url)
    writeFileSync(join(place.folder, "note.txt"), "a line\n")
    const options = { cwd: place.folder, env: place.env, timeout: 120_000 } as const
    const child = Bun.spawn([binary, "-p", "go"], { ...options, stdio: ["ignore", "ignore", "pipe"] })
    const code = await child.exited
    if (code !== 0) throw new Error(`-p ended with ${code}: ${await child.stderr.text()}`)
    const gaps = api.turns
      .slice(1)
      .map(({ arrived }, index) => (arrived - (api.turns[index]?.replied ?? arrived)) / 1e6)
    const late = gaps.slice(-COUNTED)
    return [
      {
        key: "engine.turn",
        label: "tool turn with 500 messages, engine overhead",
        unit: "ms",
        value: median(late),
        p95: p95(late),
        must: 3,
      },
    ]
  },
}
