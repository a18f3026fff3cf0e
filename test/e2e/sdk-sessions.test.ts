import { describe, expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import {
  forkSession,
  getSessionInfo,
  getSessionMessages,
  getSubagentMessages,
  listSessions,
  listSubagents,
  renameSession,
  type SDKMessage,
  tagSession,
} from "@anthropic-ai/claude-agent-sdk"
import { text, toolUse } from "../fake-api/fake-api.ts"
import { built, withPlace } from "./place.ts"
import { resultOf } from "./sdk-session.ts"

const sessionOf = (messages: readonly SDKMessage[]) => String(resultOf(messages).session_id)
const said = (body: unknown) => JSON.stringify(body)

describe.skipIf(!built)("sessions over the SDK", () => {
  test.concurrent("continue takes the newest conversation of the folder", () =>
    withPlace([text("One"), text("Two")], async ({ sdk, api }) => {
      const first = await sdk({ prompt: "Remember apples" })
      const second = await sdk({ prompt: "And now?", options: { continue: true } })
      expect(sessionOf(second.messages)).toBe(sessionOf(first.messages))
      expect(said(api.turns[1]?.body.messages)).toContain("Remember apples")
    }))

  test.concurrent("a fork has its own id and leaves the old one as it was", () =>
    withPlace([text("One"), text("Two"), text("Three")], async ({ sdk, api }) => {
      const first = sessionOf((await sdk({ prompt: "Remember pears" })).messages)
      const fork = await sdk({ prompt: "Fork here", options: { resume: first, forkSession: true } })
      expect(sessionOf(fork.messages)).not.toBe(first)
      await sdk({ prompt: "Back again", options: { resume: first } })
      expect(said(api.turns[1]?.body.messages)).toContain("Remember pears")
      expect(said(api.turns[2]?.body.messages)).not.toContain("Fork here")
    }))

  test.concurrent("resumeSessionAt goes on from that message", () =>
    withPlace([text("First answer"), text("Second answer"), text("Third")], async ({ sdk, api }) => {
      const first = await sdk({ prompt: "First prompt" })
      const at = first.messages.findLast((message) => message.type === "assistant")?.uuid
      const session = sessionOf(first.messages)
      await sdk({ prompt: "Second prompt", options: { resume: session } })
      await sdk({ prompt: "Third prompt", options: { resume: session, resumeSessionAt: String(at) } })
      const sent = said(api.turns[2]?.body.messages)
      expect(sent).toContain("First answer")
      expect(sent).not.toContain("Second prompt")
    }))

  test.concurrent("an id that is asked for is used, and a taken or unknown one is refused clearly", () =>
    withPlace([text("Hi")], async ({ sdk }) => {
      const sessionId = crypto.randomUUID()
      const { messages } = await sdk({ prompt: "Hi", options: { sessionId } })
      expect(sessionOf(messages)).toBe(sessionId)
      const unknown = await sdk({ prompt: "Hi", options: { resume: crypto.randomUUID() } })
      expect(unknown.error?.message).toContain("exited with code 1")
      expect(unknown.stderr).toContain("No conversation found with session ID")
    }))

  test.concurrent("persistSession: false leaves nothing on disk", () =>
    withPlace([text("Hi")], async ({ sdk, config }) => {
      const { messages } = await sdk({ prompt: "Hi", options: { persistSession: false } })
      expect(resultOf(messages)).toMatchObject({ result: "Hi" })
      expect(existsSync(join(config, "projects"))).toBe(false)
    }))

  test.concurrent("several prompts on one stream are one session with one result each", () =>
    withPlace([text("One"), text("Two")], async ({ sdk, api }) => {
      const next = Promise.withResolvers<void>()
      const done = Promise.withResolvers<void>()
      async function* prompts() {
        const message = (content: string) => ({
          type: "user" as const,
          message: { role: "user" as const, content },
          parent_tool_use_id: null,
          session_id: "",
        })
        yield message("first")
        await next.promise
        yield message("second")
        await done.promise
      }
      let results = 0
      const { messages } = await sdk({
        prompt: prompts(),
        onMessage(message) {
          if (message.type !== "result") return
          results++
          if (results === 1) next.resolve()
          else done.resolve()
        },
      })
      const all = messages.filter((message) => message.type === "result")
      expect(all.map((one) => ("result" in one ? one.result : ""))).toEqual(["One", "Two"])
      expect(new Set(all.map((one) => one.session_id)).size).toBe(1)
      expect(said(api.turns[1]?.body.messages)).toContain("first")
    }))
})

/** The SDK's readers look at the process's own environment, so these run one after the other. */
describe.skipIf(!built)("the SDK's own readers, on what the binary wrote", () => {
  async function withConfig<T>(config: string, read: () => Promise<T>): Promise<T> {
    const before = process.env.CLAUDE_CONFIG_DIR
    process.env.CLAUDE_CONFIG_DIR = config
    try {
      return await read()
    } finally {
      if (before === undefined) delete process.env.CLAUDE_CONFIG_DIR
      else process.env.CLAUDE_CONFIG_DIR = before
    }
  }

  test("list, read, rename, tag, fork", () =>
    withPlace([text("The answer"), text("More")], async ({ sdk, cwd, config, api }) => {
      const id = sessionOf((await sdk({ prompt: "The question" })).messages)
      await withConfig(config, async () => {
        expect(await listSessions({ dir: cwd })).toMatchObject([{ sessionId: id, summary: "The question" }])
        const read = await getSessionMessages(id, { dir: cwd })
        expect(read.map(({ type }) => type)).toEqual(["user", "assistant"])
        expect(said(read)).toContain("The answer")
        await renameSession(id, "A name", { dir: cwd })
        await tagSession(id, "mine", { dir: cwd })
        expect(await getSessionInfo(id, { dir: cwd })).toMatchObject({ customTitle: "A name", tag: "mine" })
        const fork = await forkSession(id, { dir: cwd })
        await sdk({ prompt: "Go on", options: { resume: fork.sessionId } })
        expect(said(api.turns[1]?.body.messages)).toContain("The question")
        // What our program appended later keeps the name.
        expect(await getSessionInfo(id, { dir: cwd })).toMatchObject({ customTitle: "A name" })
      })
    }))

  test("subagents and their transcripts", () =>
    withPlace(
      ({ body }) =>
        body.messages.length === 1 && said(body.messages).includes("Delegate")
          ? toolUse("Agent", { description: "Look", prompt: "Look around", subagent_type: "Explore" })
          : text("Found it"),
      async ({ sdk, cwd, config }) => {
        const id = sessionOf((await sdk({ prompt: "Delegate" })).messages)
        await withConfig(config, async () => {
          const [agent, ...others] = await listSubagents(id, { dir: cwd })
          expect(others).toEqual([])
          expect(said(await getSubagentMessages(id, agent ?? "", { dir: cwd }))).toContain("Found it")
        })
      },
    ))
})
