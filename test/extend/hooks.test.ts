import { describe, expect, test } from "bun:test"
import { mkdtempSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { HookOptions } from "../../src/extend/hooks/create-hooks.ts"
import type { Call } from "../../src/model/permission.ts"
import { hookRig, on, say } from "./hook-rig.ts"

const folder = realpathSync(mkdtempSync(join(tmpdir(), "ccts-hooks-")))
const env = { PATH: process.env.PATH ?? "", HOME: folder }

const rig = (hooks: object, over: Partial<HookOptions> = {}) =>
  hookRig(hooks, { cwd: folder, projectDir: folder, env, ...over })

const decide = (permissionDecision: string, more: object = {}) =>
  say({ hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision, ...more } })

describe("a command hook", () => {
  test("reads the event on stdin, in the folder of the session, with the project in its environment", async () => {
    const command = `cat > input.json; printf '%s' "$CLAUDE_PROJECT_DIR|$CLAUDE_CODE_SESSION_ID" > env.txt`
    await rig(on("PreToolUse", command)).fire("PreToolUse", {
      tool_name: "Bash",
      tool_input: { command: "ls" },
    })
    expect(await Bun.file(join(folder, "input.json")).json()).toEqual({
      cwd: folder,
      session_id: "s1",
      tool_name: "Bash",
      tool_input: { command: "ls" },
      hook_event_name: "PreToolUse",
    })
    expect(await Bun.file(join(folder, "env.txt")).text()).toBe(`${folder}|s1`)
  })

  test("that does not read a large event still answers", async () => {
    const { fire } = rig(on("PreToolUse", "exit 2"))
    const outcome = await fire("PreToolUse", { tool_input: { content: "x".repeat(3_000_000) } })
    expect(outcome.decision).toBe("deny")
  })

  test("with arguments runs without a shell", async () => {
    const hook = {
      type: "command",
      command: "printf",
      args: ["%s", '{"systemMessage":"$HOME ${CLAUDE_PROJECT_DIR}"}'],
    }
    const { fire, reports } = rig(on("Stop", hook))
    await fire("Stop")
    expect(reports.find(({ code }) => code === "hook_message")?.text).toBe(`$HOME ${folder}`)
  })

  test("is told of: that it started, and how it ended", async () => {
    const { fire, reports } = rig(on("PreToolUse", "echo out; echo err >&2"))
    await fire("PreToolUse", {}, { matcher: "Bash" })
    const [started, response] = reports
    expect(started).toMatchObject({
      code: "hook_started",
      data: { hook_name: "PreToolUse:Bash", hook_event: "PreToolUse" },
    })
    expect(response).toMatchObject({
      code: "hook_response",
      data: { stdout: "out\n", stderr: "err\n", exit_code: 0, outcome: "success" },
    })
    expect(response?.data?.hook_id).toBe(started?.data?.hook_id)
  })
})

describe("exit codes", () => {
  const table: readonly (readonly [string, string, object])[] = [
    ["PreToolUse", "echo no >&2; exit 2", { decision: "deny", reason: "no" }],
    ["PermissionRequest", "echo no >&2; exit 2", {}],
    ["PostToolUse", "echo look >&2; exit 2", { block: true, reason: "look" }],
    ["PostToolUseFailure", "echo look >&2; exit 2", { block: true, reason: "look" }],
    ["PostToolBatch", "echo halt >&2; exit 2", { stop: true, stopReason: "halt" }],
    ["UserPromptSubmit", "echo no >&2; exit 2", { block: true, reason: "no" }],
    ["Stop", "echo more >&2; exit 2", { block: true, reason: "more" }],
    ["SubagentStop", "echo more >&2; exit 2", { block: true, reason: "more" }],
    ["PreCompact", "echo no >&2; exit 2", { block: true, reason: "no" }],
    ["SessionStart", "echo no >&2; exit 2", {}],
    ["SessionEnd", "echo no >&2; exit 2", {}],
    ["PreToolUse", "exit 1", {}],
    ["PreToolUse", "exit 0", {}],
    ["SessionStart", "echo the weather is fine", { context: ["the weather is fine"] }],
    ["UserPromptSubmit", "echo a note", { context: ["a note"] }],
    ["PreToolUse", "echo a note", {}],
  ]
  for (const [event, command, expected] of table)
    test(`${event}: ${command}`, async () => {
      expect(await rig(on(event, command)).fire(event)).toMatchObject(expected)
      if (Object.keys(expected).length === 0) expect(await rig(on(event, command)).fire(event)).toEqual({})
    })

  test("2 beats an allow in the same hook's JSON", async () => {
    const outcome = await rig(on("PreToolUse", `${decide("allow")}; exit 2`)).fire("PreToolUse")
    expect(outcome.decision).toBe("deny")
  })

  test("another code with JSON lets the JSON decide, without it is an error that changes nothing", async () => {
    expect(await rig(on("PreToolUse", `${decide("ask")}; exit 7`)).fire("PreToolUse")).toMatchObject({
      decision: "ask",
    })
    const { fire, reports } = rig(on("PreToolUse", "echo broken >&2; exit 7"))
    expect(await fire("PreToolUse")).toEqual({})
    expect(reports.at(-1)).toMatchObject({
      level: "warning",
      text: expect.stringContaining("hook error: broken"),
    })
  })

  test("JSON of the wrong shape is an error that changes nothing", async () => {
    for (const bad of [
      { continue: "no" },
      { decision: "perhaps" },
      { hookSpecificOutput: { hookEventName: "Stop" } },
      { hookSpecificOutput: { permissionDecision: "sure" } },
    ]) {
      const { fire, reports } = rig(on("PreToolUse", say(bad)))
      expect(await fire("PreToolUse")).toEqual({})
      expect(reports.at(-1)?.code).toBe("hook_error")
    }
  })
})

describe("what hooks say in JSON", () => {
  test("an input is replaced, context is added, a message is shown", async () => {
    const { fire, reports } = rig(
      on(
        "PreToolUse",
        say({
          systemMessage: "careful",
          hookSpecificOutput: {
            hookEventName: "PreToolUse",
            permissionDecision: "allow",
            updatedInput: { command: "ls" },
            additionalContext: "it is late",
          },
        }),
      ),
    )
    expect(await fire("PreToolUse")).toEqual({
      decision: "allow",
      updatedInput: { command: "ls" },
      context: ["it is late"],
    })
    expect(reports.at(-1)).toMatchObject({ code: "hook_message", text: "careful" })
  })

  test("continue: false stops with its reason", async () => {
    const outcome = await rig(on("PostToolUse", say({ continue: false, stopReason: "enough" }))).fire(
      "PostToolUse",
    )
    expect(outcome).toEqual({ stop: true, stopReason: "enough" })
  })

  test("a permission request is answered with its changes", async () => {
    const updates = [{ type: "setMode", mode: "acceptEdits", destination: "session" }]
    const decision = { behavior: "allow", updatedInput: { a: 1 }, updatedPermissions: updates }
    const command = say({ hookSpecificOutput: { hookEventName: "PermissionRequest", decision } })
    expect(await rig(on("PermissionRequest", command)).fire("PermissionRequest")).toEqual({
      decision: "allow",
      updatedInput: { a: 1 },
      updatedPermissions: updates as never,
    })
  })

  test("a text of megabytes is cut", async () => {
    const outcome = await rig(on("SessionStart", "head -c 3000000 /dev/zero | tr '\\0' x")).fire(
      "SessionStart",
    )
    expect(outcome.context?.[0]?.length).toBeLessThan(11_000)
  })
})

describe("several hooks of one event", () => {
  test("the strictest vote wins, whatever the order", async () => {
    for (const [votes, winner] of [
      [["allow", "deny", "ask"], "deny"],
      [["ask", "allow"], "ask"],
      [["allow", "defer", "ask"], "defer"],
      [["deny", "defer"], "deny"],
    ] as const) {
      const { fire } = rig(on("PreToolUse", ...votes.map((vote) => decide(vote))))
      expect((await fire("PreToolUse")).decision).toBe(winner)
    }
  })

  test("they run at the same time: each waits for the other", async () => {
    const meet = (mine: string, other: string) =>
      `touch ${mine}; while [ ! -e ${other} ]; do sleep 0.02; done; echo met`
    const { fire } = rig(on("SessionStart", meet("one", "two"), meet("two", "one")))
    expect((await fire("SessionStart")).context).toEqual(["met", "met"])
  })

  test("the same command in two files runs once", async () => {
    const hooks = on("SessionStart", "echo once")
    const { fire } = rig(hooks, {
      layers: [
        { source: "userSettings", label: "a", hooks },
        { source: "projectSettings", label: "b", hooks },
      ],
    })
    expect((await fire("SessionStart")).context).toEqual(["once"])
  })
})

describe("a hook that takes too long", () => {
  test("ends at its deadline, changes nothing, and its children are gone", async () => {
    const hook = { type: "command", command: "echo $$ > pid; sleep 60 & sleep 60", timeout: 0.3 }
    const { fire, reports } = rig(on("PreToolUse", hook))
    expect(await fire("PreToolUse")).toEqual({})
    expect(reports.at(-1)?.text).toContain("did not end within 0.3 s")
    const pid = Number(await Bun.file(join(folder, "pid")).text())
    const deadline = Date.now() + 5_000
    while (groupLives(pid) && Date.now() < deadline) await Bun.sleep(50)
    expect(groupLives(pid)).toBe(false)
  })

  test("blocks what it guards when it was told to", async () => {
    const hook = { type: "command", command: "sleep 60", timeout: 0.2, onFailure: "block" }
    expect(await rig(on("PreToolUse", hook)).fire("PreToolUse")).toMatchObject({ decision: "deny" })
  })

  test("shows how long it has been running", async () => {
    const { fire, reports } = rig(on("Stop", "sleep 1.3"))
    await fire("Stop")
    expect(reports.find(({ code }) => code === "hook_progress")?.text).toContain("1 s of 600 s")
  })

  test("is left alone when the turn is interrupted", async () => {
    const abort = new AbortController()
    const { fire } = rig(on("PreToolUse", "sleep 60"))
    setTimeout(() => abort.abort(), 50)
    expect(await fire("PreToolUse", {}, { signal: abort.signal })).toEqual({})
  })

  test("goes on in the background when it says so", async () => {
    const { hooks, fire } = rig(on("PostToolUse", `echo '{"async": true}'; sleep 60; exit 2`))
    expect(await fire("PostToolUse")).toEqual({})
    hooks.close()
  })

  test("in the background may wake the model", async () => {
    const woken = Promise.withResolvers<string>()
    const hook = { type: "command", command: "echo the build broke >&2; exit 2", asyncRewake: true }
    const { fire } = rig(on("PostToolUse", hook))
    expect(await fire("PostToolUse", {}, { wake: woken.resolve })).toEqual({})
    expect(await woken.promise).toContain("the build broke")
  })
})

describe("which hooks run", () => {
  const matched = async (matcher: string, subject: string, event = "PreToolUse") => {
    const hooks = { [event]: [{ matcher, hooks: [{ type: "command", command: "exit 2" }] }] }
    return (await rig(hooks).fire(event, {}, { matcher: subject })).decision === "deny"
  }
  test("names are whole names, lists, or expressions", async () => {
    expect(await matched("Edit", "NotebookEdit")).toBe(false)
    expect(await matched("Edit|Write", "Write")).toBe(true)
    expect(await matched("Edit, Write", "Write")).toBe(true)
    expect(await matched("*", "Bash")).toBe(true)
    expect(await matched("", "Bash")).toBe(true)
    expect(await matched("mcp__files__.*", "mcp__files__read")).toBe(true)
    expect(await matched("mcp__files", "mcp__files__read")).toBe(false)
    expect(await matched("Task", "Agent")).toBe(true)
    expect(await matched("^Note", "NotebookEdit")).toBe(true)
  })

  test("`if` is asked about the call", async () => {
    const asked: [string, string][] = []
    const hooks = on("PreToolUse", { type: "command", command: "exit 2", if: "Bash(git *)" })
    const call: Call = { tool: "Bash", input: { command: "git push" }, access: [] }
    const { fire } = rig(hooks, { covers: (rule, { tool }) => asked.push([rule, tool]) > 1 })
    expect(await fire("PreToolUse", {}, { call })).toEqual({})
    expect(await fire("PreToolUse", {}, { call })).toMatchObject({ decision: "deny" })
    expect(asked[0]).toEqual(["Bash(git *)", "Bash"])
  })

  test("none when all are off, and only the administrator's when only those may", async () => {
    const hooks = on("PreToolUse", "exit 2")
    expect(rig(hooks, { disabled: true }).hooks.listens("PreToolUse")).toBe(false)
    expect(rig(hooks, { managedOnly: true }).hooks.listens("PreToolUse")).toBe(false)
    const managed = rig(hooks, {
      managedOnly: true,
      layers: [{ source: "policySettings", label: "m", hooks }],
    })
    expect(managed.hooks.listens("PreToolUse")).toBe(true)
  })

  test("mistakes are named with their event, the rest still runs", async () => {
    const { fire, problems } = rig({
      Nonsense: [],
      PreToolUse: [
        { matcher: "(", hooks: [] },
        {
          hooks: [{ type: "command" }, { type: "prompt" }, { type: "command", command: "exit 2" }],
        },
      ],
    })
    expect(problems).toHaveLength(4)
    expect(problems.join("\n")).toContain('a hook of type "prompt" needs prompt')
    expect((await fire("PreToolUse")).decision).toBe("deny")
  })
})

describe("an http hook", () => {
  test("posts the event, with the variables that may leave, and its answer counts", async () => {
    const seen: { headers?: Headers; body?: unknown } = {}
    const server = Bun.serve({
      port: 0,
      async fetch(request) {
        seen.headers = request.headers
        seen.body = await request.json()
        return Response.json({
          hookSpecificOutput: {
            hookEventName: "PreToolUse",
            permissionDecision: "deny",
            permissionDecisionReason: "policy",
          },
        })
      },
    })
    const hook = {
      type: "http",
      url: server.url.href,
      headers: { a: "$TOKEN", b: "${OTHER}" },
      allowedEnvVars: ["TOKEN"],
    }
    const { fire } = rig(on("PreToolUse", hook), { env: { ...env, TOKEN: "t1", OTHER: "o1" } })
    expect(await fire("PreToolUse", { tool_name: "Bash" })).toMatchObject({
      decision: "deny",
      reason: "policy",
    })
    expect([seen.headers?.get("a"), seen.headers?.get("b")]).toEqual(["t1", ""])
    expect(seen.body).toMatchObject({ tool_name: "Bash", hook_event_name: "PreToolUse" })
    await server.stop(true)
  })

  test("is not sent to an address outside the list, an empty list is no address at all", async () => {
    let asked = 0
    const server = Bun.serve({ port: 0, fetch: () => new Response(String(++asked)) })
    const hooks = on("PreToolUse", { type: "http", url: server.url.href })
    for (const allowedUrls of [[], ["https://hooks.example.com/*"]]) {
      const { fire, reports } = rig(hooks, { http: { allowedUrls } })
      expect(await fire("PreToolUse")).toEqual({})
      expect(reports.at(-1)?.text).toContain("allowedHttpHookUrls")
    }
    expect(asked).toBe(0)
    await rig(hooks, { http: { allowedUrls: [`http://localhost:${server.port}/*`] } }).fire("PreToolUse")
    expect(asked).toBe(1)
    await server.stop(true)
  })

  test("that fails, redirects or floods is no answer", async () => {
    const flood = () => new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1 << 20)) }))
    for (const answer of [
      () => new Response("no", { status: 500 }),
      () => Response.redirect("http://127.0.0.1:1/"),
      flood,
    ]) {
      const server = Bun.serve({ port: 0, fetch: answer })
      const { fire, reports } = rig(on("PreToolUse", { type: "http", url: server.url.href, timeout: 5 }))
      expect(await fire("PreToolUse")).toEqual({})
      expect(reports.at(-1)?.code).toBe("hook_error")
      await server.stop(true)
    }
  })
})

describe("hooks of a host", () => {
  test("are asked over the channel; one that does not answer about a call blocks it", async () => {
    const { hooks, fire } = rig({})
    const asked: unknown[] = []
    hooks.setHost(
      {
        PreToolUse: [
          { matcher: "Bash", hookCallbackIds: ["h1"] },
          { matcher: "Read", hookCallbackIds: ["h2"], timeout: 0.1 },
        ],
      },
      {
        request(subtype, payload, signal) {
          asked.push([subtype, payload.callback_id, payload.tool_use_id])
          if (payload.callback_id === "h1") return Promise.resolve({ decision: "block", reason: "mine" })
          return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
        },
      },
    )
    expect(await fire("PreToolUse", {}, { matcher: "Bash", toolUseId: "t1" })).toMatchObject({
      decision: "deny",
      reason: "mine",
    })
    expect(asked).toEqual([["hook_callback", "h1", "t1"]])
    expect(await fire("PreToolUse", {}, { matcher: "Read" })).toMatchObject({ decision: "deny" })
  })
})

function groupLives(pid: number): boolean {
  try {
    process.kill(-pid, 0)
    return true
  } catch {
    return false
  }
}
