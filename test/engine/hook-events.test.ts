import { describe, expect, test } from "bun:test"
import { appendFileSync, existsSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { BUILT_IN_AGENTS } from "../../src/engine/agents/kinds.ts"
import type { EngineOptions, EnginePort } from "../../src/engine/options.ts"
import { createHooks, type Hooks } from "../../src/extend/hooks/create-hooks.ts"
import { HOOK_EVENTS } from "../../src/extend/hooks/events.ts"
import type { AgentKind } from "../../src/model/agent.ts"
import type { AnyTool } from "../../src/model/tool.ts"
import { agentTool } from "../../src/tools/agent.ts"
import { taskCreate, taskUpdate } from "../../src/tools/task-list-tools.ts"
import { enterWorktree, exitWorktree } from "../../src/tools/worktree.ts"
import { error, text, toolUse } from "../fake-api/reply.ts"
import { type EngineScript, type Rig, rig, scriptedApi, toyTool } from "./harness.ts"

type Input = Readonly<Record<string, unknown>>

interface Recorded extends Rig {
  readonly hooks: Hooks
  readonly port: () => EnginePort
  readonly requests: ReturnType<typeof scriptedApi>["requests"]
  /** What the hooks of an event read on stdin, in order. */
  read(event: string): readonly Input[]
  /** The same, once there are so many. */
  seen(event: string, count?: number): Promise<readonly Input[]>
  /** The folder that hooks work in. */
  readonly place: string
}

/** An engine whose every event is told to a shell command that keeps what it reads; `also` are further hooks. */
function recorded(
  script: EngineScript,
  options: {
    readonly tools?: readonly AnyTool[]
    readonly also?: Readonly<Record<string, string | object>>
    readonly without?: readonly string[]
    readonly rules?: readonly string[]
    readonly over?: (base: EngineOptions) => Partial<EngineOptions>
  } = {},
): Recorded {
  const place = realpathSync(mkdtempSync(join(tmpdir(), "ccts-events-")))
  const log = (event: string) => join(place, `${event}.jsonl`)
  const events = [...HOOK_EVENTS].filter((event) => !(options.without ?? ["WorktreeCreate"]).includes(event))
  const settings = Object.fromEntries(
    events.map((event) => [event, [{ hooks: [{ type: "command", command: `cat >> ${log(event)}` }] }]]),
  )
  const more = Object.fromEntries(
    Object.entries(options.also ?? {}).map(([event, hook]) => [
      event,
      [{ hooks: [typeof hook === "string" ? { type: "command", command: hook } : hook] }],
    ]),
  )
  const hooks = createHooks({
    layers: [
      { source: "userSettings", label: "a", hooks: settings },
      { source: "projectSettings", label: "b", hooks: more },
    ],
    cwd: place,
    projectDir: place,
    env: { PATH: process.env.PATH ?? "", PLACE: place },
    envFile: () => join(place, "hooks.sh"),
    http: {},
    covers: () => true,
    onProblem: (line) => {
      throw new Error(line)
    },
  })
  const api = scriptedApi(script)
  let port: EnginePort | undefined
  const engine = rig({
    api,
    tools: options.tools ?? [],
    rules: options.rules ?? ["Write", "Agent", "TaskCreate", "TaskUpdate", "EnterWorktree", "ExitWorktree"],
    over: (base) => ({
      hooks,
      attach: (given: EnginePort) => {
        port = given
      },
      ...options.over?.(base),
    }),
  })
  const read = (event: string): readonly Input[] =>
    existsSync(log(event))
      ? readFileSync(log(event), "utf8")
          .split("\n")
          .filter((line) => line.trim() !== "")
          .map((line) => JSON.parse(line) as Input)
      : []
  return Object.assign(engine, {
    hooks,
    place,
    requests: api.requests,
    port: () => port as EnginePort,
    read,
    async seen(event: string, count = 1) {
      const deadline = Date.now() + 10_000
      while (read(event).length < count) {
        if (Date.now() > deadline) throw new Error(`${event} was fired ${read(event).length} times`)
        await Bun.sleep(20)
      }
      return read(event)
    },
  })
}

const output = (event: string, more: object) =>
  `printf '%s' '${JSON.stringify({ hookSpecificOutput: { hookEventName: event, ...more } })}'`
const sent = (engine: Recorded, at: number) => JSON.stringify(engine.requests[at]?.messages)

describe("a turn with a call tells hooks", () => {
  const write = toyTool("Write", "write", async (input) => `wrote ${input.to}`)
  const fail: AnyTool = {
    ...toyTool("Fail", "free", async () => ""),
    // biome-ignore lint/correctness/useYield: fails at once
    async *run() {
      return { content: "no disk", data: null, isError: true, view: { kind: "text", text: "" } }
    },
  }

  test("of everything that happens, in order and with every field", async () => {
    const engine = recorded([[toolUse("Write", { to: "here" })], [toolUse("Fail", {})], text("done")], {
      tools: [write, fail],
      rules: ["Write", "Fail"],
    })
    engine.say("go")
    await engine.until("turn.end")
    const [start] = await engine.seen("SessionStart")
    expect(start).toMatchObject({
      source: "startup",
      model: "claude-sonnet-4-5",
      hook_event_name: "SessionStart",
    })
    expect(start?.prompt_id).toBeUndefined()
    const [prompt] = engine.read("UserPromptSubmit")
    expect(prompt).toMatchObject({
      prompt: "go",
      source: "user",
      session_id: expect.any(String),
      transcript_path: expect.stringMatching(/\.jsonl$/),
      cwd: engine.folder,
      permission_mode: "default",
      prompt_id: expect.any(String),
    })
    const call = { tool_name: "Write", tool_input: { to: "here" }, tool_use_id: expect.any(String) }
    expect(engine.read("PreToolUse")[0]).toMatchObject({ ...call, prompt_id: prompt?.prompt_id })
    expect(engine.read("PostToolUse")).toMatchObject([
      { ...call, tool_response: { text: "wrote here" }, duration_ms: expect.any(Number) },
    ])
    expect(engine.read("PostToolUseFailure")).toMatchObject([
      { tool_name: "Fail", error: "no disk", is_interrupt: false },
    ])
    expect(engine.read("PostToolBatch").map(({ tool_calls: calls }) => calls)).toMatchObject([
      [{ ...call, tool_response: { text: "wrote here" } }],
      [{ tool_name: "Fail" }],
    ])
    expect(engine.read("Stop")).toMatchObject([
      { stop_hook_active: false, last_assistant_message: "done", background_tasks: [], session_crons: [] },
    ])
    expect(await engine.seen("MessageDisplay")).toMatchObject([
      { index: 0, final: true, delta: "done", turn_id: prompt?.prompt_id, message_id: expect.any(String) },
    ])
    engine.send({ type: "leaving", why: "prompt_input_exit" })
    await engine.close()
    expect(engine.read("SessionEnd")).toMatchObject([{ reason: "prompt_input_exit" }])
  })

  test("of a question, and of its refusal where nobody can be asked", async () => {
    const engine = recorded([[toolUse("Write", { to: "x" })], text("ok")], {
      tools: [write],
      rules: [],
      over: () => ({ canAsk: false }),
    })
    engine.say("go")
    await engine.until("turn.end")
    expect(engine.read("PermissionRequest")).toMatchObject([
      { tool_name: "Write", tool_input: { to: "x" }, permission_suggestions: expect.any(Array) },
    ])
    expect(engine.read("PermissionDenied")).toMatchObject([
      { tool_name: "Write", tool_use_id: expect.any(String), reason: expect.any(String) },
    ])
    await engine.close()
  })

  test("of a failure of the service", async () => {
    const engine = recorded([error(529)])
    engine.say("go")
    await engine.until("turn.end")
    expect(await engine.seen("StopFailure")).toMatchObject([
      { error: "overloaded", error_details: expect.any(String) },
    ])
    expect(engine.read("Stop")).toHaveLength(0)
    await engine.close()
  })

  test("of a call that the person interrupted", async () => {
    const slow = toyTool("Slow", "free", () => new Promise(() => {}))
    const engine = recorded([[toolUse("Slow", {})], text("never")], { tools: [slow] })
    engine.say("go")
    await engine.until("tool.begin")
    await engine.until("tool.grow")
    engine.send({ type: "interrupt" })
    await engine.until("turn.end")
    expect(await engine.seen("PostToolUseFailure")).toMatchObject([{ tool_name: "Slow", is_interrupt: true }])
    expect(engine.read("Stop")).toHaveLength(0)
    await engine.close()
  })
})

describe("what hooks answer", () => {
  const write = toyTool("Write", "write", async (input) => `wrote ${input.to}`)

  test("a refusal with continue: false ends the turn", async () => {
    const refusal = `printf '%s' '{"continue":false,"stopReason":"enough","hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"no"}}'`
    const engine = recorded([[toolUse("Write", { to: "x" })], text("never")], {
      tools: [write],
      also: { PreToolUse: refusal },
    })
    engine.say("go")
    expect(await engine.until("turn.end")).toMatchObject({ terminal: "hook_stopped", message: "enough" })
    expect(engine.requests).toHaveLength(1)
    await engine.close()
  })

  test("an output of the tool's shape replaces it; another shape is told and left", async () => {
    const good = output("PostToolUse", { updatedToolOutput: { text: "hidden" } })
    const engine = recorded([[toolUse("Write", { to: "secret" })], text("ok")], {
      tools: [write],
      also: { PostToolUse: good },
    })
    engine.say("go")
    await engine.until("turn.end")
    expect(sent(engine, 1)).toContain("hidden")
    expect(sent(engine, 1)).not.toContain("wrote secret")
    await engine.close()
    for (const bad of [{ updatedToolOutput: { other: 1 } }, { updatedMCPToolOutput: "hidden" }]) {
      const other = recorded([[toolUse("Write", { to: "plain" })], text("ok")], {
        tools: [write],
        also: { PostToolUse: output("PostToolUse", bad) },
      })
      other.say("go")
      await other.until("turn.end")
      expect(sent(other, 1)).toContain("wrote plain")
      await other.close()
    }
  })

  test("a prompt that is stopped is told to the person, unless the hook does not want that", async () => {
    const block = (more: object) =>
      `printf '%s' '${JSON.stringify({ decision: "block", reason: "no secrets", hookSpecificOutput: { hookEventName: "UserPromptSubmit", ...more } })}'`
    for (const [more, shown] of [
      [{}, true],
      [{ suppressOriginalPrompt: true }, false],
    ] as const) {
      const engine = recorded([text("never")], { also: { UserPromptSubmit: block(more) } })
      engine.say("my password is 1234")
      const notice = await engine.until("notice", ({ code }) => code === "prompt_blocked")
      expect(notice.text).toContain("no secrets")
      expect(notice.text.includes("1234")).toBe(shown)
      await engine.until("turn.end")
      await engine.close()
    }
  })

  test("a Stop hook of type prompt sends the turn on with its reason", async () => {
    let asked = 0
    const engine = recorded(
      (request) => {
        if (!JSON.stringify(request.system ?? "").includes("You check a condition")) return text("finished")
        return text(asked++ === 0 ? '{"ok": false, "reason": "write the tests first"}' : '{"ok": true}')
      },
      { also: { Stop: { type: "prompt", prompt: "Are there tests? $ARGUMENTS" } } },
    )
    engine.say("go")
    await engine.until("turn.end")
    const own = engine.requests.filter(
      ({ system }) => !JSON.stringify(system ?? "").includes("You check a condition"),
    )
    expect(asked).toBe(2)
    expect(JSON.stringify(own.at(-1)?.messages)).toContain("write the tests first")
    await engine.close()
  })

  test("an agent hook reads for itself, changes nothing, asks nobody and fires no hooks", async () => {
    const ran: string[] = []
    const read = toyTool("Read", "read", async () => {
      ran.push("Read")
      return "the tests pass"
    })
    const engine = recorded(
      (request, index) => {
        const verifier = JSON.stringify(request.system ?? "").includes("You check a condition")
        if (!verifier) return index === 0 ? [toolUse("Write", { to: "x" })] : text("finished")
        expect(request.tools?.map(({ name }) => name)).toEqual(["Read"])
        const looked = JSON.stringify(request.messages).includes("the tests pass")
        return looked
          ? text('{"ok": false, "reason": "look at line 3"}')
          : [toolUse("Read", { file_path: "a" })]
      },
      {
        tools: [write, read],
        also: { PreToolUse: { type: "agent", prompt: "Is this safe?" } },
      },
    )
    engine.say("go")
    expect(await engine.until("turn.end")).toMatchObject({
      terminal: "hook_stopped",
      message: "look at line 3",
    })
    expect(ran).toEqual(["Read"])
    expect(engine.read("PreToolUse").map(({ tool_name: name }) => name)).toEqual(["Write"])
    expect(engine.read("SubagentStart")).toHaveLength(0)
    expect(engine.events.filter(({ agent }) => agent !== undefined)).toHaveLength(0)
    await engine.close()
  })
})

describe("continue: false", () => {
  const stop = (reason: string) => `printf '%s' '{"continue":false,"stopReason":"${reason}"}'`

  test("at a question refuses the call and ends the turn", async () => {
    const write = toyTool("Write", "write", async () => "wrote")
    const engine = recorded([[toolUse("Write", {})], text("never")], {
      tools: [write],
      rules: [],
      also: { PermissionRequest: stop("not today") },
    })
    engine.say("go")
    expect(await engine.until("turn.end")).toMatchObject({ terminal: "hook_stopped", message: "not today" })
    expect(engine.read("PostToolUse")).toHaveLength(0)
    await engine.close()
  })

  test("at the start of a subagent keeps it from starting", async () => {
    const engine = recorded(
      [[toolUse("Agent", { description: "look", prompt: "look", subagent_type: "Explore" })], text("ok")],
      { tools: [agentTool(BUILT_IN_AGENTS)], also: { SubagentStart: stop("no agents") } },
    )
    engine.say("go")
    await engine.until("turn.end")
    expect(engine.requests).toHaveLength(2)
    expect(sent(engine, 1)).toContain("no agents")
    await engine.close()
  })
})

test("what background work says is judged like a prompt, by where it comes from", async () => {
  const start: AnyTool = {
    ...toyTool("Start", "free", async () => ""),
    async *run(_, ctx) {
      yield "starting"
      ctx.tasks.add({
        kind: "shell",
        description: "a build",
        outputFile: ctx.tasks.outputFile("s1"),
        toolUseId: ctx.toolUseId,
        stop() {},
        done: Bun.sleep(50).then(() => ({ status: "completed" as const, summary: "built" })),
      })
      return { content: "started", data: {}, view: { kind: "text", text: "" } }
    },
  }
  const engine = recorded([[toolUse("Start", {})], text("waiting"), text("never")], {
    tools: [start],
    also: { UserPromptSubmit: 'grep -q \'"source":"system"\' && { echo not now >&2; exit 2; }; exit 0' },
  })
  engine.say("go")
  await engine.until("turn.end")
  expect(engine.read("Stop")).toMatchObject([
    { background_tasks: [{ type: "shell", status: "running", description: "a build" }] },
  ])
  expect((await engine.until("notice", ({ code }) => code === "prompt_blocked")).text).toContain("not now")
  const sources = engine.read("UserPromptSubmit").map(({ source }) => source)
  expect(sources).toEqual(["user", "system"])
  expect(engine.requests).toHaveLength(2)
  await engine.close()
})

describe("a session tells hooks", () => {
  test("of Setup, of its instructions, of compaction and of its new start", async () => {
    const engine = recorded([text("one"), text("two"), text("summary"), text("three")], {
      over: () => ({
        setup: "init",
        prompt: {
          memory: async () => [{ path: "/x/CLAUDE.md", content: "be brief", type: "Project" }],
          git: async () => "",
        },
      }),
    })
    engine.say("go")
    await engine.until("turn.end")
    expect(await engine.seen("Setup")).toMatchObject([{ trigger: "init" }])
    expect(await engine.seen("InstructionsLoaded")).toMatchObject([
      { file_path: "/x/CLAUDE.md", memory_type: "Project", load_reason: "session_start" },
    ])
    engine.say("more")
    await engine.until("turn.end")
    engine.send({ type: "compact", hint: "keep names" })
    await engine.until("compacted")
    expect(await engine.seen("PreCompact")).toMatchObject([
      { trigger: "manual", custom_instructions: "keep names" },
    ])
    expect(await engine.seen("PostCompact")).toMatchObject([
      { trigger: "manual", compact_summary: expect.any(String) },
    ])
    expect((await engine.seen("SessionStart", 2))[1]).toMatchObject({ source: "compact" })
    engine.say("and then?")
    await engine.until("turn.end", ({ result }) => result === "three")
    expect((await engine.seen("InstructionsLoaded", 2))[1]).toMatchObject({ load_reason: "compact" })
    engine.send({ type: "signed-in", text: "Signed in." })
    expect(await engine.seen("Notification")).toMatchObject([
      { notification_type: "auth_success", message: "Signed in." },
    ])
    engine.send({ type: "clear" })
    expect((await engine.seen("SessionStart", 3))[2]).toMatchObject({ source: "clear" })
    expect(engine.read("SessionEnd")).toMatchObject([{ reason: "clear" }])
    await engine.close()
  })

  test("of being resumed, and what that will cost", async () => {
    const first = recorded([text("one")])
    first.say("go")
    await first.until("turn.end")
    await first.close()
    const { lines } = first
    for (const [forked, source] of [
      [false, "resume"],
      [true, "fork"],
    ] as const) {
      const id = "11111111-1111-4111-8111-111111111111"
      const leaf = String(lines.findLast((line) => line.type === "assistant")?.uuid)
      const engine = recorded([text("two")], {
        over: () => ({
          resume: { id, lines, leaf },
          forked,
          now: () => new Date(Date.now() + 400_000),
        }),
      })
      expect(await engine.seen("SessionStart")).toMatchObject([
        {
          source,
          context_tokens: 11,
          prompt_cache_likely_expired: true,
          seconds_since_last_response: expect.any(Number),
          estimated_cache_write_usd: expect.any(Number),
        },
      ])
      await engine.close()
    }
  })

  test("of subagents, and hooks of an agent's own file hold for it alone", async () => {
    const kind: AgentKind = {
      name: "careful",
      description: "careful",
      prompt: "be careful",
      source: "user",
      hooks: { Stop: [{ hooks: [{ type: "command", command: "cat >> $PLACE/own.jsonl" }] }] },
    }
    const kinds = [...BUILT_IN_AGENTS, kind]
    const engine = recorded(
      [
        [toolUse("Agent", { description: "look", prompt: "look", subagent_type: "careful" })],
        text("found"),
        text("ok"),
      ],
      { tools: [agentTool(kinds)], over: (base) => ({ agents: { ...base.agents, kinds } }) },
    )
    engine.say("go")
    await engine.until("turn.end")
    const about = { agent_id: expect.any(String), agent_type: "careful" }
    expect(engine.read("SubagentStart")).toMatchObject([about])
    expect(engine.read("SubagentStop")).toMatchObject([
      { ...about, stop_hook_active: false, last_assistant_message: "found", background_tasks: [] },
    ])
    expect(engine.read("Stop")).toHaveLength(1)
    expect(engine.read("own")).toMatchObject([{ hook_event_name: "SubagentStop", ...about }])
    expect(engine.hooks.list().every(({ label }) => label !== "agent careful")).toBe(true)
    await engine.close()
  })

  test("of tasks, which they may refuse", async () => {
    const create = (subject: string) => toolUse("TaskCreate", { subject, description: "all of it" })
    const engine = recorded(
      [
        [create("good")],
        [toolUse("TaskUpdate", { taskId: "1", status: "completed" })],
        [create("bad")],
        text("ok"),
      ],
      {
        tools: [taskCreate, taskUpdate],
        also: { TaskCreated: "grep -q bad && { echo no such tasks >&2; exit 2; }; exit 0" },
      },
    )
    engine.say("go")
    await engine.until("turn.end")
    const good = { task_id: "1", task_subject: "good", task_description: "all of it" }
    expect(engine.read("TaskCreated")[0]).toMatchObject(good)
    expect(engine.read("TaskCompleted")).toMatchObject([good])
    expect(sent(engine, 3)).toContain("no such tasks")
    await engine.close()
  })

  test("of slash commands, which they may stop", async () => {
    const commands = {
      list: () => [{ name: "deploy", description: "", argumentHint: "", skill: true }],
      expand: async (name: string) => ({ name, text: "Deploy it.", source: "project" as const }),
    }
    const engine = recorded([text("ok")], { over: () => ({ commands }) })
    engine.say("/deploy now")
    await engine.until("turn.end")
    expect(engine.read("UserPromptExpansion")).toMatchObject([
      {
        expansion_type: "slash_command",
        command_name: "deploy",
        command_args: "now",
        command_source: "project",
        prompt: "/deploy now",
      },
    ])
    await engine.close()
  })

  test("of a skill's hooks from its call on, until another session begins", async () => {
    const hooks = { UserPromptSubmit: [{ hooks: [{ type: "command", command: "echo mind the deploy" }] }] }
    const commands = {
      list: () => [{ name: "deploy", description: "", argumentHint: "", skill: true }],
      async expand(name: string, _: string, turn: { addHooks?(hooks: unknown, owner: object): void }) {
        turn.addHooks?.(hooks, { label: "skill deploy", source: "user", once: true })
        return { name, text: "Deploy it." }
      },
    }
    const engine = recorded([text("one"), text("two"), text("three")], {
      over: () => ({ commands: commands as never }),
    })
    engine.say("/deploy")
    await engine.until("turn.end")
    engine.say("go on")
    await engine.until("turn.end")
    expect(sent(engine, 1)).toContain("mind the deploy")
    engine.send({ type: "clear" })
    await engine.until("session", ({ why }) => why === "clear")
    engine.say("anew")
    await engine.until("turn.end")
    expect(sent(engine, 2)).not.toContain("mind the deploy")
    await engine.close()
  })

  test("of a server's question and its answer", async () => {
    const engine = recorded([])
    const about = { server: "db", message: "Which one?", mode: "form" as const, schema: { type: "object" } }
    const asked = engine.port().elicit(about, new AbortController().signal)
    const { elicit } = await engine.until("elicit")
    engine.send({ type: "elicited", elicit, answer: { action: "accept", content: { a: 1 } } })
    await asked
    expect(engine.read("Elicitation")).toMatchObject([
      { mcp_server_name: "db", message: "Which one?", mode: "form", requested_schema: { type: "object" } },
    ])
    expect(engine.read("ElicitationResult")).toMatchObject([
      { mcp_server_name: "db", action: "accept", content: { a: 1 } },
    ])
    const types = (await engine.seen("Notification", 2)).map(({ notification_type: type }) => type)
    expect([...types].sort()).toEqual(["elicitation_dialog", "elicitation_response"])
    await engine.close()
  })
})

describe("another model", () => {
  test("is told before and after, with what the change costs", async () => {
    const engine = recorded([text("one"), text("two")])
    engine.say("go")
    await engine.until("turn.end")
    engine.send({ type: "model", model: "opus", source: "picker" })
    await engine.until("session", ({ why }) => why === "model")
    const about = {
      from_model: "claude-sonnet-4-5",
      to_model: expect.stringContaining("opus"),
      requested_model: "opus",
      source: "picker",
      context_tokens: 11,
      prompt_cache_warm: true,
      cache_ttl: "5m",
      estimated_cache_write_usd: expect.any(Number),
      pricing: "catalog",
    }
    expect(engine.read("PreModelSwitch")).toMatchObject([about])
    expect(await engine.seen("PostModelSwitch")).toMatchObject([about])
    await engine.close()
  })

  test("is refused by a hook, and the next turn waits for what it says", async () => {
    const deny = output("PreModelSwitch", {
      permissionDecision: "deny",
      permissionDecisionReason: "too dear",
    })
    const engine = recorded([text("one")], { also: { PreModelSwitch: `sleep 0.2; ${deny}` } })
    engine.send({ type: "model", model: "opus" })
    engine.say("go")
    const notice = await engine.until("notice", ({ code }) => code === "model")
    expect(notice.text).toContain("too dear")
    await engine.until("turn.end")
    expect(engine.requests[0]?.model).toBe("claude-sonnet-4-5")
    await engine.close()
  })

  test("is confirmed by the person where a hook wants that, and refused for a host", async () => {
    const ask = output("PreModelSwitch", { permissionDecision: "ask", permissionDecisionReason: "it costs" })
    const engine = recorded([text("one")], { also: { PreModelSwitch: ask } })
    engine.send({ type: "model", model: "opus" })
    const question = await engine.until("ask")
    expect(question.decision.reason.text).toBe("it costs")
    engine.send({ type: "answer", ask: question.ask, answer: { verdict: "allow" } })
    await engine.until("session", ({ why }) => why === "model")
    await engine.close()
    const host = recorded([text("one")], { also: { PreModelSwitch: ask }, over: () => ({ defers: true }) })
    host.send({ type: "model", model: "opus" })
    expect((await host.until("notice", ({ code }) => code === "model")).text).toContain("not confirmed")
    expect(host.read("PreModelSwitch")).toMatchObject([{ source: "sdk" }])
    await host.close()
  })

  test("adds what a hook says to the next prompt", async () => {
    const engine = recorded([text("one")], {
      also: { PostModelSwitch: output("PostModelSwitch", { additionalContext: "you are dear" }) },
    })
    engine.send({ type: "model", model: "opus" })
    await engine.until(
      "notice",
      ({ code, data }) => code === "hook_response" && data?.hook_event === "PostModelSwitch",
    )
    await engine.seen("PostModelSwitch")
    await Bun.sleep(20)
    engine.say("go")
    await engine.until("turn.end")
    expect(sent(engine, 0)).toContain("you are dear")
    await engine.close()
  })
})

describe("places and files", () => {
  /** Goes where it is told. */
  const go: AnyTool = {
    ...toyTool("Go", "free", async () => ""),
    async *run(input: { to: string }, ctx) {
      yield "going"
      ctx.setCwd(input.to)
      return { content: "there", data: {}, view: { kind: "text", text: "" } }
    },
  }
  const env = toyTool("Env", "free", async () => "")

  test("a change of folder is told, and what its hook writes is there for the next command", async () => {
    const seen: (string | undefined)[] = []
    const look: AnyTool = {
      ...env,
      async *run(_, ctx) {
        yield "looking"
        const file = ctx.env.CLAUDE_ENV_FILE
        seen.push(file === undefined ? undefined : readFileSync(file, "utf8"))
        return { content: "seen", data: {}, view: { kind: "text", text: "" } }
      },
    }
    const to = realpathSync(mkdtempSync(join(tmpdir(), "ccts-elsewhere-")))
    const engine = recorded([[toolUse("Go", { to }), toolUse("Env", {})], text("ok")], {
      tools: [go, look],
      also: { CwdChanged: 'sleep 0.2; echo "export A=1" >> "$CLAUDE_ENV_FILE"' },
      over: (base) => ({
        place: { ...base.place, envFile: () => join(engine?.place ?? "", "hooks.sh") },
      }),
    })
    engine.say("go")
    await engine.until("turn.end")
    expect(engine.read("CwdChanged")).toMatchObject([{ old_cwd: engine.folder, new_cwd: to }])
    expect(seen[0]).toContain("export A=1")
    await engine.close()
  })

  test("a file that hooks wait for is told when it appears, changes and goes", async () => {
    const engine = recorded([text("ok")], {
      also: {
        SessionStart: `printf '%s' "{\\"hookSpecificOutput\\":{\\"hookEventName\\":\\"SessionStart\\",\\"watchPaths\\":[\\"$PLACE/watched.txt\\"]}}"`,
      },
    })
    engine.say("go")
    await engine.until("turn.end")
    const file = join(engine.place, "watched.txt")
    writeFileSync(file, "one")
    await engine.seen("FileChanged", 1)
    appendFileSync(file, "two")
    await engine.seen("FileChanged", 2)
    await Bun.file(file).delete()
    expect((await engine.seen("FileChanged", 3)).map(({ file_path: path, event }) => [path, event])).toEqual([
      [file, "add"],
      [file, "change"],
      [file, "unlink"],
    ])
    await engine.close()
    writeFileSync(file, "after")
    await Bun.sleep(200)
    expect(engine.read("FileChanged")).toHaveLength(3)
  })

  test("the matcher of FileChanged names files of the folder; their hooks may name others", async () => {
    const engine = recorded([], { without: ["WorktreeCreate", "FileChanged", "SessionStart"] })
    const log = join(engine.place, "changes.jsonl")
    const other = join(engine.place, "other.txt")
    const command = `cat >> ${log}; printf '%s' '{"hookSpecificOutput":{"hookEventName":"FileChanged","watchPaths":["${other}"]}}'`
    engine.hooks.reload({
      layers: [
        {
          source: "userSettings",
          label: "a",
          hooks: {
            FileChanged: [{ matcher: "Makefile|package_json", hooks: [{ type: "command", command }] }],
          },
        },
      ],
      http: {},
    })
    const reload = { type: "reload", rules: [], modes: ["default"], additionalRoots: [], env: {} } as const
    engine.send(reload)
    writeFileSync(join(engine.folder, "unrelated"), "")
    writeFileSync(join(engine.folder, "Makefile"), "all:")
    await engine.seen("changes", 1)
    expect(engine.read("changes")).toMatchObject([
      { file_path: join(engine.folder, "Makefile"), event: "add" },
    ])
    await engine.close()
  })

  test("a folder that is added is told, with how it came", async () => {
    const engine = recorded([])
    const updates = [{ type: "addDirectories", directories: ["/extra"], destination: "session" }] as const
    engine.send({ type: "permissions", updates, added: "register_repo_root" })
    expect(await engine.seen("DirectoryAdded")).toMatchObject([
      { directory: "/extra", source: "register_repo_root" },
    ])
    await engine.close()
  })

  test("a worktree is made and removed by hooks where there are any", async () => {
    const engine = recorded(
      [
        [toolUse("EnterWorktree", { name: "try" })],
        [toolUse("ExitWorktree", { action: "remove" })],
        [toolUse("ExitWorktree", { action: "remove", discard_changes: true })],
        text("ok"),
      ],
      {
        tools: [enterWorktree, exitWorktree],
        also: {
          WorktreeCreate:
            "cat >> $PLACE/WorktreeCreate.jsonl; mkdir $PLACE/tree; echo making; echo $PLACE/tree",
        },
      },
    )
    engine.say("go")
    await engine.until("turn.end")
    const tree = join(engine.place, "tree")
    expect(engine.read("WorktreeCreate")).toMatchObject([{ name: "try" }])
    expect(engine.read("CwdChanged")[0]).toMatchObject({ new_cwd: tree })
    expect(sent(engine, 2)).toContain("discard_changes")
    expect(engine.read("WorktreeRemove")).toMatchObject([{ worktree_path: tree }])
    await engine.close()
  })

  test("a worktree whose hook fails is not entered", async () => {
    const engine = recorded([[toolUse("EnterWorktree", { name: "try" })], text("ok")], {
      tools: [enterWorktree],
      also: { WorktreeCreate: "echo no room >&2; exit 3" },
    })
    engine.say("go")
    await engine.until("turn.end")
    expect(sent(engine, 1)).toContain("no room")
    expect(engine.read("CwdChanged")).toHaveLength(0)
    await engine.close()
  })
})

describe("a message on a screen", () => {
  test("is shown as its hook wants it, and kept as it was", async () => {
    const engine = recorded([text("the secret is 42")], {
      also: { MessageDisplay: output("MessageDisplay", { displayContent: "the secret is …" }) },
    })
    engine.say("go")
    const end = await engine.until("block.end")
    expect([end.shown, end.content]).toMatchObject(["the secret is …", { text: "the secret is 42" }])
    await engine.until("turn.end")
    expect(engine.events.some((event) => event.type === "block.grow")).toBe(false)
    expect(JSON.stringify(engine.lines)).toContain("the secret is 42")
    await engine.close()
  })

  test("reaches a host as it comes", async () => {
    const engine = recorded([text("hello")], {
      also: { MessageDisplay: output("MessageDisplay", { displayContent: "x" }) },
      over: () => ({ defers: true }),
    })
    engine.say("go")
    const end = await engine.until("block.end")
    expect(end.shown).toBeUndefined()
    expect(await engine.seen("MessageDisplay")).toHaveLength(1)
    await engine.close()
  })
})
