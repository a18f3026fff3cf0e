import { expect, test } from "bun:test"
import { isMessageLine } from "../../src/model/line.ts"
import { text, toolUse } from "../fake-api/reply.ts"
import { rig, scriptedApi, toyTool } from "./harness.ts"

const read = () => toyTool("Toy", "read", async () => "seen")

/** What the model was shown of the conversation, as text. */
const shown = (request: { readonly messages: unknown } | undefined) => JSON.stringify(request?.messages)

test("after going back the model sees the conversation as it was, and the record keeps the dead branch", async () => {
  const api = scriptedApi([text("one"), toolUse("Toy", {}), text("two"), text("three")])
  const it = rig({ api, tools: [read()] })
  try {
    it.say("first")
    await it.until("turn.end")
    it.say("second")
    const asked = await it.until("prompt", ({ content }) => content === "second")
    await it.until("turn.end")
    it.send({ type: "rewind", to: asked.uuid })
    expect(await it.until("rewound")).toMatchObject({ to: asked.uuid })
    it.say("another")
    await it.until("turn.end")
    expect(shown(api.requests.at(-1))).toContain("one")
    expect(shown(api.requests.at(-1))).toContain("another")
    expect(shown(api.requests.at(-1))).not.toContain("second")
    expect(api.rejections).toEqual([])
    // Readers of the file walk from the newest line up: the new prompt hangs below the first reply.
    const messages = it.lines.filter(isMessageLine)
    const lineOf = (said: string) =>
      messages.find((line) => JSON.stringify(line.message).includes(`"${said}"`))
    expect(lineOf("another")?.parentUuid).toBe(lineOf("one")?.uuid ?? "")
    expect(lineOf("second")).toBeDefined()
  } finally {
    await it.close()
  }
})

test("going back while a turn runs ends it first", async () => {
  const api = scriptedApi([toolUse("Toy", {}), text("fresh")])
  const it = rig({ api, tools: [toyTool("Toy", "read", () => new Promise(() => {}))] })
  try {
    it.say("hang")
    const asked = await it.until("prompt")
    await it.until("tool.begin")
    it.send({ type: "rewind", to: asked.uuid })
    await it.until("rewound")
    it.say("again")
    expect((await it.until("turn.end", ({ reason }) => reason === "completed")).result).toBe("fresh")
    expect(shown(api.requests.at(-1))).not.toContain("hang")
  } finally {
    await it.close()
  }
})

test("a prompt that the conversation does not hold any more is named, and nothing is lost", async () => {
  const api = scriptedApi([text("one"), text("two")])
  const it = rig({ api, tools: [] })
  try {
    it.say("first")
    await it.until("turn.end")
    it.send({ type: "rewind", to: crypto.randomUUID() })
    expect((await it.until("notice", ({ code }) => code === "rewind")).text).toContain(
      "does not hold that prompt",
    )
    it.say("second")
    await it.until("turn.end")
    expect(shown(api.requests.at(-1))).toContain("first")
  } finally {
    await it.close()
  }
})
