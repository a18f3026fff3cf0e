import { describe, expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { chunks, error, text, toolUse } from "../fake-api/fake-api.ts"
import { built, withPlace } from "./place.ts"
import { kinds, promptStream, resultOf } from "./sdk-session.ts"

describe.skipIf(!built)("the published TypeScript SDK drives dist/ccts", () => {
  test.concurrent("a string prompt is answered", () =>
    withPlace([text("Hello there")], async ({ api, sdk }) => {
      const { messages, error: thrown } = await sdk({ prompt: "Hi" })
      expect(thrown).toBeNull()
      expect(kinds(messages)).toContain("system/init")
      expect(resultOf(messages)).toMatchObject({
        subtype: "success",
        is_error: false,
        result: "Hello there",
        num_turns: 1,
        terminal_reason: "completed",
      })
      expect(api.turns).toHaveLength(1)
      expect(JSON.stringify(api.turns[0]?.body.messages)).toContain("Hi")
    }))

  test.concurrent("the pieces of a reply come as stream events", () =>
    withPlace([text("one two three four five six")], async ({ sdk }) => {
      const { messages } = await sdk({ prompt: "Hi", options: { includePartialMessages: true } })
      const deltas = messages.flatMap((m) =>
        m.type === "stream_event" &&
        m.event.type === "content_block_delta" &&
        m.event.delta.type === "text_delta"
          ? [m.event.delta.text]
          : [],
      )
      expect(deltas.join("")).toBe("one two three four five six")
    }))

  test.concurrent("a call that the host allows runs, with the input it gave", () =>
    withPlace([toolUse("Bash", { command: "touch asked" }), text("Done")], async ({ api, cwd, sdk }) => {
      const { prompt, close } = promptStream("Make a file")
      const { messages, error: thrown } = await sdk({
        prompt,
        options: {
          canUseTool: async (_, input) => ({
            behavior: "allow",
            updatedInput: { ...input, command: "touch given" },
          }),
        },
        onMessage: (message) => {
          if (message.type === "result") close()
        },
      })
      expect(thrown).toBeNull()
      expect(resultOf(messages)).toMatchObject({ result: "Done", num_turns: 2 })
      expect([existsSync(join(cwd, "asked")), existsSync(join(cwd, "given"))]).toEqual([false, true])
      expect(api.turns).toHaveLength(2)
    }))

  test.concurrent("a call that the host denies does not run, and the model reads why", () =>
    withPlace([toolUse("Bash", { command: "touch asked" }), text("I see")], async ({ api, cwd, sdk }) => {
      const { prompt, close } = promptStream("Make a file")
      const { messages } = await sdk({
        prompt,
        options: { canUseTool: async () => ({ behavior: "deny", message: "keep the folder clean" }) },
        onMessage: (message) => {
          if (message.type === "result") close()
        },
      })
      expect(existsSync(join(cwd, "asked"))).toBe(false)
      expect(JSON.stringify(api.turns[1]?.body.messages)).toContain("keep the folder clean")
      expect(resultOf(messages).permission_denials).toMatchObject([{ tool_name: "Bash" }])
    }))

  test.concurrent("without a host the question is denied and reported", () =>
    withPlace([toolUse("Bash", { command: "touch asked" }), text("I see")], async ({ cwd, sdk }) => {
      const { messages } = await sdk({ prompt: "Make a file" })
      expect(existsSync(join(cwd, "asked"))).toBe(false)
      expect(kinds(messages)).toContain("system/permission_denied")
      expect(resultOf(messages)).toMatchObject({ subtype: "success", result: "I see" })
    }))

  test.concurrent("interrupt ends a streaming turn", () =>
    withPlace([[text("word ".repeat(2_000)), chunks(64, 20)]], async ({ sdk }) => {
      const first = promptStream("Talk")
      const { messages, error: thrown } = await sdk({
        prompt: first.prompt,
        options: { includePartialMessages: true },
        onMessage: async (message, query) => {
          if (message.type === "stream_event" && message.event.type === "content_block_start")
            await query.interrupt()
          if (message.type === "result") first.close()
        },
      })
      expect(thrown).toBeNull()
      expect(resultOf(messages)).toMatchObject({
        subtype: "error_during_execution",
        terminal_reason: "aborted_streaming",
      })
    }))

  test.concurrent("a session is resumed with what was said", () =>
    withPlace([text("Noted"), text("It was 42")], async ({ api, sdk }) => {
      const first = await sdk({ prompt: "Remember 42" })
      const session = resultOf(first.messages).session_id
      const second = await sdk({ prompt: "What was it?", options: { resume: String(session) } })
      expect(resultOf(second.messages)).toMatchObject({ result: "It was 42", session_id: session })
      expect(JSON.stringify(api.turns[1]?.body.messages)).toContain("Remember 42")
    }))

  test.concurrent("a refused key ends as a failed result that names it, not as a hang", () =>
    withPlace([error(401), error(401), error(401), error(401)], async ({ sdk }) => {
      const { messages, error: thrown } = await sdk({ prompt: "Hi" })
      expect(resultOf(messages)).toMatchObject({ is_error: true, api_error_status: 401 })
      expect(thrown?.message).toContain("API Error")
    }))
})
