import { describe, expect, test } from "bun:test"
import { toSdkMessages } from "../../src/headless/fold.ts"
import { type FoldOptions, newFold, type PermissionHost } from "../../src/headless/fold-state.ts"
import type { AgentRef, EventBody } from "../../src/model/event.ts"
import { NO_USAGE } from "../../src/model/usage.ts"
import {
  answerTurn,
  ask,
  promptAdded,
  replyEnd,
  SESSION,
  textReply,
  toolUse,
  turnBegin,
  turnEnd,
} from "./fake-engine.ts"
import { INFO, type Message } from "./harness.ts"

/** As the host reads it. */
type Out = Message & { readonly event?: { readonly type: string; readonly delta?: unknown } }

interface Given extends Partial<FoldOptions> {
  readonly host?: PermissionHost
}

function createFold({ host = "none", ...options }: Given = {}) {
  let uuids = 0
  let clock = 1_000
  const state = newFold({
    info: INFO,
    partial: false,
    hookEvents: false,
    subagentText: false,
    replayUsers: false,
    sessionState: false,
    now: () => clock++,
    newUuid: () => `uuid-${uuids++}`,
    ...options,
  })
  state.host = host
  const fold = (bodies: readonly EventBody[], agent?: AgentRef) =>
    bodies.flatMap((body) =>
      toSdkMessages(state, { turn: 1, ...(agent && { agent }), ...body }),
    ) as readonly Out[]
  fold([{ type: "session", session: SESSION, why: "start" }])
  return { fold, state }
}

function kinds(messages: readonly Out[]): string[] {
  return messages.map((m) => {
    if (m.type === "stream_event") return `> ${m.event?.type}`
    return m.subtype ? `${m.type}/${m.subtype}` : m.type
  })
}

const AGENT: AgentRef = { id: "agent-1", type: "Explore", toolUseId: "toolu_a", description: "Look around" }

describe("a turn", () => {
  test("is init, the assistant's blocks, the result", () => {
    const { fold } = createFold()
    expect(kinds(fold(answerTurn("Hello")))).toEqual(["system/init", "assistant", "result/success"])
  })

  test("opens with everything a host wants to know", () => {
    const { fold } = createFold({
      info: {
        ...INFO,
        apiKeySource: "ANTHROPIC_API_KEY",
        betas: ["b"],
        agents: [{ name: "Explore", description: "" }],
        skills: ["s"],
        slashCommands: [{ name: "compact", description: "", argumentHint: "" }],
        mcpServers: [{ name: "m", status: "connected", tools: [] }],
        plugins: [{ name: "p", path: "/p" }],
      },
    })
    const [init] = fold([turnBegin()])
    expect(init).toEqual({
      type: "system",
      subtype: "init",
      cwd: "/work/here",
      tools: ["Task", "Bash", "Read"],
      mcp_servers: [{ name: "m", status: "connected" }],
      model: "claude-test-1",
      permissionMode: "default",
      slash_commands: ["compact"],
      apiKeySource: "ANTHROPIC_API_KEY",
      betas: ["b"],
      claude_code_version: "2.9.9",
      output_style: "default",
      agents: ["Explore"],
      skills: ["s"],
      plugins: [{ name: "p", path: "/p" }],
      effort: "medium",
      fast_mode_state: "off",
      capabilities: expect.arrayContaining(["interrupt_receipt_v1", "interrupt_cancel_queued_v1"]),
      uuid: "uuid-0",
      session_id: SESSION.id,
    })
  })

  test("has one assistant message a block, with the transcript's uuid and no stop reason", () => {
    const { fold } = createFold()
    const [, text, call] = fold([
      turnBegin(),
      ...textReply("Hello").slice(0, 4),
      ...toolUse("toolu_1", "Bash", { command: "ls" }),
    ])
    expect(text).toMatchObject({
      type: "assistant",
      uuid: "a-1",
      request_id: "req_1",
      parent_tool_use_id: null,
      session_id: SESSION.id,
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        content: [{ type: "text", text: "Hello" }],
        stop_reason: null,
      },
    })
    expect(call).toMatchObject({
      uuid: "a-2",
      message: {
        id: "msg_1",
        content: [{ type: "tool_use", id: "toolu_1", name: "Bash", input: { command: "ls" } }],
      },
    })
  })

  test("gives tool results as user messages with the structured output", () => {
    const { fold } = createFold()
    expect(
      fold([
        {
          type: "tool.end",
          id: "toolu_1",
          tool: "Bash",
          result: { type: "tool_result", tool_use_id: "toolu_1", content: "a.txt" },
          data: { stdout: "a.txt" },
          view: { kind: "text" },
          isError: false,
          uuid: "r-1",
          durationMs: 3,
        },
      ]),
    ).toEqual([
      {
        type: "user",
        message: {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "a.txt" }],
        },
        parent_tool_use_id: null,
        tool_use_result: { stdout: "a.txt" },
        uuid: "r-1",
        session_id: SESSION.id,
      },
    ])
  })
})

describe("what a turn answers", () => {
  test("stands on its first message and stream event, and on its result; ours alone is nobody's", () => {
    const { fold, state } = createFold({ partial: true })
    state.given.add("u-1")
    const first = fold([
      turnBegin(),
      promptAdded("u-1"),
      promptAdded("ours"),
      ...textReply("One"),
      ...textReply("Two"),
      turnEnd({ result: "Two" }),
    ])
    const stamped = first.filter(({ user_message_uuid: uuid }) => uuid !== undefined)
    expect(stamped.map(({ type }) => type)).toEqual(["stream_event", "assistant", "result"])
    for (const message of stamped)
      expect(message).toMatchObject({ user_message_uuid: "u-1", user_message_uuids: ["u-1"] })
    const second = fold([
      turnBegin(),
      promptAdded("ours"),
      ...textReply("Three"),
      turnEnd({ result: "Three" }),
    ])
    expect(second.filter(({ user_message_uuid: uuid }) => uuid !== undefined)).toEqual([])
  })
})

describe("the result", () => {
  test("carries usage, cost, models and denials", () => {
    const { fold, state } = createFold()
    state.given.add("u-9")
    const denials = [{ tool: "Bash", toolUseId: "toolu_1", input: { command: "rm x" } }]
    const result = fold([
      turnBegin(),
      promptAdded("u-9"),
      turnEnd({ result: "Done", requests: 2, denials }),
    ]).at(-1)
    expect(result).toMatchObject({
      subtype: "success",
      is_error: false,
      result: "Done",
      num_turns: 2,
      duration_ms: 12,
      duration_api_ms: 10,
      stop_reason: "end_turn",
      total_cost_usd: 0.25,
      terminal_reason: "completed",
      user_message_uuid: "u-9",
      permission_denials: [{ tool_name: "Bash", tool_use_id: "toolu_1", tool_input: { command: "rm x" } }],
      usage: { input_tokens: 5, output_tokens: 7, service_tier: "standard" },
      modelUsage: {
        "claude-test-1": {
          inputTokens: 5,
          outputTokens: 7,
          cacheReadInputTokens: 0,
          cacheCreationInputTokens: 0,
          webSearchRequests: 0,
          costUSD: 0.25,
          contextWindow: 200_000,
          maxOutputTokens: 32_000,
          costBasis: "list",
        },
      },
    })
    expect(result).not.toHaveProperty("errors")
  })

  const failure = { category: "invalid_request", status: 400, message: "no", requestId: null } as const
  test.each([
    [
      { reason: "interrupted", during: "reply" },
      { subtype: "error_during_execution", terminal_reason: "aborted_streaming", stop_reason: null },
    ],
    [
      { reason: "interrupted", during: "tools" },
      { subtype: "error_during_execution", terminal_reason: "aborted_tools" },
    ],
    [
      { reason: "max_turns" },
      { subtype: "error_max_turns", terminal_reason: "max_turns", errors: ["Reached the limit of 1 turns."] },
    ],
    [{ reason: "budget" }, { subtype: "error_max_budget_usd", terminal_reason: "budget_exhausted" }],
    [
      { reason: "crashed", message: "boom" },
      { subtype: "error_during_execution", errors: ["boom"] },
    ],
    [
      { reason: "crashed", terminal: "structured_output_retry_exhausted", message: "x" },
      { subtype: "error_max_structured_output_retries" },
    ],
    [
      { reason: "api_error", failure },
      {
        subtype: "success",
        result: "API Error: 400 no",
        api_error_status: 400,
        terminal_reason: "api_error",
      },
    ],
    [
      { reason: "refused", message: "declined" },
      { subtype: "success", result: "declined" },
    ],
  ] as const)("of %j", (end, expected) => {
    const { fold } = createFold()
    expect(fold([turnBegin(), turnEnd(end)]).at(-1)).toMatchObject({ ...expected, is_error: true })
  })

  test("of a failed request is preceded by an assistant message that names the category", () => {
    const { fold } = createFold()
    const overloaded = { ...failure, category: "overloaded", status: 529 } as const
    const [, said] = fold([
      turnBegin(),
      turnEnd({ reason: "api_error", failure: overloaded, message: "API Error: busy" }),
    ])
    expect(said).toMatchObject({
      type: "assistant",
      error: "server_error",
      message: { content: [{ text: "API Error: busy" }] },
    })
  })

  test("carries structured output and deferred calls", () => {
    const { fold } = createFold()
    const deferred = { id: "toolu_1", name: "Bash", input: {} }
    const end = turnEnd({ structuredOutput: { ok: true }, deferred, terminal: "tool_deferred" })
    expect(fold([turnBegin(), end]).at(-1)).toMatchObject({
      structured_output: { ok: true },
      deferred_tool_use: deferred,
      terminal_reason: "tool_deferred",
    })
  })

  test("of a turn that a background task started says so", () => {
    const { fold } = createFold()
    const note: EventBody = { type: "prompt", uuid: "n", content: "done", origin: "task" }
    expect(fold([turnBegin(), note, turnEnd()]).at(-1)).toMatchObject({
      origin: { kind: "task-notification" },
    })
    expect(fold([turnBegin(), turnEnd()]).at(-1)).not.toHaveProperty("origin")
  })
})

describe("--include-partial-messages", () => {
  test("repeats the stream of each message around the finished block", () => {
    const { fold } = createFold({ partial: true })
    const out = fold([turnBegin(), ...textReply("Hello")])
    expect(kinds(out)).toEqual([
      "system/init",
      "> message_start",
      "> content_block_start",
      "> content_block_delta",
      "assistant",
      "> content_block_stop",
      "> message_delta",
      "> message_stop",
    ])
    expect(out[3]).toMatchObject({
      event: { index: 0, delta: { type: "text_delta", text: "Hello" } },
    })
    expect(out[6]).toMatchObject({
      event: { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 7 } },
    })
  })

  test("gives a tool's input as JSON pieces and thinking with its signature", () => {
    const { fold } = createFold({ partial: true })
    const ref = { id: "msg_2", model: "m", usage: NO_USAGE }
    const start = { type: "thinking", thinking: "", signature: "" }
    const out = fold([
      { type: "block.begin", block: 5, index: 0, message: ref, kind: "thinking", start },
      { type: "block.grow", block: 5, text: "hm" },
      {
        type: "block.end",
        block: 5,
        message: ref,
        requestId: null,
        content: { ...start, thinking: "hm", signature: "sig" },
      },
      ...toolUse("t", "Bash", { command: "ls" }),
    ])
    const deltas = out
      .flatMap((m) => ("event" in m ? [(m.event as { delta?: unknown }).delta] : []))
      .filter(Boolean)
    expect(deltas).toEqual([
      { type: "thinking_delta", thinking: "hm" },
      { type: "signature_delta", signature: "sig" },
      { type: "input_json_delta", partial_json: '{"command":"ls"}' },
    ])
  })

  test("starts again after a void reply", () => {
    const { fold } = createFold({ partial: true })
    const begin = textReply("x").slice(0, 3)
    const failed = { category: "overloaded", status: 529, message: "busy", requestId: null } as const
    const ref = { id: "msg_1", model: "m", usage: NO_USAGE }
    const out = fold([
      ...begin,
      { type: "block.end", block: 1, message: ref, requestId: null },
      { ...replyEnd(), failed } as EventBody,
      ...textReply("x"),
    ])
    expect(kinds(out).filter((kind) => kind === "> message_start")).toHaveLength(2)
    expect(kinds(out).filter((kind) => kind === "> message_stop")).toHaveLength(1)
    expect(kinds(out).filter((kind) => kind === "assistant")).toHaveLength(1)
  })

  test("leaves out replies that are no part of the conversation", () => {
    const { fold } = createFold({ partial: true })
    expect(
      fold([{ type: "reply.begin", reply: 9, cause: "title" }, { ...replyEnd(), reply: 9 } as EventBody]),
    ).toEqual([])
  })
})

describe("subagents", () => {
  test("show their calls and results under the Agent call, not their words", () => {
    const { fold } = createFold({ partial: true })
    const out = fold(
      [turnBegin(), ...textReply("thinking aloud"), ...toolUse("t", "Read", {}), turnEnd()],
      AGENT,
    )
    expect(kinds(out)).toEqual(["assistant"])
    expect(out[0]).toMatchObject({
      parent_tool_use_id: "toolu_a",
      agent_id: "agent-1",
      subagent_type: "Explore",
    })
  })

  test("show their words too when asked", () => {
    const { fold } = createFold({ subagentText: true })
    const out = fold(
      [...textReply("aloud"), { type: "prompt", uuid: "p", content: "go", origin: "person" }],
      AGENT,
    )
    expect(kinds(out)).toEqual(["assistant", "user"])
  })
})

describe("permissions", () => {
  test("a question that nobody can answer is reported as a denial, once", () => {
    const { fold } = createFold()
    const end: EventBody = {
      type: "tool.end",
      id: "toolu_1",
      tool: "Bash",
      result: { type: "tool_result", tool_use_id: "toolu_1", content: "no", is_error: true },
      data: "Error: no",
      view: { kind: "text" },
      isError: true,
      refused: { kind: "other", text: "no", by: "policy" },
      uuid: "r",
      durationMs: 0,
    }
    const out = fold([ask(), end])
    expect(kinds(out)).toEqual(["system/permission_denied", "user"])
    expect(out[0]).toMatchObject({
      tool_name: "Bash",
      tool_use_id: "toolu_1",
      decision_reason_type: "other",
    })
    expect(kinds(fold([{ ...end, id: "toolu_2" }]))).toEqual(["system/permission_denied", "user"])
  })

  test("session_state_changed follows the turn and its questions when the host reads it", () => {
    const { fold } = createFold({ sessionState: true, host: "stdio" })
    const out = fold([turnBegin(), ask(), { type: "ask.end", ask: "ask-1", verdict: "allow" }, turnEnd()])
    const states = out.map((m) => m.state).filter(Boolean)
    expect(states).toEqual(["running", "requires_action", "running", "idle"])
    expect(kinds(out).slice(-2)).toEqual(["result/success", "system/session_state_changed"])
  })
})

describe("everything else a host is told", () => {
  const note = (
    code: string,
    data: Readonly<Record<string, unknown>> = {},
    level: "info" | "warning" = "info",
  ) => ({ type: "notice", level, text: "text", code, data }) as const
  test.each([
    [
      note(
        "api_retry",
        { attempt: 1, maxRetries: 10, delayMs: 500, status: 529, category: "overloaded" },
        "warning",
      ),
      {
        type: "system",
        subtype: "api_retry",
        attempt: 1,
        max_retries: 10,
        retry_delay_ms: 500,
        error_status: 529,
        error: "overloaded",
      },
    ],
    [note("compacting"), { type: "system", subtype: "status", status: "compacting" }],
    [
      note("compact_failed"),
      { type: "system", subtype: "status", status: null, compact_result: "failed", compact_error: "text" },
    ],
    [
      note("local_command_output", { content: "a\nb" }),
      { type: "system", subtype: "local_command_output", content: "a\nb" },
    ],
    [
      note("rate_limit", { status: "allowed" }),
      { type: "rate_limit_event", rate_limit_info: { status: "allowed" } },
    ],
    [note("prompt_suggestion", { suggestion: "Go on" }), { type: "prompt_suggestion", suggestion: "Go on" }],
    [
      note("whatever", {}, "warning"),
      { type: "system", subtype: "informational", content: "text", level: "warning" },
    ],
    [note("hook_started", { hook_event: "SessionStart" }), { type: "system", subtype: "hook_started" }],
  ])("%j", (event, expected) => {
    const { fold } = createFold()
    expect(fold([event])).toMatchObject([expected])
  })

  test("hooks of a turn only when asked, silence never", () => {
    expect(createFold().fold([note("hook_started", { hook_event: "Stop" }), note("silence")])).toEqual([])
    expect(
      createFold({ hookEvents: true }).fold([note("hook_started", { hook_event: "Stop" })]),
    ).toHaveLength(1)
  })

  test("a retry for want of a network has a category that hosts know", () => {
    expect(createFold().fold([note("api_retry", { category: "no_network" })])).toMatchObject([
      { error: "unknown" },
    ])
  })

  test("a subagent's compaction is its own affair", () => {
    const done: EventBody = { type: "compacted", trigger: "auto", preTokens: 9, postTokens: 3, durationMs: 4 }
    expect(createFold().fold([note("compacting"), done], AGENT)).toEqual([])
  })

  test("compaction, with its counts", () => {
    const out = createFold().fold([
      { type: "compacted", trigger: "auto", preTokens: 9, postTokens: 3, durationMs: 4 },
    ])
    expect(out.at(-1)).toMatchObject({
      subtype: "compact_boundary",
      compact_metadata: { trigger: "auto", pre_tokens: 9, post_tokens: 3, duration_ms: 4 },
    })
  })

  test("background tasks", () => {
    const { fold } = createFold()
    const task = {
      id: "b1",
      kind: "shell",
      description: "sleep",
      status: "running",
      outputFile: "/o",
    } as const
    const out = fold([
      { type: "task", change: "started", task, toolUseId: "toolu_1" },
      {
        type: "task",
        change: "ended",
        task: { ...task, status: "killed" },
        toolUseId: "toolu_1",
        summary: "gone",
      },
    ])
    expect(kinds(out)).toEqual([
      "system/task_started",
      "system/background_tasks_changed",
      "system/task_updated",
      "system/background_tasks_changed",
      "system/task_notification",
    ])
    expect(out[1]).toMatchObject({
      tasks: [{ task_id: "b1", task_type: "local_bash", description: "sleep" }],
    })
    expect(out[2]).toMatchObject({ task_id: "b1", patch: { status: "killed" } })
    expect(out[4]).toMatchObject({
      status: "stopped",
      output_file: "/o",
      summary: "gone",
      tool_use_id: "toolu_1",
    })
  })

  test("a subagent in the background: whose it is, every call it makes, what it took", () => {
    const { fold } = createFold()
    const input = { subagent_type: "Explore", prompt: "Look", run_in_background: true }
    const task = {
      id: "a1",
      kind: "agent",
      description: "Looks",
      status: "running",
      outputFile: "/o",
    } as const
    const agent = { id: "x", type: "Explore", toolUseId: "toolu_1", description: "Looks" }
    const out = fold([
      { type: "tool.begin", id: "toolu_1", tool: "Agent", input, title: "Looks" },
      { type: "task", change: "started", task, toolUseId: "toolu_1" },
    ])
    expect(out[0]).toMatchObject({ task_id: "a1", subagent_type: "Explore", prompt: "Look" })
    expect(out[1]).toMatchObject({ tasks: [{ task_id: "a1", subagent_type: "Explore" }] })
    const read: EventBody = { type: "tool.begin", id: "t", tool: "Read", input: {}, title: "a" }
    expect(fold([read], agent)).toMatchObject([
      { subtype: "task_progress", task_id: "a1", last_tool_name: "Read", usage: { tool_uses: 1 } },
    ])
    const ended = fold([
      { type: "task", change: "ended", task: { ...task, status: "completed" }, toolUseId: "toolu_1" },
    ])
    expect(ended.at(-1)).toMatchObject({ subtype: "task_notification", usage: { tool_uses: 1 } })
    expect(fold([read], agent)).toEqual([])
  })

  test("progress of a running call, at most once a second", () => {
    let clock = 0
    const { fold } = createFold({ now: () => clock })
    const begin: EventBody = { type: "tool.begin", id: "t", tool: "Bash", input: {}, title: "ls" }
    const grow: EventBody = { type: "tool.grow", id: "t", tail: "…" }
    expect(fold([begin, grow])).toEqual([])
    clock = 1_500
    expect(fold([grow, grow])).toMatchObject([
      { type: "tool_progress", tool_name: "Bash", elapsed_time_seconds: 1.5 },
    ])
  })

  test("mode changes and a cleared session", () => {
    const { fold } = createFold()
    const changed = { ...SESSION, mode: "plan" as const }
    expect(fold([{ type: "session", session: changed, why: "mode" }])).toMatchObject([
      { subtype: "status", status: null, permissionMode: "plan" },
    ])
    const fresh = { ...changed, id: "5e55105e-0000-4000-8000-000000000002" }
    expect(fold([{ type: "session", session: fresh, why: "clear" }])).toMatchObject([
      { type: "conversation_reset", new_conversation_id: fresh.id, session_id: fresh.id },
    ])
  })

  test("prompts: nothing, unless replay was asked for or the turn was interrupted", () => {
    const interrupt: EventBody = {
      type: "prompt",
      uuid: "i",
      content: "[Request interrupted by user]",
      origin: "interrupt",
    }
    expect(
      createFold().fold([promptAdded("u-1"), { ...promptAdded("u-0"), replay: true } as EventBody]),
    ).toEqual([])
    expect(createFold({ replayUsers: true }).fold([promptAdded("u-1")])).toMatchObject([
      { type: "user", uuid: "u-1", isReplay: true },
    ])
    expect(createFold().fold([interrupt])).toMatchObject([
      { type: "user", message: { content: [{ type: "text", text: "[Request interrupted by user]" }] } },
    ])
  })
})
