import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { createSkills } from "../../src/extend/skills/create-skills.ts"
import type { HookJudge, JudgeRequest } from "../../src/model/hook.ts"
import type { TurnPort } from "../../src/model/intake.ts"
import { hookRig, on, say } from "./hook-rig.ts"

/** A model that answers from a list, and what it was asked. */
function judge(...answers: readonly string[]) {
  const asked: (JudgeRequest & { how: "ask" | "verify"; system: string })[] = []
  const answer = (how: "ask" | "verify") => async (request: JudgeRequest & { system: string }) => {
    asked.push({ ...request, how })
    return answers[asked.length - 1] ?? ""
  }
  const port: HookJudge = { ask: answer("ask"), verify: answer("verify") }
  return { port, asked }
}

const no = '{"ok": false, "reason": "not yet"}'

describe("a prompt hook", () => {
  const hook = { type: "prompt", prompt: "Is $ARGUMENTS fine?" }

  test("asks the model about the event; a yes changes nothing", async () => {
    const { port, asked } = judge('Sure.\n```json\n{"ok": true, "reason": "all $& well"}\n```')
    const { fire, told } = hookRig(on("Stop", { ...hook, model: "haiku" }))
    expect(await fire("Stop", { last_assistant_message: "done $1" }, { judge: port })).toEqual({})
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({ how: "ask", model: "haiku" })
    expect(asked[0]?.prompt).toMatch(/^Is \{.*"last_assistant_message":"done \$1".*\} fine\?$/)
    expect(told("hook_error")).toEqual([])
  })

  test("without a place for the event gets it at the end; a huge one is cut", async () => {
    const { port, asked } = judge(no)
    const { fire } = hookRig(on("PreToolUse", { type: "prompt", prompt: "Fine?" }))
    await fire("PreToolUse", { tool_input: { content: "x".repeat(500_000) } }, { judge: port })
    expect(asked[0]?.prompt).toMatch(/^Fine\?\n\nThe event:\n\{/)
    expect(asked[0]?.prompt.length).toBeLessThan(61_000)
  })

  // The last table of spec/hooks.md, output.
  const table: readonly (readonly [string, object, object])[] = [
    ["Stop", {}, { block: true, reason: "not yet" }],
    ["SubagentStop", {}, { block: true, reason: "not yet" }],
    ["PreToolUse", {}, { decision: "deny", reason: "not yet", stop: true, stopReason: "not yet" }],
    ["PreToolUse", { continueOnBlock: true }, { decision: "deny", reason: "not yet" }],
    ["PostToolUse", {}, { reason: "not yet", stop: true, stopReason: "not yet" }],
    ["PostToolUse", { continueOnBlock: true }, { block: true, reason: "not yet" }],
    ["PostToolBatch", {}, { reason: "not yet", stop: true, stopReason: "not yet" }],
    ["UserPromptSubmit", {}, { block: true, reason: "not yet" }],
    ["UserPromptExpansion", {}, { block: true, reason: "not yet" }],
    ["PostToolUseFailure", {}, { block: true, reason: "not yet" }],
    ["TaskCreated", {}, { block: true, reason: "not yet" }],
    ["TaskCompleted", {}, { block: true, reason: "not yet" }],
    ["PermissionRequest", {}, {}],
    ["PermissionDenied", {}, {}],
  ]
  for (const [event, more, outcome] of table)
    test(`whose answer is no: ${event} ${JSON.stringify(more)}`, async () => {
      const { fire } = hookRig(on(event, { ...hook, ...more }))
      expect(await fire(event, {}, { judge: judge(no).port })).toEqual(outcome)
    })

  test("gives up where it says that it is impossible", async () => {
    const { fire, told } = hookRig(on("Stop", hook))
    const { port } = judge('{"ok": false, "reason": "no network", "impossible": true}')
    expect(await fire("Stop", {}, { judge: port })).toEqual({})
    expect(told("hook_message")[0]).toContain("no network")
  })

  for (const [what, answer] of [
    ["no JSON", "I think so."],
    ["JSON without ok", '{"reason": "x"}'],
    ["an ok of the wrong type", '{"ok": "yes"}'],
    ["nothing", ""],
    ["a thousand braces", "{".repeat(1_000)],
  ] as const)
    test(`whose model answers with ${what} is no answer`, async () => {
      const { fire, told } = hookRig(on("PreToolUse", hook))
      expect(await fire("PreToolUse", {}, { judge: judge(answer).port })).toEqual({})
      expect(told("hook_error")[0]).toContain("no answer of the form")
    })

  test("whose model cannot be asked is no answer, and says why", async () => {
    const { fire, told } = hookRig(on("PreToolUse", hook))
    const port = { ask: () => Promise.reject(new Error("overloaded\nmore")), verify: async () => "" }
    expect(await fire("PreToolUse", {}, { judge: port })).toEqual({})
    expect(told("hook_error")[0]).toEndWith("hook error: overloaded")
    expect(await fire("PreToolUse", {})).toEqual({})
    expect(told("hook_error")[1]).toContain("there is no model to ask")
  })

  test("ends at its deadline and with the turn, though the model never answers", async () => {
    const port = { ask: () => new Promise<string>(() => {}), verify: async () => "" }
    const late = hookRig(on("PreToolUse", { ...hook, timeout: 0.1 }))
    expect(await late.fire("PreToolUse", {}, { judge: port })).toEqual({})
    expect(late.told("hook_error")[0]).toContain("did not end within 0.1 s")
    const cut = hookRig(on("PreToolUse", hook))
    const abort = new AbortController()
    const waiting = cut.fire("PreToolUse", {}, { judge: port, signal: abort.signal })
    abort.abort()
    expect(await waiting).toEqual({})
    expect(cut.reports.at(-1)?.data?.outcome).toBe("cancelled")
  })
})

test("an agent hook has a subagent look, under the same answers", async () => {
  const { port, asked } = judge(no)
  const { fire } = hookRig(on("Stop", { type: "agent", prompt: "Do the tests pass?" }))
  expect(await fire("Stop", {}, { judge: port })).toEqual({ block: true, reason: "not yet" })
  expect(asked[0]).toMatchObject({ how: "verify" })
  expect(asked[0]?.system).toContain("transcript_path")
})

describe("an mcp_tool hook", () => {
  const hook = {
    type: "mcp_tool",
    server: "files",
    tool: "check",
    input: {
      path: "${tool_input.file_path}",
      all: ["${tool_name}", "${tool_input.nothing}"],
      deep: { n: 1 },
    },
  }
  const answering = (content: unknown, more: object = {}) => {
    const calls: unknown[] = []
    const callTool = async (...call: unknown[]) => {
      calls.push(call.slice(0, 3))
      return { content, ...more }
    }
    return { calls, callTool }
  }

  test("calls the tool with the event's values, and reads its text as a command's output", async () => {
    const said = JSON.stringify({
      hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "ask" },
    })
    const { calls, callTool } = answering([{ type: "text", text: said }])
    const { fire } = hookRig(on("PreToolUse", hook), { callTool })
    const input = { tool_name: "Read", tool_input: { file_path: "/a/b" } }
    expect(await fire("PreToolUse", input)).toEqual({ decision: "ask" })
    expect(calls).toEqual([["files", "check", { path: "/a/b", all: ["Read", ""], deep: { n: 1 } }]])
  })

  test("may add context at the start of a session", async () => {
    const { callTool } = answering([{ type: "image" }, { type: "text", text: "it rains" }])
    expect(await hookRig(on("SessionStart", hook), { callTool }).fire("SessionStart")).toEqual({
      context: ["it rains"],
    })
  })

  test("that fails, floods, throws or hangs is no answer", async () => {
    const flood = "x".repeat(2_000_000)
    for (const [callTool, why] of [
      [
        answering([{ type: "text", text: "broken\nmore" }], { isError: true }).callTool,
        "files/check: broken",
      ],
      [answering([{ type: "text", text: flood }]).callTool, "gave more than"],
      [() => Promise.reject(new Error("MCP tool not found")), "not found"],
      [() => new Promise<never>(() => {}), "did not end within"],
    ] as const) {
      const { fire, told } = hookRig(on("PreToolUse", { ...hook, timeout: 0.2 }), { callTool })
      expect(await fire("PreToolUse")).toEqual({})
      expect(told("hook_error")[0]).toContain(why)
    }
    const { fire, told } = hookRig(on("PreToolUse", hook))
    expect(await fire("PreToolUse")).toEqual({})
    expect(told("hook_error")[0]).toContain("no MCP servers")
  })
})

describe("an http hook", () => {
  test("is never sent to a link-local address", async () => {
    for (const url of ["http://169.254.169.254/latest", "http://[fe80::1]/", "http://[fd00:ec2::254]/"]) {
      const { fire, told } = hookRig(on("PreToolUse", { type: "http", url }))
      expect(await fire("PreToolUse")).toEqual({})
      expect(told("hook_error")[0]).toContain("link-local")
    }
  })

  test("sends only variables that both the hook and the settings name", async () => {
    let seen: Headers | undefined
    await using server = Object.assign(
      Bun.serve({
        port: 0,
        fetch(request) {
          seen = request.headers
          return new Response("")
        },
      }),
      {},
    )
    const hook = {
      type: "http",
      url: server.url.href,
      headers: { a: "${ONE}", b: "$TWO", c: "x\r\ny" },
      allowedEnvVars: ["ONE", "TWO"],
    }
    const env = { ONE: "1", TWO: "2" }
    await hookRig(on("PreToolUse", hook), { env, http: { allowedEnvVars: ["TWO"] } }).fire("PreToolUse")
    expect([seen?.get("a"), seen?.get("b"), seen?.get("c")]).toEqual(["", "2", "xy"])
  })

  test("that hangs ends at its deadline, and with the turn", async () => {
    await using server = Object.assign(
      Bun.serve({ port: 0, fetch: () => new Promise<Response>(() => {}) }),
      {},
    )
    const url = server.url.href
    const late = hookRig(on("PreToolUse", { type: "http", url, timeout: 0.2 }))
    expect(await late.fire("PreToolUse")).toEqual({})
    expect(late.told("hook_error")[0]).toContain("did not end within 0.2 s")
    const guard = hookRig(on("PreToolUse", { type: "http", url, timeout: 0.2, onFailure: "block" }))
    expect(await guard.fire("PreToolUse")).toMatchObject({ decision: "deny" })
    const cut = hookRig(on("PreToolUse", { type: "http", url }))
    const abort = new AbortController()
    const waiting = cut.fire("PreToolUse", {}, { signal: abort.signal })
    abort.abort()
    expect(await waiting).toEqual({})
  })
})

describe("which type may listen to which event", () => {
  const handlers = {
    command: { type: "command", command: "true" },
    http: { type: "http", url: "http://localhost:1/" },
    mcp_tool: { type: "mcp_tool", server: "a", tool: "b" },
    prompt: { type: "prompt", prompt: "?" },
    agent: { type: "agent", prompt: "?" },
  }
  const all =
    "PermissionDenied PermissionRequest PostToolBatch PostToolUse PostToolUseFailure PreToolUse Stop SubagentStop TaskCompleted TaskCreated TeammateIdle UserPromptExpansion UserPromptSubmit"
  const start = "SessionStart Setup"
  const rest =
    "SessionEnd Notification SubagentStart PreCompact PostCompact PreModelSwitch PostModelSwitch Elicitation ElicitationResult ConfigChange WorktreeCreate WorktreeRemove InstructionsLoaded CwdChanged FileChanged DirectoryAdded MessageDisplay StopFailure"
  for (const [events, types] of [
    [all, ["command", "http", "mcp_tool", "prompt", "agent"]],
    [start, ["command", "mcp_tool"]],
    [rest, ["command", "http", "mcp_tool"]],
  ] as const)
    test(`${types.join(", ")}: ${events.slice(0, 40)}…`, () => {
      for (const event of events.split(" "))
        for (const [type, handler] of Object.entries(handlers)) {
          const { hooks, problems } = hookRig(on(event, handler))
          const may = (types as readonly string[]).includes(type)
          expect([event, type, hooks.listens(event), problems.length]).toEqual([
            event,
            type,
            may,
            may ? 0 : 1,
          ])
        }
    })
})

describe("a command hook that misbehaves never holds up or ends anything", () => {
  test("one that floods 100 MB", async () => {
    const { fire, reports } = hookRig(on("PreToolUse", "head -c 100000000 /dev/zero; exit 2"))
    expect(await fire("PreToolUse")).toMatchObject({ decision: "deny" })
    expect(String(reports.at(-1)?.data?.stdout).length).toBeLessThanOrEqual(10_000)
  }, 30_000)

  test("one whose grandchild holds the pipe", async () => {
    const { fire } = hookRig(on("SessionStart", "sleep 30 & echo answered"))
    const startedAt = Date.now()
    expect(await fire("SessionStart")).toEqual({ context: ["answered"] })
    expect(Date.now() - startedAt).toBeLessThan(20_000)
  })

  test("one that ends by a signal", async () => {
    const { fire, told } = hookRig(on("PreToolUse", "kill -9 $$"))
    expect(await fire("PreToolUse")).toEqual({})
    expect(told("hook_error")[0]).toContain("exit code 137")
  })

  test("one that writes bytes that are no text, or JSON that is none", async () => {
    const bytes = await hookRig(on("SessionStart", "printf 'a\\377\\376b'")).fire("SessionStart")
    expect(bytes.context?.[0]).toMatch(/^a\ufffd+b$/)
    for (const text of ['{"continue": fal', "{}}", '{"a":'])
      expect(await hookRig(on("PreToolUse", `printf '%s' '${text}'`)).fire("PreToolUse")).toEqual({})
  })

  test("one that cannot be started", async () => {
    const { fire, told } = hookRig(
      on("PreToolUse", { type: "command", command: "/no/such/program", args: [] }),
    )
    expect(await fire("PreToolUse")).toEqual({})
    expect(told("hook_error")[0]).toContain("cannot be started")
  })

  test("one that answers while it goes on, and says something when it ends", async () => {
    const noted = Promise.withResolvers<string>()
    const later = JSON.stringify({
      hookSpecificOutput: { hookEventName: "PostToolUse", additionalContext: "tests passed" },
    })
    const { fire } = hookRig(
      on("PostToolUse", { type: "command", command: `sleep 0.2; echo '${later}'`, async: true }),
    )
    expect(await fire("PostToolUse", {}, { note: noted.resolve })).toEqual({})
    expect(await noted.promise).toContain("tests passed")
  })

  test("one in the background ends at its own deadline", async () => {
    const { fire, folder } = hookRig(
      on("PostToolUse", `echo '{"async": true, "asyncTimeout": 200}'; sleep 60; touch never`),
    )
    expect(await fire("PostToolUse")).toEqual({})
    await Bun.sleep(600)
    expect(await Bun.file(`${folder}/never`).exists()).toBe(false)
  })
})

describe("a failure that was told to block", () => {
  for (const event of ["Stop", "SubagentStop", "TaskCompleted", "TeammateIdle"])
    test(`never keeps ${event} from happening`, async () => {
      const hook = { type: "command", command: "exit 7", onFailure: "block" }
      expect(await hookRig(on(event, hook)).fire(event)).toEqual({})
    })
})

test("a shell may be chosen by name", async () => {
  const bash = { type: "command", command: "[[ -n $BASH_VERSION ]] && echo bash", shell: "bash" }
  expect(await hookRig(on("SessionStart", bash)).fire("SessionStart")).toEqual({ context: ["bash"] })
  const { problems } = hookRig(on("SessionStart", { ...bash, shell: "fish" }))
  expect(problems[0]).toContain('shell must be "bash" or "powershell"')
})

test("a text that is too long goes to a file, and its beginning stands in", async () => {
  const { fire, folder } = hookRig(on("SessionStart", "head -c 50000 /dev/zero | tr '\\0' x"))
  const { context } = await fire("SessionStart", {}, { spillDir: `${folder}/spill` })
  const file = /in (\S+) …/.exec(context?.[0] ?? "")?.[1] ?? ""
  expect(context?.[0]?.length).toBeLessThan(3_000)
  expect((await Bun.file(file).text()).length).toBe(50_000)
})

test("only titles, notifications and the bell reach the terminal", async () => {
  const sequence = (text: string) => say({ terminalSequence: text }).replaceAll("\u001b", "\\u001b")
  const cases = [
    ["\u001b]0;a title\u0007", "\u001b]0;a title\u0007"],
    ["\u001b]777;notify;a;b\u001b\\\u0007", "\u001b]777;notify;a;b\u001b\\\u0007"],
    ["\u001b[2J\u001b]52;c;eA==\u0007\u001b]8;;http://x\u0007", "\u0007\u0007"],
    ["words", undefined],
  ] as const
  for (const [text, passed] of cases) {
    const { fire, reports } = hookRig(on("Stop", sequence(text)))
    await fire("Stop")
    const told = reports.find(({ code }) => code === "hook_terminal")?.data?.sequence
    expect(told).toBe(passed)
  }
})

describe("hooks that come while a session runs", () => {
  const context = (text: string) => on("SessionStart", `echo ${text}`)

  test("of a skill count until they are taken back, `once` means once", async () => {
    const { hooks, fire } = hookRig({})
    const once = on("SessionStart", { type: "command", command: "echo first", once: true }, "echo always")
    const end = hooks.register(once, { label: "skill a", source: "project", once: true })
    hooks.register(once, { label: "skill a", source: "project", once: true })
    expect((await fire("SessionStart")).context).toEqual(["first", "always"])
    expect((await fire("SessionStart")).context).toEqual(["always"])
    expect(hooks.list()).toMatchObject([{ source: "sessionHook", label: "skill a", text: "echo always" }])
    end()
    expect(await fire("SessionStart")).toEqual({})
    expect(hooks.listens("SessionStart")).toBe(false)
  })

  test("`once` in a settings file is not heeded", async () => {
    const { fire } = hookRig(on("SessionStart", { type: "command", command: "echo hi", once: true }))
    await fire("SessionStart")
    expect((await fire("SessionStart")).context).toEqual(["hi"])
  })

  test("of an agent count for that agent alone, and its Stop is its end", async () => {
    const { hooks, fire } = hookRig({})
    hooks.register(on("Stop", "echo more >&2; exit 2"), { label: "agent x", source: "user", agentId: "a1" })
    expect(await fire("Stop")).toEqual({})
    expect(await fire("SubagentStop", {}, { agentId: "a2" })).toEqual({})
    expect(await fire("SubagentStop", {}, { agentId: "a1" })).toMatchObject({ block: true, reason: "more" })
  })

  test("do not run where all hooks are off, or only managed ones may", async () => {
    for (const over of [{ hostOff: true }, { managedOnly: true }]) {
      const { hooks, fire } = hookRig({}, over)
      hooks.register(context("skill"), { label: "skill a", source: "project" })
      expect(await fire("SessionStart")).toEqual({})
      expect(hooks.list()[0]?.disabled).toBe(true)
      hooks.register(context("managed"), { label: "skill b", source: "policy" })
      expect((await fire("SessionStart")).context).toEqual(["managed"])
    }
  })

  test("the host's are off, too, when all are; the settings may change that at any time", async () => {
    const { hooks, fire } = hookRig({}, { hostOff: true })
    const channel = { request: async () => ({ decision: "block", reason: "mine" }) }
    hooks.setHost({ PreToolUse: [{ hookCallbackIds: ["h"] }] }, channel)
    expect(await fire("PreToolUse")).toEqual({})
    hooks.reload({ layers: [], http: {} })
    expect(await fire("PreToolUse")).toMatchObject({ decision: "deny", reason: "mine" })
  })
})

test("a worktree is where the last line says, and nowhere when the hook fails", async () => {
  const { fire } = hookRig(on("WorktreeCreate", "echo making it; echo /some/where; echo"))
  expect(await fire("WorktreeCreate", { name: "x" })).toEqual({ worktreePath: "/some/where" })
  const failing = hookRig(on("WorktreeCreate", "echo /some/where; echo disk full >&2; exit 1"))
  expect(await failing.fire("WorktreeCreate")).toEqual({ block: true, reason: "disk full" })
})

test("the budget of a session's end is the environment's", async () => {
  const env = { PATH: process.env.PATH ?? "", CLAUDE_CODE_SESSIONEND_HOOKS_TIMEOUT_MS: "100" }
  const { fire, told } = hookRig(on("SessionEnd", "sleep 30"), { env })
  await fire("SessionEnd", {}, { matcher: "other" })
  expect(told("hook_error")[0]).toContain("did not end within 0.1 s")
})

test("a host is not asked when the session is over: nobody would answer", async () => {
  const { hooks, fire } = hookRig({})
  const asked: unknown[] = []
  const channel = { request: async (_: string, { input }: { input?: unknown }) => void asked.push(input) }
  hooks.setHost({ SessionEnd: [{ hookCallbackIds: ["h"] }] }, channel as never)
  await fire("SessionEnd", {}, { matcher: "other" })
  expect(asked).toHaveLength(0)
  await fire("SessionEnd", {}, { matcher: "clear" })
  expect(asked).toHaveLength(1)
})

describe("hooks in the head of a skill", () => {
  const head =
    "---\nname: x\ndescription: x\nhooks:\n  Stop:\n    - hooks:\n        - type: command\n          command: echo\n---\nBody."
  for (const [source, projectHooks, added] of [
    ["user", false, 1],
    ["project", true, 1],
    ["project", false, 0],
  ] as const)
    test(`of a ${source} skill ${added === 1 ? "come" : "do not come"} where the folder is ${projectHooks ? "" : "not "}trusted`, async () => {
      const { folder } = hookRig({})
      await Bun.write(join(folder, "skills/x/SKILL.md"), head)
      const owners: unknown[] = []
      const turn: TurnPort = {
        sessionId: "s",
        effort: null,
        allow() {},
        useModel() {},
        shell: async () => ({ ok: true, output: "" }),
        mentions: async () => [],
        addHooks: (hooks, owner) => void owners.push([hooks, owner]),
      }
      const skills = createSkills({ places: [{ folder, source }], projectDir: folder, projectHooks })
      await skills.expand("x", "", turn)
      const hooks = on("Stop", "echo")
      expect(owners).toEqual(added === 0 ? [] : [[hooks, { label: "skill x", source, once: true }]])
    })
})
