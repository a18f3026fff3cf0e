import { describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import {
  HOOK_EVENTS,
  type HookEvent,
  type HookInput,
  type HookJSONOutput,
} from "@anthropic-ai/claude-agent-sdk"
import { everything } from "../extend/servers-rig.ts"
import { error, type Script, text, toolUse } from "../fake-api/fake-api.ts"
import { built, type Ended, type Place, withPlace } from "./place.ts"
import { promptStream } from "./sdk-session.ts"

interface HookPlace extends Omit<Place, "write"> {
  write(path: string, content: unknown): void
  /** What the model was sent, as text. */
  sent(turn: number): string
  print(...args: readonly string[]): Promise<Ended>
}

/** Hooks ask models, too: all requests are answered by the script. */
function inPlace(script: Script, use: (place: HookPlace) => Promise<void>): Promise<void> {
  const more = (place: Place): HookPlace => ({
    ...place,
    write: (path, content) =>
      place.write(path, typeof content === "string" ? content : JSON.stringify(content)),
    sent: (turn) => JSON.stringify(place.api.turns[turn]?.body ?? null),
    print: (...args) => place.start(["-p", ...args]).done,
  })
  return withPlace(script, (place) => use(more(place)), { side: "script" })
}

const on = (event: string, hook: object, matcher?: string) => ({
  hooks: { [event]: [{ ...(matcher !== undefined && { matcher }), hooks: [hook] }] },
})
const command = (line: string) => ({ type: "command", command: line })

describe.skipIf(!built)("callbacks of a host", () => {
  test("hear of everything that one long session brings, with the fields of their event", () =>
    inPlace(
      [
        toolUse("Bash", { command: "mkdir -p sub && cd sub" }),
        toolUse("Bash", { command: "exit 3" }),
        toolUse("Write", { file_path: "/nowhere/else", content: "x" }),
        toolUse("Agent", { description: "look", prompt: "look", subagent_type: "Explore" }),
        text("found it"),
        toolUse("EnterWorktree", { name: "try" }),
        toolUse("ExitWorktree", { action: "remove", discard_changes: true }),
        text("one"),
        text("two"),
        text("a summary"),
      ],
      async ({ cwd, sdk, write, api }) => {
        write("CLAUDE.md", "Be brief.")
        write(".claude/commands/greet.md", "Greet $ARGUMENTS.")
        const heard = new Map<HookEvent, HookInput[]>()
        const hear = async (input: HookInput): Promise<HookJSONOutput> => {
          const event = input.hook_event_name
          heard.set(event, [...(heard.get(event) ?? []), input])
          if (event !== "WorktreeCreate") return {}
          mkdirSync(join(cwd, "tree"))
          return { hookSpecificOutput: { hookEventName: event, worktreePath: join(cwd, "tree") } }
        }
        const hooks = Object.fromEntries(HOOK_EVENTS.map((event) => [event, [{ hooks: [hear] }]]))
        const { prompt, close } = promptStream("go", "/greet you", "/compact")
        let results = 0
        const { error: failure } = await sdk({
          prompt,
          options: {
            hooks,
            settingSources: ["project"],
            allowedTools: ["Bash", "EnterWorktree", "ExitWorktree", "Agent"],
          },
          async onMessage(message, query) {
            if (message.type !== "result") return
            if (++results === 1) await query.setModel("sonnet")
            if (results === 3) close()
          },
        })
        expect(failure).toBeNull()
        const first = (event: HookEvent) => heard.get(event)?.[0]
        const base = {
          session_id: expect.any(String),
          transcript_path: expect.any(String),
          prompt_id: expect.any(String),
        }
        for (const [event, fields] of [
          ["UserPromptSubmit", { prompt: "go", source: "sdk" }],
          ["InstructionsLoaded", { memory_type: "Project", load_reason: "session_start" }],
          ["PreToolUse", { tool_name: "Bash", tool_input: { command: "mkdir -p sub && cd sub" } }],
          [
            "PostToolUse",
            { tool_name: "Bash", tool_response: { interrupted: false }, duration_ms: expect.any(Number) },
          ],
          ["CwdChanged", { old_cwd: cwd, new_cwd: join(cwd, "sub") }],
          ["PostToolUseFailure", { tool_name: "Bash", error: expect.stringContaining("Exit code 3") }],
          ["PermissionRequest", { tool_name: "Write", tool_input: { file_path: "/nowhere/else" } }],
          ["PermissionDenied", { tool_name: "Write", reason: expect.any(String) }],
          ["PostToolBatch", { tool_calls: [{ tool_name: "Bash" }] }],
          ["SubagentStart", { agent_type: "Explore", agent_id: expect.any(String) }],
          ["SubagentStop", { agent_type: "Explore", last_assistant_message: "found it" }],
          ["WorktreeCreate", { name: "try" }],
          ["WorktreeRemove", { worktree_path: join(cwd, "tree") }],
          ["MessageDisplay", { index: 0, final: true, delta: "one" }],
          ["Stop", { stop_hook_active: false, last_assistant_message: "one", background_tasks: [] }],
          [
            "UserPromptExpansion",
            { command_name: "greet", command_args: "you", expansion_type: "slash_command" },
          ],
          ["PreModelSwitch", { requested_model: "sonnet", source: "sdk", cache_ttl: "5m" }],
          ["PostModelSwitch", { requested_model: "sonnet", source: "sdk", pricing: "catalog" }],
          ["PreCompact", { trigger: "manual", custom_instructions: null }],
          ["PostCompact", { trigger: "manual", compact_summary: expect.stringContaining("a summary") }],
        ] as const)
          expect([event, first(event)]).toMatchObject([event, { ...base, ...fields }])
        expect(heard.get("SessionStart")).toContainEqual(expect.objectContaining({ source: "compact" }))
        expect(heard.has("SessionEnd")).toBe(false)
        expect(api.turns).toHaveLength(10)
      },
    ))
})

describe.skipIf(!built)("hooks of the settings", () => {
  test("of type prompt ask the small model, and its no sends the turn on", () =>
    inPlace(
      ({ body }) => {
        if (!JSON.stringify(body.system ?? "").includes("You check a condition")) return text("finished")
        const again = JSON.stringify(body.messages).includes('stop_hook_active\\":true')
        return text(again ? '{"ok": true}' : '{"ok": false, "reason": "there are no tests"}')
      },
      async ({ write, print, api }) => {
        write(".claude/settings.json", on("Stop", { type: "prompt", prompt: "Are there tests?" }))
        const { code, out } = await print("go", "--output-format", "json")
        expect([code, JSON.parse(out).result]).toEqual([0, "finished"])
        const models = api.turns.map(({ body }) => String(body.model))
        expect(models).toHaveLength(4)
        expect(models[1]).toContain("haiku")
        expect(JSON.stringify(api.turns[2]?.body)).toContain("there are no tests")
        expect(Object.keys(JSON.parse(out).modelUsage)).toHaveLength(2)
      },
    ))

  test("of type agent look for themselves before they answer", () =>
    inPlace(
      ({ body }) => {
        const verifier = JSON.stringify(body.system ?? "").includes("You check a condition")
        const messages = JSON.stringify(body.messages)
        if (!verifier) return messages.includes("tests are red") ? text("mended") : text("finished")
        if (messages.includes('stop_hook_active\\":true')) return text('{"ok": true}')
        return messages.includes("RED")
          ? text('{"ok":false,"reason":"tests are red"}')
          : toolUse("Read", { file_path: "log.txt" })
      },
      async ({ write, print }) => {
        write("log.txt", "RED")
        write(".claude/settings.json", on("Stop", { type: "agent", prompt: "Does log.txt say green?" }))
        const { out, code } = await print("go")
        expect([code, out.trim()]).toEqual([0, "mended"])
      },
    ))

  test("of type mcp_tool call a connected server with the event's values", () =>
    inPlace([text("ok")], async ({ write, print, sent }) => {
      write(".mcp.json", { mcpServers: { toy: { command: process.execPath, args: [everything, "stdio"] } } })
      write(
        ".claude/settings.json",
        on("UserPromptSubmit", {
          type: "mcp_tool",
          server: "toy",
          tool: "echo",
          input: { message: "heard ${prompt}" },
        }),
      )
      const { out, code } = await print("go", "--allowedTools", "Bash")
      expect([code, out.trim()]).toEqual([0, "ok"])
      expect(sent(0)).toContain("Echo: heard go")
    }))

  test("hear of a failure although the program is about to end", () =>
    inPlace([error(400, { message: "not like this" })], async ({ write, print, read }) => {
      write(".claude/settings.json", on("StopFailure", command("sleep 0.3; cat > failure.txt")))
      expect((await print("go")).code).toBe(1)
      expect(JSON.parse(read("failure.txt"))).toMatchObject({ error: "invalid_request" })
    }))

  test("of the session's end have the time that they ask for", () =>
    inPlace([text("ok")], async ({ write, print, read }) => {
      write(".claude/settings.json", on("SessionEnd", { ...command("sleep 3; cat > end.txt"), timeout: 20 }))
      expect((await print("go")).code).toBe(0)
      expect(JSON.parse(read("end.txt"))).toMatchObject({ reason: "other" })
    }))

  test("in the head of a skill hold from its call on", () =>
    inPlace([toolUse("Bash", { command: "echo a" }), text("ok")], async ({ write, print, read }) => {
      write(
        ".claude/skills/careful/SKILL.md",
        '---\nname: careful\ndescription: x\nhooks:\n  PreToolUse:\n    - matcher: Bash\n      hooks:\n        - type: command\n          command: echo "$CLAUDE_PROJECT_DIR" >> seen.txt\n---\nBe careful.',
      )
      expect((await print("/careful", "--allowedTools", "Bash")).out.trim()).toBe("ok")
      expect(read("seen.txt")).toContain("/project")
    }))

  test("in the head of an agent hold for that agent", () =>
    inPlace(
      [
        toolUse("Agent", { description: "x", prompt: "x", subagent_type: "careful" }),
        toolUse("Bash", { command: "echo inner" }),
        text("inner done"),
        toolUse("Bash", { command: "echo outer" }),
        text("ok"),
      ],
      async ({ write, print, read }) => {
        write(
          ".claude/agents/careful.md",
          "---\nname: careful\ndescription: x\nhooks:\n  PreToolUse:\n    - hooks:\n        - type: command\n          command: cat >> seen.txt\n---\nBe careful.",
        )
        expect((await print("go", "--allowedTools", "Bash", "Agent")).out.trim()).toBe("ok")
        expect(read("seen.txt")).toContain("echo inner")
        expect(read("seen.txt")).not.toContain("echo outer")
      },
    ))

  test("see a server's tool with its server, and may replace what it says", () =>
    inPlace(
      [toolUse("mcp__toy__echo", { message: "secret" }), text("ok")],
      async ({ write, print, read, sent }) => {
        write(".mcp.json", {
          mcpServers: { toy: { command: process.execPath, args: [everything, "stdio"] } },
        })
        const said = JSON.stringify({
          hookSpecificOutput: { hookEventName: "PostToolUse", updatedMCPToolOutput: "hidden" },
        })
        write(
          ".claude/settings.json",
          on("PostToolUse", command(`cat > seen.txt; printf '%s' '${said}'`), "mcp__toy__.*"),
        )
        await print("go", "--allowedTools", "mcp__toy")
        expect(JSON.parse(read("seen.txt"))).toMatchObject({ mcp_server: { name: "toy", source: "project" } })
        expect(sent(1)).toContain("hidden")
        expect(sent(1)).not.toContain("Echo: secret")
      },
    ))

  test(
    "that hang, flood, fork, crash or babble let the turn go on to its end",
    () =>
      inPlace([toolUse("Bash", { command: "echo hi" }), text("still here")], async ({ write, print }) => {
        const bad = [
          { ...command("sleep 600"), timeout: 0.5 },
          command("head -c 100000000 /dev/zero"),
          command("sleep 300 & echo left one behind"),
          command("kill -9 $$"),
          command("printf '{\\377\\376'"),
          { type: "http", url: "http://127.0.0.1:1/", timeout: 1 },
          { type: "mcp_tool", server: "none", tool: "none" },
        ]
        write(".claude/settings.json", {
          hooks: { PreToolUse: [{ hooks: bad }], PostToolUse: [{ hooks: bad }] },
        })
        const { code, out } = await print("go", "--allowedTools", "Bash")
        expect([code, out.trim()]).toEqual([0, "still here"])
      }),
    60_000,
  )

  test("and of the host are all off with disableAllHooks", () =>
    inPlace([text("ok")], async ({ write, cwd, config, sdk }) => {
      write(".claude/settings.json", on("UserPromptSubmit", command("touch ran")))
      // The person's own: a folder that nobody trusts may not turn off hooks.
      writeFileSync(join(config, "settings.json"), JSON.stringify({ disableAllHooks: true }))
      let asked = 0
      const count = async () => {
        asked += 1
        return {}
      }
      const { error: failure } = await sdk({
        prompt: "go",
        options: {
          settingSources: ["user", "project"],
          hooks: { UserPromptSubmit: [{ hooks: [count] }] },
        },
      })
      expect([failure, asked, existsSync(join(cwd, "ran"))]).toEqual([null, 0, false])
    }))
})
