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
      const middle = median(samples.slice(5 * tenth, 6 * tenth))
      const last = median(samples.slice(-tenth))
      return [
        { key: "long.start", label: "300 tool turns, 10 MB: memory at start", unit: "MB", value: start },
        {
          key: "long.end",
          label: "300 tool turns, 10 MB: memory at end",
          unit: "MB",
          value: residentMegabytes(pid),
          must: start + 60,
        },
        {
          key: "long.growth",
          label: "… growth over the last half",
          unit: "MB",
          value: last - middle,
          must: 10,
          aim: 2,
        },
      ]
    } finally {
      await api.close()
    }
  },
}
