import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createSdkMcpServer, type HookInput, tool } from "@anthropic-ai/claude-agent-sdk"
import { z } from "zod"
import { everything, toyServer } from "../extend/servers-rig.ts"
import { type FakeApi, fakeApi, type Reply, text, toolUse } from "../fake-api/fake-api.ts"
import { kinds, promptStream, resultOf, runSdk, type SdkSession } from "./sdk-session.ts"

const executable = join(import.meta.dir, "../../dist/ccts")
const built = existsSync(executable)
if (!built) console.warn("test/e2e/sdk-extend.test.ts is skipped: there is no dist/ccts; run the build first")

let home = ""

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "sdk-extend-"))
})

afterAll(() => rmSync(home, { recursive: true, force: true }))

interface Place {
  readonly api: FakeApi
  readonly cwd: string
  /** What the model was sent, as text. */
  sent(turn: number): string
  run(session: Pick<SdkSession, "prompt" | "options" | "onMessage">): ReturnType<typeof runSdk>
  /** Runs the program itself; its exit code and output. */
  ccts(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }>
}

async function withPlace<T>(script: readonly Reply[], use: (place: Place) => Promise<T>): Promise<T> {
  const cwd = mkdtempSync(join(home, "project-"))
  const config = `${cwd}-config`
  mkdirSync(config)
  mkdirSync(join(cwd, ".claude"))
  const api = await fakeApi({ script })
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: config,
    CLAUDE_CONFIG_DIR: config,
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: "test-key",
    CLAUDE_CODE_MAX_RETRIES: "0",
  }
  try {
    return await use({
      api,
      cwd,
      sent: (turn) => JSON.stringify(api.turns[turn]?.body ?? null),
      run: (session) => runSdk({ executable, cwd, env, ...session }),
      async ccts(...args) {
        const child = Bun.spawn([executable, ...args], {
          cwd,
          env,
          stdio: ["ignore", "pipe", "pipe"],
          timeout: 20_000,
        })
        const [stdout, stderr, code] = await Promise.all([
          new Response(child.stdout).text(),
          new Response(child.stderr).text(),
          child.exited,
        ])
        return { code, stdout, stderr }
      },
    })
  } finally {
    await api.close()
  }
}

/** Writes the project's settings. */
function settings({ cwd }: Place, value: object): void {
  writeFileSync(join(cwd, ".claude/settings.json"), JSON.stringify(value))
}

const command = (event: string, line: string, matcher?: string) => ({
  hooks: {
    [event]: [{ ...(matcher !== undefined && { matcher }), hooks: [{ type: "command", command: line }] }],
  },
})

const touch = toolUse("Bash", { command: "touch made" })
const allowTouch = { allowedTools: ["Bash(touch:*)"] }

describe.skipIf(!built)("hooks of a host", () => {
  test("a callback refuses a call, and the model reads why", () =>
    withPlace([touch, text("I see")], async ({ cwd, run, sent }) => {
      const seen: HookInput[] = []
      const { messages, error } = await run({
        prompt: "go",
        options: {
          ...allowTouch,
          hooks: {
            PreToolUse: [
              {
                matcher: "Bash",
                hooks: [
                  async (input) => {
                    seen.push(input)
                    return {
                      hookSpecificOutput: {
                        hookEventName: "PreToolUse",
                        permissionDecision: "deny",
                        permissionDecisionReason: "not on a Friday",
                      },
                    }
                  },
                ],
              },
            ],
          },
        },
      })
      expect(error).toBeNull()
      expect(seen).toMatchObject([
        { hook_event_name: "PreToolUse", tool_name: "Bash", tool_input: { command: "touch made" }, cwd },
      ])
      expect(existsSync(join(cwd, "made"))).toBe(false)
      expect(sent(1)).toContain("not on a Friday")
      expect(resultOf(messages).result).toBe("I see")
    }))

  test("callbacks see every step of a turn, in order", () =>
    withPlace([touch, text("done")], async ({ run, sent }) => {
      const steps: string[] = []
      const note = async (input: HookInput) => {
        steps.push(input.hook_event_name)
        return input.hook_event_name === "PostToolUse"
          ? {
              hookSpecificOutput: {
                hookEventName: "PostToolUse" as const,
                additionalContext: "seen by a hook",
              },
            }
          : {}
      }
      const events = ["UserPromptSubmit", "PreToolUse", "PostToolUse", "PostToolBatch", "Stop"] as const
      const hooks = Object.fromEntries(events.map((event) => [event, [{ hooks: [note] }]]))
      await run({ prompt: "go", options: { ...allowTouch, hooks } })
      expect(steps).toEqual([...events])
      expect(sent(1)).toContain("seen by a hook")
    }))

  test("a callback that never answers about a call blocks it at its timeout", () =>
    withPlace([touch, text("ok")], async ({ cwd, run, sent }) => {
      const { error } = await run({
        prompt: "go",
        options: {
          ...allowTouch,
          hooks: { PreToolUse: [{ timeout: 1, hooks: [() => new Promise(() => {})] }] },
        },
      })
      expect(error).toBeNull()
      expect(existsSync(join(cwd, "made"))).toBe(false)
      expect(sent(1)).toContain("did not end within 1 s")
    }))

  test("a callback that throws after a call is ignored", () =>
    withPlace([touch, text("fine")], async ({ cwd, run }) => {
      const thrower = async () => {
        throw new Error("oops")
      }
      const { messages } = await run({
        prompt: "go",
        options: { ...allowTouch, hooks: { PostToolUse: [{ hooks: [thrower] }] } },
      })
      expect(existsSync(join(cwd, "made"))).toBe(true)
      expect(resultOf(messages).result).toBe("fine")
    }))

  test("continue: false before a call lets it run and then ends the turn", () =>
    withPlace([touch, text("never said")], async ({ cwd, run, api }) => {
      const { messages } = await run({
        prompt: "go",
        options: {
          ...allowTouch,
          hooks: { PreToolUse: [{ hooks: [async () => ({ continue: false, stopReason: "enough" })] }] },
        },
      })
      expect(existsSync(join(cwd, "made"))).toBe(true)
      expect(api.turns).toHaveLength(1)
      expect(resultOf(messages).terminal_reason).toBe("hook_stopped")
    }))
})

describe.skipIf(!built)("hooks of the settings", () => {
  test("a prompt is blocked before the model sees it", () =>
    withPlace([text("never")], async (place) => {
      settings(place, command("UserPromptSubmit", "echo no secrets >&2; exit 2"))
      const { stdout, code } = await place.ccts("-p", "my password is x")
      expect(place.api.turns).toHaveLength(0)
      expect([stdout.includes("no secrets"), code]).toEqual([true, 0])
    }))

  test("what SessionStart prints is in front of the first prompt, and is told to the host", () =>
    withPlace([text("hi")], async (place) => {
      settings(place, command("SessionStart", "echo the branch is frozen"))
      const { messages } = await place.run({ prompt: "go", options: { settingSources: ["project"] } })
      expect(place.sent(0)).toContain("the branch is frozen")
      const all = kinds(messages)
      expect(all.indexOf("system/hook_response")).toBeGreaterThan(all.indexOf("system/hook_started"))
    }))

  test("a Stop hook that always wants more is cut after eight times", () =>
    withPlace(
      Array.from({ length: 12 }, (_, at) => text(`answer ${at}`)),
      async (place) => {
        settings(place, command("Stop", "echo go on >&2; exit 2"))
        const { stdout } = await place.ccts("-p", "go")
        expect(place.api.turns).toHaveLength(9)
        expect(stdout).toBe("answer 8\n")
      },
    ))

  test("an allow of a hook does not lower a deny rule", () =>
    withPlace([touch, text("ok")], async (place) => {
      const allow = `printf '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow"}}'`
      settings(place, { ...command("PreToolUse", allow), permissions: { deny: ["Bash(touch:*)"] } })
      await place.ccts("-p", "go")
      expect(existsSync(join(place.cwd, "made"))).toBe(false)
      settings(place, command("PreToolUse", allow))
    }))

  test("an allow of a hook answers what would be asked", () =>
    withPlace([touch, text("ok")], async (place) => {
      const allow = `printf '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow"}}'`
      settings(place, command("PreToolUse", allow, "Bash"))
      await place.ccts("-p", "go")
      expect(existsSync(join(place.cwd, "made"))).toBe(true)
    }))

  test("`if` looks inside a command", () =>
    withPlace([toolUse("Bash", { command: "cd . && touch made" }), text("ok")], async (place) => {
      settings(place, {
        hooks: { PreToolUse: [{ hooks: [{ type: "command", command: "exit 2", if: "Bash(touch *)" }] }] },
      })
      await place.ccts("-p", "go", "--dangerously-skip-permissions", "--allowedTools", "Bash")
      await place.ccts("-p", "go", "--allowedTools", "Bash")
      expect(existsSync(join(place.cwd, "made"))).toBe(false)
      expect(place.sent(1)).toContain("PreToolUse hook")
    }))

  test("SessionEnd runs before the program is gone", () =>
    withPlace([text("bye")], async (place) => {
      settings(place, command("SessionEnd", "cat > ended.json"))
      await place.ccts("-p", "go")
      expect(JSON.parse(readFileSync(join(place.cwd, "ended.json"), "utf8"))).toMatchObject({
        reason: "other",
      })
    }))

  test("one that ignores its end does not outlive the program", () =>
    withPlace([text("bye")], async (place) => {
      settings(place, command("SessionEnd", "trap '' TERM; echo $$ > pid; while :; do sleep 0.1; done"))
      const { stdout } = await place.ccts("-p", "go")
      expect(stdout).toBe("bye\n")
      const pid = Number(readFileSync(join(place.cwd, "pid"), "utf8"))
      // The system may take a moment to bury what was killed.
      const deadline = Date.now() + 5_000
      while (groupLives(pid) && Date.now() < deadline) await Bun.sleep(20)
      expect(groupLives(pid)).toBe(false)
    }))

  test("a call can be put off: the run ends with it", () =>
    withPlace([touch], async (place) => {
      const defer = `printf '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"defer"}}'`
      settings(place, command("PreToolUse", defer))
      const { stdout } = await place.ccts("-p", "go", "--output-format", "json")
      expect(JSON.parse(stdout)).toMatchObject({
        stop_reason: "tool_deferred",
        terminal_reason: "tool_deferred",
        deferred_tool_use: { name: "Bash", input: { command: "touch made" } },
      })
    }))
})

describe.skipIf(!built)("hooks of a session's course", () => {
  test("what SessionStart leaves in CLAUDE_ENV_FILE holds for commands", () =>
    withPlace([toolUse("Bash", { command: 'echo "got $FROM_HOOK"' }), text("ok")], async (place) => {
      settings(place, command("SessionStart", `echo 'export FROM_HOOK=here' >> "$CLAUDE_ENV_FILE"`))
      await place.ccts("-p", "go", "--allowedTools", "Bash")
      expect(place.sent(1)).toContain("got here")
    }))

  test("InstructionsLoaded names each file and why it was read", () =>
    withPlace([text("ok")], async (place) => {
      writeFileSync(join(place.cwd, "CLAUDE.md"), "Be brief. See @more.md")
      writeFileSync(join(place.cwd, "more.md"), "More.")
      settings(place, command("InstructionsLoaded", "cat >> loaded.jsonl"))
      await place.ccts("-p", "go")
      const lines = readFileSync(join(place.cwd, "loaded.jsonl"), "utf8").trim().split("\n")
      const told = lines.map((line) => JSON.parse(line)).sort((a, b) => (a.file_path < b.file_path ? -1 : 1))
      expect(told).toMatchObject([
        { file_path: join(place.cwd, "CLAUDE.md"), memory_type: "Project", load_reason: "session_start" },
        {
          file_path: join(place.cwd, "more.md"),
          load_reason: "include",
          parent_file_path: join(place.cwd, "CLAUDE.md"),
        },
      ])
    }))

  test("TaskCreated takes a task back, and the model reads why", () =>
    withPlace(
      [toolUse("TaskCreate", { subject: "Ship it", description: "all of it" }), text("ok")],
      async (place) => {
        settings(place, command("TaskCreated", "echo not today >&2; exit 2"))
        await place.ccts("-p", "go")
        expect(place.sent(1)).toContain("The task was not created: not today")
      },
    ))

  test("TaskCompleted keeps a task open", () =>
    withPlace(
      [
        toolUse("TaskCreate", { subject: "Ship it", description: "all of it" }),
        toolUse("TaskUpdate", { taskId: "1", status: "completed" }),
        toolUse("TaskList", {}),
        text("ok"),
      ],
      async (place) => {
        settings(place, command("TaskCompleted", "echo tests fail >&2; exit 2"))
        await place.ccts("-p", "go")
        expect(place.sent(2)).toContain("tests fail")
        expect(place.sent(3)).toContain("[pending] Ship it")
      },
    ))

  test("UserPromptExpansion sees a skill before the model does, and may stop it", () =>
    withPlace([text("ran")], async (place) => {
      const folder = join(place.cwd, ".claude/skills/greet")
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, "SKILL.md"), "---\nname: greet\ndescription: Greets\n---\nSay hello.\n")
      settings(place, command("UserPromptExpansion", "cat > expanded.json; echo mind the tone", "greet"))
      await place.ccts("-p", "/greet Bob")
      const input = JSON.parse(readFileSync(join(place.cwd, "expanded.json"), "utf8"))
      expect(input).toMatchObject({ command_name: "greet", command_args: "Bob", prompt: "/greet Bob" })
      expect(place.sent(0)).toContain("mind the tone")
      settings(place, command("UserPromptExpansion", "echo no greetings >&2; exit 2", "greet"))
      const { stdout } = await place.ccts("-p", "/greet Bob")
      expect([stdout.includes("no greetings"), place.api.turns.length]).toEqual([true, 1])
    }))
})

describe.skipIf(!built)("a call that was put off", () => {
  const decide = (permissionDecision: string) =>
    command(
      "PreToolUse",
      `echo . >> asked; printf '${JSON.stringify({ hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision } })}'`,
    )
  /** The first run: the hook puts the call off. */
  const putOff = async (place: Place) => {
    settings(place, decide("defer"))
    const { stdout } = await place.ccts("-p", "go", "--output-format", "json")
    return String(JSON.parse(stdout).session_id)
  }
  const asked = ({ cwd }: Place) => readFileSync(join(cwd, "asked"), "utf8")

  test("is put to the hook again on --resume, and runs without a prompt", () =>
    withPlace([touch, text("made it")], async (place) => {
      const id = await putOff(place)
      expect(existsSync(join(place.cwd, "made"))).toBe(false)
      settings(place, decide("allow"))
      const { stdout, code } = await place.ccts("-p", "--resume", id)
      expect([stdout, code, asked(place)]).toEqual(["made it\n", 0, ".\n.\n"])
      expect(existsSync(join(place.cwd, "made"))).toBe(true)
      expect(place.api.turns[1]?.body.messages).toHaveLength(3)
    }))

  test("can be put off once more, and is there the third time", () =>
    withPlace([touch, text("made it")], async (place) => {
      const id = await putOff(place)
      const again = await place.ccts("-p", "--resume", id, "--output-format", "json")
      expect(JSON.parse(again.stdout)).toMatchObject({ terminal_reason: "tool_deferred" })
      expect(place.api.turns).toHaveLength(1)
      settings(place, decide("allow"))
      expect((await place.ccts("-p", "--resume", id)).stdout).toBe("made it\n")
    }))

  test("comes before the prompt of a host that resumes", () =>
    withPlace([touch, text("both done")], async (place) => {
      const id = await putOff(place)
      settings(place, decide("allow"))
      const { messages, error } = await place.run({
        prompt: "and now?",
        options: { resume: id, settingSources: ["project"] },
      })
      expect([error, resultOf(messages).result]).toEqual([null, "both done"])
      expect(existsSync(join(place.cwd, "made"))).toBe(true)
      expect(place.sent(1)).toContain("and now?")
    }))

  test("whose tool is gone ends the run with an error that names it", () =>
    withPlace([touch, text("never")], async (place) => {
      const id = await putOff(place)
      const { stdout, code } = await place.ccts(
        ...["-p", "--resume", id, "--output-format", "json", "--tools", "Read"],
      )
      expect(JSON.parse(stdout)).toMatchObject({
        is_error: true,
        terminal_reason: "tool_deferred_unavailable",
        deferred_tool_use: { name: "Bash" },
      })
      expect([code, asked(place)]).toEqual([1, ".\n"])
    }))

  test("is not taken up after the conversation went on", () =>
    withPlace([touch, text("one"), text("two")], async (place) => {
      const id = await putOff(place)
      settings(place, decide("allow"))
      await place.ccts("-p", "--resume", id)
      expect((await place.ccts("-p", "--resume", id)).stderr).toContain("No prompt")
    }))
})

describe.skipIf(!built)("MCP servers", () => {
  const add = tool("add", "Adds two numbers", { a: z.number(), b: z.number() }, async ({ a, b }) => ({
    content: [{ type: "text", text: `sum ${a + b}` }],
  }))
  const mine = () => createSdkMcpServer({ name: "mine", version: "1.0.0", tools: [add] })

  test("of the host's process are called through it", () =>
    withPlace([toolUse("mcp__mine__add", { a: 2, b: 40 }), text("42")], async ({ run, api, sent }) => {
      const { prompt, close } = promptStream("add")
      const { messages, error } = await run({
        prompt,
        options: { mcpServers: { mine: mine() }, allowedTools: ["mcp__mine__add"] },
        onMessage: (message) => {
          if (message.type === "result") close()
        },
      })
      expect(error).toBeNull()
      expect(sent(1)).toContain("sum 42")
      expect(resultOf(messages).result).toBe("42")
      expect(JSON.stringify(api.turns[0]?.body.tools)).toContain("mcp__mine__add")
      const init = messages.find((m) => m.type === "system" && m.subtype === "init")
      expect(init).toMatchObject({ mcp_servers: [{ name: "mine", status: "connected" }] })
    }))

  test("from the host's list start before the first request", () =>
    withPlace([toolUse("mcp__every__echo", { message: "hello" }), text("ok")], async ({ run, sent }) => {
      const { messages, error } = await run({
        prompt: "echo",
        options: {
          mcpServers: { every: { command: process.execPath, args: [everything, "stdio"] } },
          allowedTools: ["mcp__every"],
        },
      })
      expect(error).toBeNull()
      expect(sent(1)).toContain("Echo: hello")
      const init = messages.find((m) => m.type === "system" && m.subtype === "init")
      expect(init).toMatchObject({ mcp_servers: [{ name: "every", status: "connected" }] })
    }))

  test("are told of, added, switched off and removed while the session runs", () =>
    withPlace([text("one"), text("two")], async ({ run }) => {
      const { prompt, close } = promptStream("go")
      const states: unknown[] = []
      const { error } = await run({
        prompt,
        async onMessage(message, query) {
          if (message.type !== "result") return
          const toy = { command: process.execPath, args: [toyServer] }
          states.push(await query.setMcpServers({ toy }))
          states.push((await query.mcpServerStatus()).map(({ name, status }) => [name, status]))
          await query.toggleMcpServer("toy", false)
          states.push((await query.mcpServerStatus()).map(({ name, status }) => [name, status]))
          await query.toggleMcpServer("toy", true)
          await query.reconnectMcpServer("toy")
          states.push((await query.mcpServerStatus()).map(({ name, status }) => [name, status]))
          states.push(await query.setMcpServers({}))
          close()
        },
      })
      expect(error).toBeNull()
      expect(states).toEqual([
        { added: ["toy"], removed: [], errors: {} },
        [["toy", "connected"]],
        [["toy", "disabled"]],
        [["toy", "connected"]],
        { added: [], removed: ["toy"], errors: {} },
      ])
    }))

  test("of the project's file start without a question in print mode, bad entries are named", () =>
    withPlace([toolUse("mcp__toy__env", {}), text("ok")], async (place) => {
      writeFileSync(
        join(place.cwd, ".mcp.json"),
        JSON.stringify({
          mcpServers: {
            toy: { command: process.execPath, args: [toyServer], env: { TOY: "${NOT_SET_HERE:-fallback}" } },
            bad: { url: "http://127.0.0.1:1" },
          },
        }),
      )
      const { stdout } = await place.ccts(
        "-p",
        "go",
        "--output-format",
        "stream-json",
        "--verbose",
        "--allowedTools",
        "mcp__toy",
      )
      const init = JSON.parse(stdout.split("\n").find((line) => line.includes('"init"')) ?? "{}")
      expect(init.mcp_servers).toEqual([{ name: "toy", status: "connected", source: "project" }])
      expect(init.mcp_server_errors).toMatchObject([{ name: "bad" }])
      expect(place.sent(1)).toContain("fallback")
      expect(place.sent(0)).toContain("Use the toys with care.")
    }))

  test("that hang do not hang the start", () =>
    withPlace([text("went on")], async (place) => {
      const hung = { mcpServers: { hung: { command: process.execPath, args: [toyServer, "silent"] } } }
      settings(place, { env: { MCP_TIMEOUT: "500" } })
      const { stdout, stderr } = await place.ccts("-p", "go", "--mcp-config", JSON.stringify(hung))
      expect(stdout).toBe("went on\n")
      expect(stderr).toContain("MCP server hung failed")
    }))

  test("a permission question can be put to one of their tools", () =>
    withPlace([touch, text("ok")], async (place) => {
      const judge = join(place.cwd, "judge.ts")
      writeFileSync(judge, JUDGE)
      const config = JSON.stringify({ mcpServers: { judge: { command: process.execPath, args: [judge] } } })
      const base = ["-p", "go", "--mcp-config", config, "--permission-prompt-tool"]
      expect((await place.ccts(...base, "mcp__judge__decide")).code).toBe(0)
      expect(existsSync(join(place.cwd, "judged"))).toBe(true)
    }))

  test("a permission tool that does not exist ends the run with one line", () =>
    withPlace([touch, text("ok")], async (place) => {
      const { code, stderr } = await place.ccts("-p", "go", "--permission-prompt-tool", "mcp__no__tool")
      expect([code, stderr]).toEqual([
        1,
        "Error: MCP tool mcp__no__tool (passed via --permission-prompt-tool) not found. Available MCP tools: none\n",
      ])
    }))
})

function groupLives(pid: number): boolean {
  try {
    process.kill(-pid, 0)
    return true
  } catch {
    return false
  }
}

/** Answers every question with a yes to another command. */
const JUDGE = `
const say = (id, result) => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, result }) + "\\n")
for await (const line of console) {
  const { id, method } = JSON.parse(line)
  if (method === "initialize") say(id, { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: { name: "judge", version: "1" } })
  if (method === "tools/list") say(id, { tools: [{ name: "decide", inputSchema: { type: "object" } }] })
  if (method === "tools/call") say(id, { content: [{ type: "text", text: JSON.stringify({ behavior: "allow", updatedInput: { command: "touch judged" } }) }] })
}
`

describe.skipIf(!built)("agents", () => {
  test("of the host are offered to the model and run with their own prompt", () =>
    withPlace(
      [
        toolUse("Agent", { description: "look", prompt: "look at it", subagent_type: "reviewer" }),
        text("it is fine"),
        text("reviewed"),
      ],
      async ({ run, sent }) => {
        const { messages, error } = await run({
          prompt: "review",
          options: {
            agents: {
              reviewer: {
                description: "Reviews changes",
                prompt: "You review with a sharp eye.",
                tools: ["Read"],
              },
            },
          },
        })
        expect(error).toBeNull()
        expect(sent(0)).toContain("reviewer: Reviews changes")
        expect(sent(1)).toContain("You review with a sharp eye.")
        expect(resultOf(messages).result).toBe("reviewed")
      },
    ))

  test("of files and of --agents are there; a definition that is not understood is named", () =>
    withPlace([text("ok")], async (place) => {
      mkdirSync(join(place.cwd, ".claude/agents"))
      writeFileSync(
        join(place.cwd, ".claude/agents/scout.md"),
        "---\nname: scout\ndescription: Finds the way\ntools: Read, Grep\n---\nYou are a scout.\n",
      )
      const given = JSON.stringify({ tester: { description: "Runs tests", prompt: "You test." } })
      await place.ccts("-p", "go", "--agents", given)
      expect(place.sent(0)).toContain("scout: Finds the way")
      expect(place.sent(0)).toContain("tester: Runs tests")
      const bad = await place.ccts("-p", "go", "--agents", '{"x": {"prompt": "y"}}')
      expect([bad.code, bad.stderr]).toEqual([1, '--agents: agent "x": needs a description\n'])
    }))
})
