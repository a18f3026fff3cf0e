import type { ApiItem, ApiPort, StreamEvent } from "../../../src/model/api.ts"
import { rig, toyTool } from "../../../test/engine/harness.ts"
import { encodeReply } from "../../../test/fake-api/encode-reply.ts"
import { text, toolUse } from "../../../test/fake-api/fake-api.ts"
import type { Row } from "../row.ts"
import { median } from "../statistics.ts"

/** Tool turns until the history has 500 messages: a call and its result are two. */
const FILL = 250
const COUNTED = 60
/** Tool turns behind the engine when it is measured again. */
const LATER = 2_000

/** The engine alone, in this process: what it does between two replies, and whether that grows with its age. */
export const engineTurn: Row = {
  name: "engine-turn",
  async run() {
    const { api, gaps, script } = timedApi()
    const engine = rig({
      api,
      tools: [toyTool("Look", "read", async () => "A line of output.\n".repeat(20))],
    })
    const measure = async () => {
      engine.send({ type: "clear" })
      await engine.until("session", (event) => event.why === "clear")
      script(FILL + COUNTED)
      engine.say("go")
      await engine.until("turn.end")
      engine.forget()
      return gaps.slice(-COUNTED)
    }
    const young = await measure()
    for (let turns = 0; turns < LATER; turns += FILL + COUNTED) await measure()
    const old = await measure()
    await engine.close()
    return [
      {
        key: "engine.own",
        label: "tool turn with 500 messages, in process",
        unit: "ms",
        value: median(young),
        must: 3,
        aim: 1,
      },
      {
        key: "engine.own.old",
        label: `… after ${LATER.toLocaleString("en")} tool turns`,
        unit: "ms",
        value: median(old),
        must: 3,
        aim: 1,
      },
    ]
  },
}

/** Answers at once and notes the milliseconds from the end of a reply to the next request. */
function timedApi() {
  const gaps: number[] = []
  let left = 0
  let ended: number | undefined
  const api: ApiPort = {
    async *stream(request): AsyncGenerator<ApiItem> {
      if (ended !== undefined) gaps.push(performance.now() - ended)
      const parts = left-- > 0 ? [text("I look."), toolUse("Look", {})] : [text("Done.")]
      const usage = { input_tokens: 10, output_tokens: 1 }
      const events = [...encodeReply({ model: request.model, parts, usage })]
      yield { type: "sent", attempt: 1 }
      for (const event of events) {
        yield { type: "event", event: JSON.parse(event.slice(event.indexOf("data: ") + 6)) as StreamEvent }
      }
      ended = left >= 0 ? performance.now() : undefined
      yield { type: "done", requestId: null }
    },
  }
  return {
    api,
    gaps,
    script(turns: number) {
      left = turns
      gaps.length = 0
      ended = undefined
    },
  }
}
