/** Every control request of the SDK's published types is answered, whatever its fields hold; the session lives on. */
import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { text } from "../fake-api/fake-api.ts"
import { built, controlRequest, type Message, STREAM, type Started, userMessage, withPlace } from "./place.ts"

/** The machine may be busy with other things. */
setDefaultTimeout(30_000)

const types = readFileSync(
  join(import.meta.dir, "../../node_modules/@anthropic-ai/claude-agent-sdk/sdk.d.ts"),
  "utf8",
)

/** The subtypes of the union `SDKControlRequestInner`, and those that methods of the SDK send beside it. */
const SUBTYPES = (() => {
  const union = /type SDKControlRequestInner = ([^;]+);/.exec(types)?.[1] ?? ""
  const named = union.split("|").flatMap((name) => {
    const at = types.indexOf(`type ${name.trim()} = {`)
    return /subtype: '(\w+)'/.exec(types.slice(at))?.[1] ?? []
  })
  return [...new Set([...named, "update_settings", "set_mcp_permission_mode_override"])]
})()

/** Only we ask these; a host that sends one gets the error for what is not supported. */
const OURS = new Set(["can_use_tool", "hook_callback", "elicitation", "request_user_dialog"])

async function answer(run: Started, request: Message): Promise<Message> {
  run.send(request)
  return (await run.message(({ response }) => response?.request_id === request.request_id)).response
}

const WRONG = [null, 7, "text", true, [], {}, { deep: [1, { a: null }] }, "x".repeat(100_000)]
const FIELDS = [
  ...[
    "mode",
    "model",
    "max_thinking_tokens",
    "title",
    "color",
    "serverName",
    "enabled",
    "servers",
    "uri",
    "tool",
  ],
  ...["arguments", "user_message_id", "message_uuid", "path", "mtime", "directory", "task_id", "tool_use_id"],
  ...["settings", "source", "query", "has_subscribers", "hooks", "sdkMcpServers", "agents", "systemPrompt"],
  ...[
    "jsonSchema",
    "server_name",
    "message",
    "detail",
    "encoding",
    "max_bytes",
    "add_plugins",
    "plugins",
    "skills",
  ],
]

describe.skipIf(!built)("control requests", () => {
  test("the types name what is tried here", () => {
    expect(SUBTYPES.length).toBeGreaterThan(38)
  })

  test.concurrent.each(SUBTYPES)(
    "%s with nothing, and with wrong values in every field, is answered",
    (subtype) =>
      withPlace([text("Alive")], async (place) => {
        const run = place.start(STREAM, { open: true })
        const bare = await answer(run, controlRequest(subtype))
        const unsupported = bare.error_code === "unsupported_request"
        expect(unsupported).toBe(OURS.has(subtype))
        for (const value of WRONG) {
          const body = Object.fromEntries(FIELDS.map((field) => [field, value]))
          const { subtype: outcome, error } = await answer(run, controlRequest(subtype, body))
          expect(outcome).toMatch(/^(success|error)$/)
          if (outcome === "error") {
            expect(error.length).toBeGreaterThan(0)
            expect(error.length).toBeLessThan(2_000)
            // A bug of ours reads like one.
            expect(error).not.toMatch(/is not a function|undefined is not|Cannot read|null is not/)
          }
        }
        run.send(userMessage("Are you there?"))
        await run.message(({ type }) => type === "result")
        run.end()
        expect([0, 1]).toContain((await run.done).code)
      }),
  )

  test.concurrent("with the same id twice, with none, and after a cancel, are no trouble", () =>
    withPlace([text("Alive")], async (place) => {
      const run = place.start(STREAM, { open: true })
      const request = controlRequest("get_context_usage")
      run.send(request, request, { type: "control_request", request: { subtype: "mcp_status" } })
      run.send({ type: "control_cancel_request", request_id: request.request_id })
      run.send({ type: "control_cancel_request", request_id: "never" })
      run.send({ type: "control_response", response: { subtype: "success", request_id: "never" } })
      run.send({ type: "control_response" }, { type: "control_request", request_id: "x", request: 7 })
      run.send(userMessage("Are you there?"))
      await run.message(({ result }) => result === "Alive")
      run.end()
      const { code, out } = await run.done
      expect(code).toBe(0)
      const replies = out.split("\n").filter((line) => line.includes(`"request_id":"${request.request_id}"`))
      expect(replies).toHaveLength(2)
    }))
})
