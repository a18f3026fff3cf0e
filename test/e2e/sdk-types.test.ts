/** Every line of recorded sessions fits the SDK's published types: the real compiler judges the real lines. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { chunks, error, headers, parallel, text, thinking, toolUse } from "../fake-api/fake-api.ts"
import { built, controlRequest, type Message, type Place, STREAM, userMessage, withPlace } from "./place.ts"

/** The machine may be busy with other things. */
setDefaultTimeout(30_000)

const root = join(import.meta.dir, "../..")
/** Below the project, where the SDK's types are found. */
let folder = ""
beforeAll(() => {
  folder = mkdtempSync(join(root, "dist/types-"))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Everything a host may ask to be told. */
const ALL = [
  ...STREAM,
  "--include-partial-messages",
  "--include-hook-events",
  "--forward-subagent-text",
  "--replay-user-messages",
  "--allowedTools=Bash,Edit,Write,Agent",
] as const

const recorded: Message[] = []

/** A session to its end; its lines are kept for the compiler. */
async function record(
  place: Place,
  prompts: readonly string[],
  options: {
    readonly args?: readonly string[]
    readonly env?: Readonly<Record<string, string>>
    readonly first?: readonly Message[]
    during?(run: ReturnType<Place["start"]>): Promise<void>
  } = {},
): Promise<readonly Message[]> {
  const run = place.start([...ALL, ...(options.args ?? [])], {
    open: true,
    env: { CLAUDE_CODE_SDK_READS_SESSION_STATE: "1", ...options.env },
  })
  run.send(...(options.first ?? [controlRequest("initialize")]))
  for (const [at, prompt] of prompts.entries()) {
    run.send(userMessage(prompt, { uuid: crypto.randomUUID() }))
    if (at === 0) await options.during?.(run)
    await run.message(({ type, result_index: index }) => type === "result" && index >= at)
  }
  run.end()
  const { out } = await run.done
  const lines = out
    .trim()
    .split("\n")
    .map((line): Message => JSON.parse(line))
  recorded.push(...lines)
  return lines
}

function typeOf({ type }: Message): string {
  if (type === "control_request") return "SDKControlRequest"
  return type === "control_response" ? "SDKControlResponse" : "SDKMessage"
}

function kindOf({ type, subtype, event }: Message): string {
  return [type, subtype, event?.type].filter((part) => part !== undefined).join("/")
}

describe.skipIf(!built)("what hosts are sent fits the published types", () => {
  test("sessions with tools, thinking, subagents, tasks, hooks, retries, compaction and commands", async () => {
    await Promise.all([
      withPlace(
        ({ body }) => {
          const last = JSON.stringify(body.messages.at(-1))
          if (last.includes("Inner task")) return text("inner words")
          if (last.includes("Go on please"))
            return parallel(
              thinking("Let me see"),
              text("First"),
              toolUse("Write", { file_path: "a.txt", content: "one\n" }),
              toolUse("Bash", { command: "echo out; echo err >&2" }),
              toolUse("Read", { file_path: "missing.txt" }),
              toolUse("Agent", { description: "In", prompt: "Inner task", subagent_type: "general-purpose" }),
              toolUse("WebFetch", { url: "https://example.invalid/", prompt: "x" }),
            )
          if (JSON.stringify(body.messages[0]).includes("Behind task"))
            return body.messages.length === 1 ? toolUse("Read", { file_path: "a.txt" }) : text("found")
          if (last.includes("Delegate"))
            return toolUse("Agent", {
              description: "Behind",
              prompt: "Behind task",
              subagent_type: "general-purpose",
              run_in_background: true,
            })
          if (last.includes("In the background"))
            return toolUse("Bash", { command: "sleep 0.2; echo late", run_in_background: true })
          if (last.includes("Edit it"))
            return toolUse("Edit", { file_path: "a.txt", old_string: "one", new_string: "two" })
          return text("Done")
        },
        async (place) => {
          place.write(
            ".claude/settings.json",
            JSON.stringify({
              hooks: {
                SessionStart: [{ hooks: [{ type: "command", command: "echo hello" }] }],
                PreToolUse: [{ matcher: "Bash", hooks: [{ type: "command", command: "echo seen" }] }],
              },
            }),
          )
          place.write(".claude/skills/tidy/SKILL.md", "---\ndescription: Tidies\n---\nTidy up $ARGUMENTS")
          await record(place, [
            "Go on please",
            "Edit it",
            "In the background",
            "Delegate",
            "/cost",
            "/clear",
            "/tidy now",
          ])
        },
      ),
      withPlace(
        ({ body }, index) => {
          if (index === 0) return error(529)
          if (JSON.stringify(body).includes("Summar")) return text("A summary")
          return [
            text("answer"),
            headers({
              "anthropic-ratelimit-unified-status": "allowed_warning",
              "anthropic-ratelimit-unified-reset": String(Math.floor(Date.now() / 1000) + 3600),
              "anthropic-ratelimit-unified-representative-claim": "five_hour",
            }),
          ]
        },
        (place) =>
          record(place, ["Hi", "And again", "/compact", "After it"], {
            env: { CLAUDE_CODE_MAX_RETRIES: "2" },
          }),
      ),
      withPlace([error(401), error(401), error(401)], (place) => record(place, ["Hi"])),
      withPlace([[text("word ".repeat(2_000)), chunks(64, 20)]], (place) =>
        record(place, ["Talk"], {
          async during(run) {
            await run.message(({ event }) => event?.type === "content_block_delta")
            run.send(controlRequest("interrupt"))
          },
        }),
      ),
      withPlace(
        [toolUse("Bash", { command: "echo a; sleep 1.2; echo b; sleep 0.5; echo c" }), text("Done")],
        (place) => record(place, ["Run it"], { args: ["--max-turns=1"] }),
      ),
      withPlace([toolUse("StructuredOutput", { ok: true })], (place) =>
        record(place, ["Judge"], {
          args: ['--json-schema={"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"]}'],
        }),
      ),
      withPlace([text("One"), text("Two")], (place) =>
        record(place, ["One", "Two"], {
          async during(run) {
            run.send(
              controlRequest("set_permission_mode", { mode: "plan" }),
              controlRequest("set_model", { model: "sonnet" }),
            )
          },
        }),
      ),
      // Nobody can be asked.
      withPlace([toolUse("Bash", { command: "touch x" }), text("I see")], async (place) => {
        const run = place.start([...STREAM], { open: true })
        run.send(userMessage("Touch it"))
        await run.message(({ type }) => type === "result")
        run.end()
        recorded.push(
          ...(await run.done).out
            .trim()
            .split("\n")
            .map((line): Message => JSON.parse(line)),
        )
      }),
    ])
    const kinds = new Set(recorded.map(kindOf))
    for (const kind of [
      "assistant",
      "control_response",
      "conversation_reset",
      "result/error_during_execution",
      "result/error_max_turns",
      "result/success",
      "stream_event/message_start",
      "system/api_retry",
      "system/background_tasks_changed",
      "system/compact_boundary",
      "system/hook_response",
      "system/hook_started",
      "system/init",
      "system/local_command_output",
      "system/permission_denied",
      "system/session_state_changed",
      "system/status",
      "system/task_notification",
      "system/task_progress",
      "system/task_updated",
      "system/task_started",
      "tool_progress",
      "user",
    ])
      expect([...kinds]).toContain(kind)
    expect(await complaints(recorded.map((line) => [typeOf(line), line]))).toBe("")
  }, 60_000)

  test("what we ask a host, and what we answer it", () =>
    withPlace(
      ({ body }) => {
        const last = JSON.stringify(body.messages.at(-1))
        if (last.includes("Make it"))
          return parallel(
            toolUse("Bash", { command: "touch made" }),
            toolUse("AskUserQuestion", {
              questions: [
                {
                  question: "Which?",
                  header: "Choice",
                  multiSelect: false,
                  options: [
                    { label: "A", description: "a" },
                    { label: "B", description: "b" },
                  ],
                },
              ],
            }),
            toolUse("mcp__toy__echo", { value: "x" }),
          )
        return text("Done")
      },
      async (place) => {
        place.write("a.txt", "abc")
        const settings = { hooks: { Stop: [{ hooks: [{ type: "command", command: "true" }] }] } }
        place.write(".claude/settings.json", JSON.stringify(settings))
        const run = place.start([...STREAM, "--permission-prompt-tool=stdio"], { open: true })
        const values: [string, unknown][] = []
        const ask = async (subtype: string, type: string, body: Message = {}) => {
          const request = controlRequest(subtype, body)
          run.send(request)
          const reply = await run.message(({ response }) => response?.request_id === request.request_id)
          expect(reply.response).toMatchObject({ subtype: "success" })
          values.push(["SDKControlResponse", reply])
          if (type !== "") values.push([type, reply.response.response])
        }
        // A host that answers whatever it is asked.
        const asked: Message[] = []
        void (async () => {
          for (;;) {
            const seen = asked.length
            let at = 0
            const request = await run.message((one) => one.type === "control_request" && at++ === seen)
            asked.push(request)
            const { subtype, message, input } = request.request
            const answer =
              subtype === "can_use_tool"
                ? { behavior: "allow", updatedInput: { ...input, answers: { "Which?": "A" } } }
                : subtype === "mcp_message"
                  ? { mcp_response: toyServer(message) }
                  : {}
            run.send({
              type: "control_response",
              response: { subtype: "success", request_id: request.request_id, response: answer },
            })
          }
        })().catch(() => {})
        await ask("initialize", "SDKControlInitializeResponse", {
          sdkMcpServers: ["toy"],
          hooks: { PreToolUse: [{ hookCallbackIds: ["h"] }] },
        })
        run.send(userMessage("Make it"))
        await run.message(({ type }) => type === "result")
        await ask("get_context_usage", "SDKControlGetContextUsageResponse")
        await ask("get_usage", "SDKControlGetUsageResponse")
        await ask("list_permission_rules", "SDKControlListPermissionRulesResponse")
        await ask("read_file", "SDKControlReadFileResponse", { path: "a.txt" })
        await ask("reload_skills", "SDKControlReloadSkillsResponse")
        await ask("reload_plugins", "SDKControlReloadPluginsResponse")
        await ask("reload_output_styles", "SDKControlReloadOutputStylesResponse")
        await ask("interrupt", "SDKControlInterruptResponse")
        await ask("mcp_set_servers", "McpSetServersResult", { servers: {} })
        for (const subtype of [
          "mcp_status",
          "get_settings",
          "get_hooks_listing",
          "list_models",
          "get_binary_version",
        ])
          await ask(subtype, "")
        await ask("set_has_subscribers", "", { has_subscribers: false })
        await ask("set_mcp_permission_mode_override", "", { serverName: "toy", mode: "default" })
        run.end()
        await run.done
        expect(new Set(asked.map(({ request }) => request.subtype))).toEqual(
          new Set(["mcp_message", "hook_callback", "can_use_tool"]),
        )
        values.push(...asked.map((request): [string, unknown] => ["SDKControlRequest", request]))
        expect(await complaints(values)).toBe("")
      },
    ))
})

/** An MCP server in the host with one tool. */
function toyServer({ id, method }: Message): Message {
  const result =
    method === "initialize"
      ? {
          protocolVersion: "2025-11-25",
          capabilities: { tools: {} },
          serverInfo: { name: "toy", version: "1" },
        }
      : method === "tools/list"
        ? { tools: [{ name: "echo", inputSchema: { type: "object" } }] }
        : { content: [{ type: "text", text: "echoed" }] }
  return { jsonrpc: "2.0", id: id ?? 0, result }
}

/** What the compiler says; empty when every line is one of the SDK's messages. */
async function complaints(values: readonly (readonly [type: string, value: unknown])[]): Promise<string> {
  // Assigned as literals, so that unknown fields are errors, too.
  const source = values.map(
    ([type, value], at) => `export const m${at}: Sdk.${type} = ${JSON.stringify(filled(value))}`,
  )
  const name = `lines-${crypto.randomUUID()}`
  writeFileSync(
    join(folder, `${name}.ts`),
    `import type * as Sdk from "@anthropic-ai/claude-agent-sdk"\n${source.join("\n")}\n`,
  )
  writeFileSync(
    join(folder, `${name}.json`),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        module: "Preserve",
        moduleResolution: "bundler",
        target: "ESNext",
        types: [],
      },
      files: [`${name}.ts`],
    }),
  )
  const child = Bun.spawn(
    [join(root, "node_modules/.bin/tsc"), "-p", join(folder, `${name}.json`), "--pretty", "false"],
    {
      stdout: "pipe",
      stderr: "pipe",
    },
  )
  const [out] = await Promise.all([new Response(child.stdout).text(), child.exited])
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const at = Number(/\.ts\((\d+),/.exec(line)?.[1] ?? 0) - 2
      return `${line} <= ${JSON.stringify(values[at])?.slice(0, 400)}`
    })
    .join("\n")
}

/** With the members that the types of the Messages API demand and its service leaves out of what it streams. */
function filled(value: unknown, key = "", within = ""): unknown {
  if (Array.isArray(value)) return value.map((member) => filled(member, "", within))
  if (typeof value !== "object" || value === null) return value
  const type = "type" in value ? String(value.type) : key
  const object = Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      filled(member, type === "message_delta" ? `${type}.${name}` : name, within || type),
    ]),
  )
  return within === "assistant" || within === "stream_event" ? { ...OMITTED[type], ...object } : object
}

const OMITTED: Readonly<Record<string, object>> = {
  text: { citations: null },
  thinking_delta: { estimated_tokens: null },
  "message_delta.delta": { container: null, stop_details: null },
  "message_delta.usage": { fallback_credit: null, iterations: null, output_tokens_details: null },
  message: { container: null, context_management: null, diagnostics: null, stop_details: null },
  message_delta: { context_management: null },
  usage: {
    fallback_credit: null,
    inference_geo: null,
    iterations: null,
    output_tokens_details: null,
    speed: null,
  },
}
