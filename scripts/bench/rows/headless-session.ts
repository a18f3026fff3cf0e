import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { fakeApi, text, toolUse } from "../../../test/fake-api/fake-api.ts"
import { makePlace } from "../place.ts"
import { residentMegabytes } from "../proc.ts"
import { prose } from "../prose.ts"
import type { Row } from "../row.ts"
import { median } from "../statistics.ts"

const TURNS = 300
const MARKDOWN = 300_000

/** 300 tool turns of one headless process: memory must not follow the number of turns. */
export const headlessSession: Row = {
  name: "headless-session",
  async run({ binary }) {
    let turns = 0
    let pid = 0
    const samples: number[] = []
    const paragraph = prose(MARKDOWN / TURNS)
    const api = await fakeApi({
      side: () => text("title"),
      script: ({ body }) => {
        if (!Array.isArray(body.tools) || body.tools.length === 0) return text("A summary.")
        samples.push(residentMegabytes(pid))
        if (turns++ >= TURNS) return text("done")
        return [text(paragraph, { delta: 400 }), toolUse("Read", { file_path: "note.txt" })]
      },
    })
    try {
      using place = makePlace(api.url)
      writeFileSync(join(place.folder, "note.txt"), "a line\n".repeat(50))
      const flags = ["--output-format", "stream-json", "--verbose", "--include-partial-messages"]
      const child = Bun.spawn([binary, "-p", "go", ...flags], {
        cwd: place.folder,
        env: place.env,
        stdio: ["ignore", "ignore", "pipe"],
        timeout: 300_000,
      })
      pid = child.pid
      const code = await child.exited
      if (code !== 0) throw new Error(`-p ended with ${code}: ${await child.stderr.text()}`)
      const tenth = Math.floor(samples.length / 10)
      return [
        {
          key: "headless.end",
          label: "300 headless tool turns: memory at the end",
          unit: "MB",
          value: median(samples.slice(-tenth)),
        },
        {
          key: "headless.growth",
          label: "… growth over the last half",
          unit: "MB",
          value: median(samples.slice(-tenth)) - median(samples.slice(5 * tenth, 6 * tenth)),
          must: 10,
          aim: 2,
        },
      ]
    } finally {
      await api.close()
    }
  },
}
