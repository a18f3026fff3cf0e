import type { Command } from "../../src/model/command.ts"
import type { Engine } from "../../src/model/engine.ts"
import type { AgentRef, Event, EventBody, SessionState, TurnEnd } from "../../src/model/event.ts"
import type { Report } from "../../src/model/report.ts"
import { NO_USAGE } from "../../src/model/usage.ts"
import { createQueue } from "./queue.ts"

export const SESSION: SessionState = {
  id: "5e55105e-0000-4000-8000-000000000001",
  cwd: "/work/here",
  model: "claude-test-1",
  modelName: "Test 1",
  mode: "default",
  modes: ["default", "acceptEdits", "plan"],
  effort: "medium",
  tools: ["Agent", "Bash", "Read"],
  credential: "API key",
  context: { used: 1_000, window: 200_000 },
}

/** What this engine says when a report is asked of it. */
export const CONTEXT_REPORT: Report = {
  report: "context",
  data: {
    model: SESSION.model,
    window: 200_000,
    used: 1_000,
    categories: [
      { id: "system_prompt", name: "System prompt", kind: "used", tokens: 1_000 },
      { id: "mcp_tools", name: "MCP tools", kind: "used", tokens: 0 },
      { id: "free_space", name: "Free space", kind: "free", tokens: 199_000 },
    ],
    tools: [],
    mcpTools: [],
    memoryFiles: [],
    agents: [],
    messages: { toolCalls: 0, toolResults: 0, assistant: 0, user: 0 },
    autoCompact: true,
    compactAt: 167_000,
  },
}
export const USAGE_REPORT: Report = {
  report: "usage",
  data: { costUsd: 0.25, apiMs: 10, durationMs: 20, linesAdded: 3, linesRemoved: 1, models: {} },
}

export interface FakeEngine extends Engine {
  /** Everything that was sent, in order, but for `begin`. */
  readonly commands: readonly Command[]
  push(...bodies: readonly EventBody[]): void
  pushFor(agent: AgentRef, ...bodies: readonly EventBody[]): void
  /** Settles with the first command that fits, past ones included; rejects after 5 s. */
  received<T extends Command["type"]>(
    type: T,
    fits?: (command: Extract<Command, { type: T }>) => boolean,
  ): Promise<Extract<Command, { type: T }>>
  /** Called with every command. */
  on(listener: (command: Command) => void): void
  /** Ends the events, as a crashed engine would. */
  die(): void
  readonly closed: boolean
}

/** An engine that does what the test says. It opens with the session event, as the real one does. */
export function createFakeEngine(): FakeEngine {
  const events = createQueue<Event>()
  const commands: Command[] = []
  const listeners = new Set<(command: Command) => void>()
  let closed = false
  const push = (...bodies: readonly EventBody[]) => {
    for (const body of bodies) events.push({ turn: 1, ...body })
  }
  push({ type: "session", session: SESSION, why: "start" })
  return {
    commands,
    push,
    pushFor(agent, ...bodies) {
      for (const body of bodies) events.push({ turn: 1, agent, ...body })
    },
    send(command) {
      // Its sessions open at once and without hooks.
      if (command.type === "begin")
        return push({ type: "notice", level: "info", code: "opening", text: "open", data: { open: false } })
      commands.push(command)
      for (const listener of [...listeners]) listener(command)
    },
    on(listener) {
      listeners.add(listener)
    },
    received(type, fits = () => true) {
      type Wanted = Extract<Command, { type: typeof type }>
      const fitting = (command: Command): command is Wanted =>
        command.type === type && fits(command as Wanted)
      const past = commands.find(fitting)
      if (past) return Promise.resolve(past)
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no ${type} command came`)), 5_000)
        listeners.add((command) => {
          if (!fitting(command)) return
          clearTimeout(timer)
          resolve(command)
        })
      })
    },
    events: () => events,
    die: () => events.end(),
    async close() {
      closed = true
      events.end()
    },
    get closed() {
      return closed
    },
  }
}

const REF = { id: "msg_1", model: "claude-test-1", usage: NO_USAGE }

/** A turn that answers `text`, as the engine tells it. */
export function answerTurn(text: string, uuid = "u-1"): readonly EventBody[] {
  return [turnBegin(), promptAdded(uuid), ...textReply(text), turnEnd({ result: text })]
}

export function turnBegin(): EventBody {
  return { type: "turn.begin", model: "claude-test-1", mode: "default" }
}

export function promptAdded(uuid: string): EventBody {
  return { type: "prompt", uuid, content: "Hi", origin: "person" }
}

export function textReply(text: string): readonly EventBody[] {
  return [
    { type: "reply.begin", reply: 1, cause: "turn" },
    {
      type: "block.begin",
      block: 1,
      index: 0,
      message: REF,
      kind: "text",
      start: { type: "text", text: "" },
    },
    { type: "block.grow", block: 1, text },
    {
      type: "block.end",
      block: 1,
      content: { type: "text", text },
      uuid: "a-1",
      message: REF,
      requestId: "req_1",
    },
    replyEnd(),
  ]
}

export function replyEnd(): EventBody {
  return {
    type: "reply.end",
    reply: 1,
    stopReason: "end_turn",
    usage: { ...NO_USAGE, output_tokens: 7 },
    costUsd: 0.01,
    context: { used: 2_000, window: 200_000 },
  }
}

/** The events of a tool call up to the question or the run. */
export function toolUse(
  id: string,
  name: string,
  input: Readonly<Record<string, unknown>>,
): readonly EventBody[] {
  const start = { type: "tool_use", id, name, input: {} }
  return [
    { type: "reply.begin", reply: 1, cause: "turn" },
    { type: "block.begin", block: 2, index: 1, message: REF, kind: "tool_use", start },
    { type: "block.grow", block: 2, text: JSON.stringify(input) },
    { type: "block.end", block: 2, content: { ...start, input }, uuid: "a-2", message: REF, requestId: null },
  ]
}

export function turnEnd(over: Partial<TurnEnd> = {}): TurnEnd {
  return {
    type: "turn.end",
    reason: "completed",
    result: "",
    stopReason: "end_turn",
    durationMs: 12,
    apiMs: 10,
    requests: 1,
    usage: { ...NO_USAGE, input_tokens: 5, output_tokens: 7 },
    denials: [],
    totals: {
      costUsd: 0.25,
      apiMs: 10,
      models: {
        "claude-test-1": {
          usage: { ...NO_USAGE, input_tokens: 5, output_tokens: 7 },
          costUsd: 0.25,
          window: 200_000,
          maxOutput: 32_000,
          costBasis: "list",
        },
      },
    },
    ...over,
  }
}

export function ask(over: Partial<Extract<EventBody, { type: "ask" }>> = {}): EventBody {
  return {
    type: "ask",
    ask: "ask-1",
    toolUseId: "toolu_1",
    tool: "Bash",
    input: { command: "rm x" },
    title: "rm x",
    decision: {
      verdict: "ask",
      reason: { kind: "other", text: "rm is not covered by any allow rule", path: "/work/here/x" },
      offers: [
        {
          label: "rm",
          updates: [
            {
              type: "addRules",
              rules: [{ toolName: "Bash", ruleContent: "rm:*" }],
              behavior: "allow",
              destination: "localSettings",
            },
          ],
        },
        { label: "all", updates: [{ type: "setMode", mode: "acceptEdits", destination: "session" }] },
      ],
      readOnly: false,
    },
    ...over,
  }
}
