import { describe, expect, test } from "bun:test"
import { everything } from "../extend/servers-rig.ts"
import { type Script, text } from "../fake-api/fake-api.ts"
import { built, controlRequest, STREAM, userMessage, withPlace } from "./place.ts"
import { kinds, promptStream } from "./sdk-session.ts"

/** Answers the conversation, and separately what is asked about the next prompt. */
const script: Script = ({ body }) =>
  text(JSON.stringify(body.messages.at(-1)).includes("will most likely type next") ? "run the tests" : "done")

describe.skipIf(!built)("the guess at the next prompt", () => {
  test.concurrent("follows the result, from the second turn on, where a host wants it", () =>
    withPlace(script, async (place) => {
      const { prompt, close } = promptStream("one", "two")
      let results = 0
      const { messages } = await place.sdk({
        prompt,
        options: { promptSuggestions: true },
        onMessage: (message) => {
          if (message.type === "result" && ++results === 2) close()
        },
      })
      const suggested = messages.filter((message) => message.type === "prompt_suggestion")
      expect(suggested).toMatchObject([{ suggestion: "run the tests" }])
      expect(kinds(messages).lastIndexOf("result/success")).toBeLessThan(
        kinds(messages).indexOf("prompt_suggestion"),
      )
    }))

  test.concurrent("is not asked for unasked", () =>
    withPlace(script, async (place) => {
      const { prompt, close } = promptStream("one", "two")
      let results = 0
      const { messages } = await place.sdk({
        prompt,
        onMessage: (message) => {
          if (message.type === "result" && ++results === 2) close()
        },
      })
      expect([kinds(messages).includes("prompt_suggestion"), place.api.turns.length]).toEqual([false, 2])
    }))

  test.concurrent("is refused by the person's environment", () =>
    withPlace(script, async (place) => {
      const { prompt, close } = promptStream("one", "two")
      let results = 0
      await place.sdk({
        prompt,
        options: {
          promptSuggestions: true,
          env: { ...place.env, CLAUDE_CODE_ENABLE_PROMPT_SUGGESTION: "false" },
        },
        onMessage: (message) => {
          if (message.type === "result" && ++results === 2) close()
        },
      })
      expect(place.api.turns).toHaveLength(2)
    }))
})

describe.skipIf(!built)("what a host is told of commands and may call", () => {
  test.concurrent("a skill that appears is in a new list of commands", () =>
    withPlace(script, async (place) => {
      const run = place.start(STREAM, { open: true })
      run.send(controlRequest("initialize"), userMessage("one"))
      await run.message(({ type }) => type === "result")
      place.write(".claude/skills/fresh/SKILL.md", "---\nname: fresh\ndescription: New here\n---\nDo it.\n")
      run.send(controlRequest("reload_skills"), userMessage("two"))
      const { commands } = await run.message(({ subtype }) => subtype === "commands_changed")
      expect(JSON.stringify(commands)).toContain('"name":"fresh"')
      run.end()
      expect((await run.done).code).toBe(0)
    }))

  test.concurrent("mcp_call runs a server's tool without a turn", () =>
    withPlace(script, async (place) => {
      const servers = { mcpServers: { every: { command: process.execPath, args: [everything, "stdio"] } } }
      const run = place.start([...STREAM, "--mcp-config", JSON.stringify(servers)], { open: true })
      const call = controlRequest("mcp_call", { tool: "mcp__every__echo", arguments: { message: "hi" } })
      run.send(controlRequest("initialize"), userMessage("one"))
      await run.message(({ type }) => type === "result")
      run.send(call)
      const { response } = await run.message(
        ({ type, response }) => type === "control_response" && response.request_id === call.request_id,
      )
      expect(response).toMatchObject({
        subtype: "success",
        response: { content: [{ type: "text", text: "Echo: hi" }] },
      })
      expect(place.api.turns).toHaveLength(1)
    }))
})
