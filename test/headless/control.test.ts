import { describe, expect, test } from "bun:test"
import type { HostChannel } from "../../src/headless/host-channel.ts"
import type { InitializeRequest } from "../../src/headless/initialize.ts"
import { readLines } from "../../src/headless/lines.ts"
import {
  answerTurn,
  ask,
  CONTEXT_REPORT,
  promptAdded,
  SESSION,
  turnBegin,
  turnEnd,
  USAGE_REPORT,
} from "./fake-engine.ts"
import { type Host, INFO, STREAM, startRun, userMessage } from "./harness.ts"

const STDIO = { ...STREAM, permissionPromptTool: "stdio" }

async function finish(run: Host): Promise<number> {
  run.closeStdin()
  return await run.exit
}

describe("prompts", () => {
  test("content is passed on with its uuid, strings and blocks alike; the run ends after stdin and the queue", async () => {
    const run = startRun({ flags: STREAM })
    run.say(userMessage("Hi", { uuid: "u-1" }))
    run.say({ type: "user", message: { role: "user", content: "again" }, uuid: "u-2", client_composed: true })
    run.closeStdin()
    await run.engine.received("prompt", ({ uuid }) => uuid === "u-2")
    expect(run.engine.commands).toEqual([
      { type: "prompt", content: [{ type: "text", text: "Hi" }], uuid: "u-1", origin: "person" },
      { type: "prompt", content: "again", uuid: "u-2", origin: "person", verbatim: true },
    ])
    run.engine.push(turnBegin(), promptAdded("u-1"))
    run.engine.push({ type: "queue", queued: [{ uuid: "u-2", text: "again" }] }, turnEnd({ result: "one" }))
    await run.heard((m) => m.result === "one")
    run.engine.push({ type: "queue", queued: [] }, ...answerTurn("two", "u-2"))
    expect(await run.exit).toBe(0)
    expect(run.messages().filter((m) => m.type === "result")).toHaveLength(2)
  })

  test("shouldQuery false is appended silently and waits for no turn", async () => {
    const run = startRun({ flags: STREAM })
    run.say(userMessage("context", { uuid: "u-1", shouldQuery: false }))
    expect(await finish(run)).toBe(0)
    expect(run.engine.commands).toMatchObject([{ type: "prompt", silent: true }])
  })

  test("stdin that ends at once ends the run", async () => {
    expect(await finish(startRun({ flags: STREAM }))).toBe(0)
  })

  test("a failed last turn is exit 1, an interrupted one is not", async () => {
    const failed = startRun({ flags: STREAM })
    failed.engine.push(turnBegin(), turnEnd({ reason: "max_turns" }))
    await failed.heard((m) => m.type === "result")
    expect(await finish(failed)).toBe(1)
    const interrupted = startRun({ flags: STREAM })
    interrupted.engine.push(turnBegin(), turnEnd({ reason: "interrupted" }))
    await interrupted.heard((m) => m.type === "result")
    expect(await finish(interrupted)).toBe(0)
  })
})

describe("bad input is one clear line, a failed result and exit 1", () => {
  test.each([
    ['{"type":"user"', "Line 1 of stdin is not JSON: "],
    ["hello", "Line 1 of stdin is not JSON: "],
    ["[1]", "Line 1 of stdin is not a JSON object."],
    ['\n{"type":"keep_alive"}\n{', "Line 3 of stdin is not JSON: "],
    [
      '{"type":"user","message":{"role":"assistant","content":"x"}}',
      'A user message on stdin needs message.role "user".',
    ],
    [
      '{"type":"user","message":{"role":"user","content":7}}',
      "A user message on stdin needs message.content",
    ],
  ])("%s", async (text, line) => {
    const run = startRun({ flags: STREAM })
    run.raw(`${text}\n`)
    expect(await run.exit).toBe(1)
    expect(run.stderr()).toStartWith(line)
    expect(run.stderr().trim()).not.toContain("\n")
    expect(run.messages().at(-1)).toMatchObject({
      type: "result",
      subtype: "error_during_execution",
      is_error: true,
    })
  })

  test("with --await-initialize everything else in the first line is a startup failure", async () => {
    const run = startRun({ flags: { ...STREAM, awaitInitialize: true } })
    run.say(userMessage("Hi"))
    expect(await run.exit).toBe(1)
    expect(run.engine.commands).toEqual([])
    expect(run.messages().at(-1)).toMatchObject({ startup_failure_reason: "initialize_not_first" })
  })

  test("a host that floods us with requests and never reads is let go", async () => {
    const unread: (() => void)[] = []
    const stdout = {
      write(_: string, done: () => void) {
        unread.push(done)
        return false
      },
      on: () => undefined,
    }
    const controls = { much: () => ({ text: "x".repeat(8 * 1024 * 1024) }) }
    const run = startRun({ flags: STREAM, stdout, controls })
    for (let i = 0; i < 9; i++)
      run.say({ type: "control_request", request_id: `${i}`, request: { subtype: "much" } })
    while (!run.engine.closed) await Bun.sleep(1)
    for (const done of unread) done()
    expect(await run.exit).toBe(1)
    expect(run.stderr()).toBe("The host sends requests but does not read the answers.\n")
  })

  test("messages of other types are ignored with one warning each", async () => {
    const run = startRun({ flags: STREAM })
    run.say({ type: "assistant" })
    run.say({ type: "assistant" })
    run.say({ type: "keep_alive" })
    expect(await finish(run)).toBe(0)
    expect(run.stderr()).toBe('Messages of type "assistant" on stdin are ignored.\n')
  })
})

describe("lines", () => {
  const bytes = (...parts: readonly string[]) =>
    (async function* () {
      for (const part of parts) yield new TextEncoder().encode(part)
    })()

  test("are put together from pieces, the last one without newline, empty ones skipped", async () => {
    expect(await Array.fromAsync(readLines(bytes("a", "b\nc", "\r\n\n", "d")))).toEqual([
      { number: 1, text: "ab" },
      { number: 2, text: "c" },
      { number: 4, text: "d" },
    ])
  })

  test("keep characters that are split between pieces", async () => {
    const euro = new TextEncoder().encode("€\n")
    const pieces = (async function* () {
      for (const byte of euro) yield Uint8Array.of(byte)
    })()
    expect(await Array.fromAsync(readLines(pieces))).toEqual([{ number: 1, text: "€" }])
  })

  test("that are too long are named, and nothing more is read", async () => {
    let read = 0
    const endless = (async function* () {
      while (true) {
        read++
        yield new TextEncoder().encode("x".repeat(10))
      }
    })()
    expect(await Array.fromAsync(readLines(endless, { maxBytes: 25 }))).toEqual([
      { number: 1, tooLong: true },
    ])
    expect(read).toBe(3)
  })
})

describe("initialize", () => {
  test("answers with the snapshot and what the composition adds; every field arrives typed", async () => {
    const seen: InitializeRequest[] = []
    const run = startRun({
      flags: STREAM,
      onInitialize: async (request) => {
        seen.push(request)
        return { hooks_applied: true, hook_on_failure_supported: true }
      },
    })
    const request = {
      hooks: { PreToolUse: [{ matcher: null, hookCallbackIds: ["hook_0"], timeout: 5 }] },
      systemPrompt: [""],
      appendSystemPrompt: "more",
      agents: { a: { description: "d", prompt: "p" } },
      sdkMcpServers: ["mine"],
      title: "T",
      skills: null,
      somethingNew: 1,
    }
    const reply = await run.control({ subtype: "initialize", ...request })
    expect(reply).toMatchObject({
      subtype: "success",
      response: {
        commands: [],
        agents: [],
        output_style: "default",
        available_output_styles: ["default"],
        models: [],
        account: {},
        claude_code_version: INFO.version,
        hooks_applied: true,
        hook_on_failure_supported: true,
      },
    })
    expect(seen).toEqual([
      {
        hooks: { PreToolUse: [{ hookCallbackIds: ["hook_0"], timeout: 5 }] },
        systemPrompt: [""],
        appendSystemPrompt: "more",
        agents: { a: { description: "d", prompt: "p" } },
        sdkMcpServers: ["mine"],
        title: "T",
      },
    ])
    expect(await run.control({ subtype: "initialize", hooks: null })).toMatchObject({ subtype: "success" })
    expect(seen[1]).toEqual({})
    expect(await finish(run)).toBe(0)
  })

  test("is applied before the prompt that was written without waiting for it", async () => {
    const gate = Promise.withResolvers<void>()
    const run = startRun({
      flags: STREAM,
      onInitialize: async () => {
        await gate.promise
        return {}
      },
    })
    run.say({ type: "control_request", request_id: "i", request: { subtype: "initialize" } })
    run.say(userMessage("Hi", { uuid: "u-1" }))
    run.say({ type: "control_request", request_id: "m", request: { subtype: "set_model", model: "opus" } })
    await Bun.sleep(5)
    expect(run.engine.commands).toEqual([])
    gate.resolve()
    await run.engine.received("model")
    expect(run.engine.commands.map(({ type }) => type)).toEqual(["prompt", "model"])
    run.engine.push(...answerTurn("ok", "u-1"))
    expect(await finish(run)).toBe(0)
  })

  test("may ask the host while it is applied", async () => {
    const run = startRun({
      flags: STREAM,
      onInitialize: async (_, channel) => {
        const reply = await channel.request(
          "mcp_message",
          { server_name: "mine" },
          new AbortController().signal,
        )
        return { sdk_mcp_manifests_parked: { mine: JSON.stringify(reply) } }
      },
    })
    const answered = run.control({ subtype: "initialize" })
    const asked = await run.heard((m) => m.request?.subtype === "mcp_message")
    expect(asked.request).toEqual({ subtype: "mcp_message", server_name: "mine" })
    run.say({
      type: "control_response",
      response: { subtype: "success", request_id: asked.request_id, response: { a: 1 } },
    })
    expect(await answered).toMatchObject({ response: { sdk_mcp_manifests_parked: { mine: '{"a":1}' } } })
    expect(await finish(run)).toBe(0)
  })

  test("that fails is an error reply and the session goes on", async () => {
    const run = startRun({
      flags: STREAM,
      onInitialize: async () => {
        throw new Error("no such agent")
      },
    })
    run.say(userMessage("early", { uuid: "u-0" }))
    expect(await run.control({ subtype: "initialize" })).toMatchObject({
      subtype: "error",
      error: "no such agent",
    })
    expect(await run.control({ subtype: "initialize", systemPrompt: 5 })).toMatchObject({
      subtype: "error",
      error: "initialize: the field systemPrompt has the wrong shape.",
    })
    run.engine.push(...answerTurn("ok", "u-0"))
    expect(await finish(run)).toBe(0)
  })

  test("that never ends does not keep the run alive once the host is gone", async () => {
    const run = startRun({
      flags: STREAM,
      onInitialize: async (_, channel) => {
        await channel.request("mcp_message", {}, new AbortController().signal)
        return {}
      },
    })
    run.say({ type: "control_request", request_id: "i", request: { subtype: "initialize" } })
    expect(await finish(run)).toBe(0)
  })
})

describe("control requests", () => {
  test.each([
    [
      { subtype: "set_permission_mode", mode: "plan" },
      { type: "mode", mode: "plan" },
    ],
    [
      { subtype: "set_permission_mode", mode: "manual" },
      { type: "mode", mode: "default" },
    ],
    [
      { subtype: "set_model", model: "opus" },
      { type: "model", model: "opus" },
    ],
    [{ subtype: "set_model" }, { type: "model", model: null }],
    [
      { subtype: "set_model", model: "default" },
      { type: "model", model: null },
    ],
    [
      { subtype: "set_max_thinking_tokens", max_thinking_tokens: 0 },
      { type: "thinking", tokens: 0 },
    ],
    [
      { subtype: "set_max_thinking_tokens", max_thinking_tokens: null },
      { type: "thinking", tokens: null },
    ],
    [
      { subtype: "apply_flag_settings", settings: { effortLevel: "low" } },
      { type: "effort", effort: "low" },
    ],
  ])("%j becomes %j", async (request, command) => {
    const run = startRun({ flags: STREAM })
    expect(await run.control(request)).toMatchObject({ subtype: "success", response: {} })
    expect(run.engine.commands).toEqual([command] as never)
    expect(await finish(run)).toBe(0)
  })

  test.each([
    [{ subtype: "set_permission_mode", mode: "yolo" }, 'Unknown permission mode "yolo"'],
    [{ subtype: "set_permission_mode", mode: "bypassPermissions" }, "bypassPermissions needs a start with"],
    [{ subtype: "set_model", model: 3 }, "model must be a string."],
    [{ subtype: "set_max_thinking_tokens", max_thinking_tokens: -1 }, "max_thinking_tokens must be"],
    [
      { subtype: "apply_flag_settings", settings: { hooks: {} } },
      "cannot change in a running session: hooks",
    ],
    [{ subtype: "stop_task", task_id: "b9" }, 'No running task "b9".'],
    [{ subtype: "toString" }, "does not support"],
  ])("%j is refused with a reason", async (request, reason) => {
    const run = startRun({ flags: STREAM })
    const reply = await run.control(request)
    expect(reply.subtype).toBe("error")
    expect(reply.error).toContain(reason)
    expect(run.engine.commands).toEqual([])
    expect(await finish(run)).toBe(0)
  })

  test("an unknown one is answered, with the code hosts look at", async () => {
    const run = startRun({ flags: STREAM })
    expect(await run.control({ subtype: "fly" })).toMatchObject({
      subtype: "error",
      error: 'This version does not support the control request "fly".',
      error_code: "unsupported_request",
    })
    expect(await finish(run)).toBe(0)
  })

  test("interrupt tells what is still queued, or cancels it", async () => {
    const run = startRun({ flags: STREAM })
    run.engine.push(turnBegin(), { type: "queue", queued: [{ uuid: "q-1", text: "later" }] })
    await run.heard((m) => m.subtype === "init")
    expect(await run.control({ subtype: "interrupt" })).toMatchObject({ response: { still_queued: ["q-1"] } })
    expect(await run.control({ subtype: "interrupt", cancel_queued: true })).toMatchObject({
      response: { still_queued: [], cancelled: ["q-1"] },
    })
    expect(run.engine.commands).toEqual([{ type: "interrupt" }, { type: "interrupt", dropQueue: true }])
    run.engine.push(turnEnd({ reason: "interrupted" }))
    expect(await finish(run)).toBe(0)
  })

  test("context usage, MCP status and tasks answer from what is known", async () => {
    const mcpServers = [{ name: "m", status: "connected", tools: [{ name: "t" }] }] as const
    const run = startRun({ flags: STREAM, info: { ...INFO, mcpServers } })
    const file = `${import.meta.dir}/fixtures/no-such-file`
    const task = { id: "b1", kind: "shell", description: "d", status: "running", outputFile: file } as const
    run.engine.push({ type: "task", change: "started", task, toolUseId: "t" })
    await run.heard((m) => m.subtype === "task_started")
    expect(await run.control({ subtype: "mcp_status" })).toMatchObject({ response: { mcpServers } })
    run.engine.on((command) => {
      if (command.type !== "report") return
      if (command.report === "context") run.engine.push({ type: "report", id: command.id, ...CONTEXT_REPORT })
      else run.engine.push({ type: "report", id: command.id, ...USAGE_REPORT })
    })
    expect(await run.control({ subtype: "get_context_usage" })).toMatchObject({
      response: {
        totalTokens: 1_000,
        maxTokens: 200_000,
        percentage: 0.5,
        model: SESSION.model,
        categories: [
          { id: "system_prompt", tokens: 1_000, kind: "used" },
          { id: "free_space", tokens: 199_000, kind: "free" },
        ],
        autoCompactThreshold: 167_000,
      },
    })
    const { response } = (await run.control({ subtype: "get_context_usage" })) as {
      response: { gridRows: { categoryName: string; isFilled: boolean }[][] }
    }
    expect(response.gridRows.map((row) => row.length)).toEqual(Array(10).fill(10))
    expect(response.gridRows.flat().filter(({ isFilled }) => isFilled).length).toBe(1)
    const session = { total_cost_usd: 0.25, total_lines_added: 3, total_lines_removed: 1 }
    expect(await run.control({ subtype: "get_session_cost" })).toMatchObject({ response: session })
    expect(await run.control({ subtype: "get_usage" })).toMatchObject({
      response: { session, rate_limits_available: false },
    })
    expect(await run.control({ subtype: "get_task_output", task_id: "b1" })).toMatchObject({
      response: { output: "" },
    })
    expect(await run.control({ subtype: "stop_task", task_id: "b1" })).toMatchObject({ subtype: "success" })
    expect(run.engine.commands.filter((command) => command.type !== "report")).toEqual([
      { type: "stop-task", task: "b1" },
    ])
    run.engine.push({ type: "task", change: "ended", task: { ...task, status: "killed" }, toolUseId: "t" })
    run.engine.push(...answerTurn("gone", "n"))
    await run.heard((m) => m.type === "result")
    expect(await finish(run)).toBe(0)
  })

  test("the composition adds its own and may replace a built-in one; the host may withdraw them", async () => {
    const aborted = Promise.withResolvers<void>()
    const run = startRun({
      flags: STREAM,
      controls: {
        rewind_files: ({ user_message_id }) => ({ canRewind: true, filesChanged: [String(user_message_id)] }),
        mcp_status: () => ({ mcpServers: ["mine"] }),
        slow: (_, signal) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
              aborted.resolve()
              reject(new Error("withdrawn"))
            })
          }),
      },
    })
    expect(await run.control({ subtype: "rewind_files", user_message_id: "u" })).toMatchObject({
      response: { canRewind: true, filesChanged: ["u"] },
    })
    expect(await run.control({ subtype: "mcp_status" })).toMatchObject({ response: { mcpServers: ["mine"] } })
    run.say({ type: "control_request", request_id: "s", request: { subtype: "slow" } })
    run.say({ type: "control_cancel_request", request_id: "s" })
    await aborted.promise
    expect(await finish(run)).toBe(0)
  })
})

describe("permission questions to the host", () => {
  async function asked(flags = STDIO) {
    const run = startRun({ flags })
    run.engine.push(turnBegin(), ask())
    const frame = await run.heard((m) => m.request?.subtype === "can_use_tool")
    const reply = (response: unknown) =>
      run.say({
        type: "control_response",
        response: { subtype: "success", request_id: frame.request_id, response },
      })
    const end = async () => {
      run.engine.push({ type: "ask.end", ask: "ask-1", verdict: "deny" }, turnEnd())
      await run.heard((m) => m.type === "result")
      return await finish(run)
    }
    return { run, frame, reply, end }
  }

  test("carry the call, the reason and the smallest suggestion", async () => {
    const { frame, reply, run, end } = await asked()
    expect(frame.request).toEqual({
      subtype: "can_use_tool",
      tool_name: "Bash",
      input: { command: "rm x" },
      permission_suggestions: [
        {
          type: "addRules",
          rules: [{ toolName: "Bash", ruleContent: "rm:*" }],
          behavior: "allow",
          destination: "localSettings",
        },
      ],
      blocked_path: "/work/here/x",
      decision_reason: "rm is not covered by any allow rule",
      decision_reason_type: "other",
      display_name: "Bash",
      description: "rm x",
      tool_use_id: "toolu_1",
    })
    reply({ behavior: "allow" })
    await run.engine.received("answer")
    expect(await end()).toBe(0)
  })

  const mode = { type: "setMode", mode: "acceptEdits", destination: "session" }
  test.each([
    [{ behavior: "allow", toolUseID: "toolu_1" }, { verdict: "allow" }],
    [
      { behavior: "allow", updatedInput: { command: "ls" } },
      { verdict: "allow", input: { command: "ls" } },
    ],
    [
      { behavior: "allow", updatedPermissions: [mode] },
      { verdict: "allow", updates: [mode] },
    ],
    [
      { behavior: "deny", message: "not that" },
      { verdict: "deny", message: "not that" },
    ],
    [
      { behavior: "deny", message: "stop", interrupt: true },
      { verdict: "deny", message: "stop", interrupt: true },
    ],
    [
      { behavior: "maybe" },
      { verdict: "deny", message: "Bash was not approved: the host's answer is neither allow nor deny." },
    ],
    [
      { behavior: "allow", updatedPermissions: [{ type: "addRules" }] },
      {
        verdict: "deny",
        message: "Bash was not approved: the host's updatedPermissions are not understood.",
      },
    ],
  ])("the answer %j becomes %j", async (response, expected) => {
    const { run, reply, end } = await asked()
    reply(response)
    expect(await run.engine.received("answer")).toEqual({
      type: "answer",
      ask: "ask-1",
      answer: expected,
    } as never)
    expect(await end()).toBe(0)
  })

  test("an error reply is a denial with its text", async () => {
    const { run, frame, end } = await asked()
    const error = "canUseTool callback is not provided"
    run.say({ type: "control_response", response: { subtype: "error", request_id: frame.request_id, error } })
    expect((await run.engine.received("answer")).answer).toEqual({
      verdict: "deny",
      message: `Bash was not approved: ${error}`,
    })
    expect(await end()).toBe(0)
  })

  test("are withdrawn when the turn is interrupted; a late answer changes nothing", async () => {
    const { run, frame, reply } = await asked()
    await run.control({ subtype: "interrupt" })
    run.engine.push({ type: "ask.end", ask: "ask-1", verdict: "deny" }, turnEnd({ reason: "interrupted" }))
    const cancel = await run.heard((m) => m.type === "control_cancel_request")
    expect(cancel.request_id).toBe(frame.request_id ?? "")
    reply({ behavior: "allow" })
    expect(await finish(run)).toBe(0)
    expect(run.engine.commands).toEqual([{ type: "interrupt" }])
  })

  test("are denied when the host closes its input instead of answering", async () => {
    const { run } = await asked()
    run.closeStdin()
    expect((await run.engine.received("answer")).answer).toMatchObject({ verdict: "deny" })
    run.engine.push({ type: "ask.end", ask: "ask-1", verdict: "deny" }, turnEnd())
    expect(await run.exit).toBe(0)
  })

  test.each([
    ["no host", STREAM],
    ["--permission-prompts=none", { ...STDIO, permissionPrompts: "none" as const }],
  ])("%s: denied at once and reported", async (_, flags) => {
    const run = startRun({ flags })
    run.engine.push(turnBegin(), ask())
    const { answer } = await run.engine.received("answer")
    const told = await run.heard((m) => m.subtype === "permission_denied")
    expect(answer).toEqual({ verdict: "deny", message: String(told.message) })
    expect(told.message).toContain("rm is not covered by any allow rule")
    run.engine.push(turnEnd())
    expect(await finish(run)).toBe(0)
    expect(run.stdout()).not.toContain("can_use_tool")
  })
})

describe("the channel to the host", () => {
  test("withdraws a request whose signal aborts, and fails once the host is gone", async () => {
    const channel = Promise.withResolvers<HostChannel>()
    const run = startRun({
      flags: STREAM,
      onInitialize: async (_, given) => {
        channel.resolve(given)
        return {}
      },
    })
    await run.control({ subtype: "initialize" })
    const { request } = await channel.promise
    const abort = new AbortController()
    const waiting = request("hook_callback", { callback_id: "hook_0", input: {} }, abort.signal)
    const frame = await run.heard((m) => m.request?.subtype === "hook_callback")
    expect(frame.request).toEqual({ subtype: "hook_callback", callback_id: "hook_0", input: {} })
    abort.abort(new Error("turn over"))
    const withdrawn = expect(waiting).rejects.toThrow("turn over")
    await withdrawn
    await run.heard((m) => m.type === "control_cancel_request" && m.request_id === frame.request_id)
    expect(await finish(run)).toBe(0)
    await expect(request("hook_callback", {}, new AbortController().signal)).rejects.toThrow(
      "closed its input",
    )
  })
})
