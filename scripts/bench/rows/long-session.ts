import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { fakeApi, text, toolUse } from "../../../test/fake-api/fake-api.ts"
import { makePlace } from "../place.ts"
import { residentMegabytes } from "../proc.ts"
import { prose } from "../prose.ts"
import type { Row } from "../row.ts"
import { median } from "../statistics.ts"
import { openTerminal, promptReady } from "../terminal.ts"

const TURNS = 300
const MARKDOWN = 10_000_000
const END = "that-was-the-last-turn"

/** One task of 300 tool calls with 10 MB of Markdown between them: memory must not follow the length. */
export const longSession: Row = {
  name: "long-session",
  async run({ binary }) {
    let turns = 0
    const samples: number[] = []
    let pid = 0
    const paragraph = prose(MARKDOWN / TURNS)
    const api = await fakeApi({
      side: () => text("title"),
      script: ({ body }) => {
        // A summary is asked for without tools; it is no turn.
        if (!Array.isArray(body.tools) || body.tools.length === 0) return text("A summary.")
        samples.push(residentMegabytes(pid))
        if (turns++ >= TURNS) return text(END)
        return [text(paragraph, { delta: 400 }), toolUse("Read", { file_path: "note.txt" })]
      },
    })
    try {
      using place = makePlace(api.url)
      writeFileSync(join(place.folder, "note.txt"), "a line\n".repeat(50))
      await using terminal = openTerminal([binary], place)
      await promptReady(terminal)
      pid = terminal.pid
      const start = residentMegabytes(pid)
      terminal.write("go\r")
      await terminal.shows(END, 300_000)
      await Bun.sleep(3000)
      const tenth = Math.floor(samples.length / 10)
      // A fifth each: between two collections memory swings by tens of megabytes.
      const middle = median(samples.slice(5 * tenth, 7 * tenth))
      const last = median(samples.slice(-2 * tenth))
      const end = residentMegabytes(pid)
      return [
        {
          key: "long.growth",
          label: "300 tool turns with 10 MB of Markdown: end − start",
          unit: "MB",
          value: end - start,
          must: 50,
        },
        { key: "long.end", label: "… memory at the end", unit: "MB", value: end, aim: 110 },
        {
          key: "long.trend",
          label: "… growth over the last half while it runs",
          unit: "MB",
          value: last - middle,
          must: 10,
        },
      ]
    } finally {
      await api.close()
    }
  },
}
