import { fakeApi, text } from "../../../test/fake-api/fake-api.ts"
import { makePlace } from "../place.ts"
import { cpuSeconds } from "../proc.ts"
import { prose } from "../prose.ts"
import type { Row } from "../row.ts"
import { openTerminal, promptReady } from "../terminal.ts"

const END = "that-was-the-last-line"

/** One megabyte of Markdown as fast as the socket takes it. */
export const bigReply: Row = {
  name: "big-reply",
  async run({ binary }) {
    let [arrived, ended] = [0, 0]
    const script = () => {
      arrived = Bun.nanoseconds()
      return text(`${prose(1_000_000)}\n\n${END}`, { delta: 400 })
    }
    const api = await fakeApi({ script, side: () => text("title") })
    try {
      ended = await drained(api.url)
      using place = makePlace(api.url)
      await using terminal = openTerminal([binary], place)
      await promptReady(terminal)
      const before = cpuSeconds(terminal.pid)
      terminal.write("go\r")
      const seen = await terminal.shows(END, 120_000)
      await Bun.sleep(500)
      return [
        {
          key: "big.cpu",
          label: "1 MB reply at once, processor",
          unit: "s",
          value: cpuSeconds(terminal.pid) - before,
        },
        {
          key: "big.shown",
          label: "1 MB reply at once, request to last line shown",
          unit: "ms",
          value: (seen - arrived) / 1e6,
          bare: ended,
        },
      ]
    } finally {
      await api.close()
    }

    /** Milliseconds in which a client that only reads has the whole reply. */
    async function drained(url: string): Promise<number> {
      const body = JSON.stringify({
        model: "claude-sonnet-5-5",
        max_tokens: 64,
        stream: true,
        messages: [{ role: "user", content: "x" }],
      })
      const headers = {
        "content-type": "application/json",
        "x-api-key": "x",
        "anthropic-version": "2023-06-01",
      }
      const answer = await fetch(`${url}/v1/messages`, { method: "POST", headers, body })
      await answer.arrayBuffer()
      return (Bun.nanoseconds() - arrived) / 1e6
    }
  },
}
