import { fakeApi, text } from "../../../test/fake-api/fake-api.ts"
import { makePlace } from "../place.ts"
import type { Row } from "../row.ts"
import { median, p95 } from "../statistics.ts"

const PROMPTS = 60
/** The first ones pay for what is loaded on first use. */
const WARM_UP = 10

/** A prompt on stream-json input of a session that runs already: from the write to the moment the service has it. */
export const secondPrompt: Row = {
  name: "second-prompt",
  async run({ binary }) {
    let arrived = Promise.withResolvers<number>()
    const api = await fakeApi({
      script: () => {
        arrived.resolve(Bun.nanoseconds())
        return text("done")
      },
      side: () => text("done"),
    })
    try {
      using place = makePlace(api.url)
      const flags = ["--output-format", "stream-json", "--verbose", "--input-format", "stream-json"]
      const child = Bun.spawn([binary, ...flags], {
        cwd: place.folder,
        env: place.env,
        stdin: "pipe",
        stdout: "pipe",
        stderr: "ignore",
        timeout: 60_000,
      })
      let ended = Promise.withResolvers<void>()
      const reading = (async () => {
        const decoder = new TextDecoder()
        for await (const chunk of child.stdout) {
          if (decoder.decode(chunk, { stream: true }).includes('"type":"result"')) ended.resolve()
        }
      })()
      const gaps: number[] = []
      for (let prompt = 0; prompt < PROMPTS; prompt++) {
        arrived = Promise.withResolvers()
        ended = Promise.withResolvers()
        const message = { role: "user", content: `prompt ${prompt}` }
        const start = Bun.nanoseconds()
        child.stdin.write(`${JSON.stringify({ type: "user", message, parent_tool_use_id: null })}\n`)
        child.stdin.flush()
        gaps.push(((await arrived.promise) - start) / 1e6)
        await ended.promise
      }
      child.stdin.end()
      await Promise.all([child.exited, reading])
      const later = gaps.slice(WARM_UP)
      return [
        {
          key: "stream.prompt",
          label: "a further prompt on stream-json to request sent",
          unit: "ms",
          value: median(later),
          p95: p95(later),
          must: 5,
        },
      ]
    } finally {
      await api.close()
    }
  },
}
