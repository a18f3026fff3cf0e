import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { fakeApi, text, toolUse } from "../../../test/fake-api/fake-api.ts"
import { makePlace } from "../place.ts"
import { peakMegabytes } from "../proc.ts"
import type { Row } from "../row.ts"

/** What a command that never stops printing costs until it is ended at 5 GB. */
export const flood: Row = {
  name: "flood",
  async run({ binary }) {
    let pid = 0
    let calls = 0
    let before = 0
    let after = 0
    let told = ""
    const api = await fakeApi({
      side: () => text("title"),
      script(request) {
        calls += 1
        // The first command loads what every command needs.
        if (calls === 1) return toolUse("Bash", { command: "true" })
        if (calls === 2) {
          before = peakMegabytes(pid)
          return toolUse("Bash", { command: "yes", timeout: 300_000 })
        }
        after = peakMegabytes(pid)
        told = JSON.stringify(request.body.messages.at(-1))
        return text("done")
      },
    })
    try {
      using place = makePlace(api.url)
      const start = performance.now()
      const child = Bun.spawn([binary, "-p", "go", "--allowedTools", "Bash"], {
        cwd: place.folder,
        env: place.env,
        timeout: 300_000,
        stdio: ["ignore", "ignore", "pipe"],
      })
      pid = child.pid
      const code = await child.exited
      if (code !== 0) throw new Error(`-p ended with ${code}: ${await child.stderr.text()}`)
      if (!told.includes("it printed more than 5GB"))
        throw new Error(`the flood was not ended: ${told.slice(0, 300)}`)
      const kept = bytesBelow(join(place.folder, "..")) / 1024 ** 2
      return [
        {
          key: "flood.memory",
          label: "5 GB of output: growth of memory",
          unit: "MB",
          value: after - before,
          must: 60,
        },
        { key: "flood.disk", label: "5 GB of output: kept on disk", unit: "MB", value: kept, must: 66 },
        {
          key: "flood.time",
          label: "5 GB of output: until it is ended",
          unit: "s",
          value: (performance.now() - start) / 1000,
        },
      ]
    } finally {
      await api.close()
    }
  },
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}
