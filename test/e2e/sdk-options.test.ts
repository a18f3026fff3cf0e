import { describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { error, text, toolUse, usage } from "../fake-api/fake-api.ts"
import { built, userMessage, withPlace } from "./place.ts"
import { kinds, promptStream, resultOf } from "./sdk-session.ts"

const said = (value: unknown) => JSON.stringify(value)
const toolNames = (body: { readonly tools?: readonly { readonly name: string }[] }) =>
  (body.tools ?? []).map(({ name }) => name)

describe.skipIf(!built)("options of the SDK", () => {
  test.concurrent("tools: a list, none, the default", () =>
    withPlace([text("1"), text("2"), text("3")], async ({ sdk, api }) => {
      await sdk({ prompt: "Hi", options: { tools: ["Read", "Bash"] } })
      await sdk({ prompt: "Hi", options: { tools: [] } })
      await sdk({ prompt: "Hi", options: { tools: { type: "preset", preset: "claude_code" } } })
      expect(toolNames(api.turns[0]?.body ?? {})).toEqual(["Bash", "Read"])
      expect(toolNames(api.turns[1]?.body ?? {})).toEqual([])
      expect(toolNames(api.turns[2]?.body ?? {})).toContain("Edit")
    }))

  test.concurrent("the system prompt: none, own words, the default one with more", () =>
    withPlace([text("1"), text("2"), text("3")], async ({ sdk, api }) => {
      await sdk({ prompt: "Hi" })
      await sdk({ prompt: "Hi", options: { systemPrompt: "You are a parrot." } })
      const preset = { type: "preset", preset: "claude_code", append: "Mind the gap." } as const
      await sdk({ prompt: "Hi", options: { systemPrompt: preset } })
      const [none, own, more] = api.turns.map(({ body }) => said(body.system ?? ""))
      expect(none).not.toContain("Working directory")
      expect(own).toContain("You are a parrot.")
      expect(own).not.toContain("Working directory")
      expect(more).toContain("Mind the gap.")
      expect(more).toContain("Working directory")
    }))

  test.concurrent("maxTurns ends as its own kind of result", () =>
    withPlace(
      () => toolUse("Read", { file_path: "a.txt" }),
      async ({ sdk, write }) => {
        write("a.txt", "a")
        const { messages } = await sdk({ prompt: "Hi", options: { maxTurns: 2 } })
        expect(resultOf(messages)).toMatchObject({
          subtype: "error_max_turns",
          is_error: true,
          num_turns: 2,
          terminal_reason: "max_turns",
        })
      },
    ))

  test.concurrent("maxBudgetUsd ends as its own kind of result", () =>
    withPlace(
      () => [toolUse("Read", { file_path: "a.txt" }), usage({ output_tokens: 30_000 })],
      async ({ sdk, write }) => {
        write("a.txt", "a")
        const { messages } = await sdk({
          prompt: "Hi",
          options: { maxBudgetUsd: 0.01, model: "claude-sonnet-4-5" },
        })
        expect(resultOf(messages)).toMatchObject({
          subtype: "error_max_budget_usd",
          terminal_reason: "budget_exhausted",
        })
      },
    ))

  test.concurrent("settingSources: without them no file of settings or instructions is read", () =>
    withPlace([text("1"), text("2")], async ({ sdk, api, write }) => {
      write("CLAUDE.md", "The password is swordfish.")
      write(".claude/settings.json", JSON.stringify({ model: "claude-haiku-4-5" }))
      await sdk({ prompt: "Hi", options: { settingSources: [] } })
      await sdk({ prompt: "Hi", options: { settingSources: ["project"] } })
      const [without, within] = api.turns.map(({ body }) => body)
      expect(said(without)).not.toContain("swordfish")
      expect(without?.model).not.toContain("haiku")
      expect(said(within)).toContain("swordfish")
      expect(within?.model).toContain("haiku")
    }))

  test.concurrent("additionalDirectories may be read without a question", () =>
    withPlace(
      ({ body }) => (body.messages.length === 1 ? toolUse("Read", { file_path: outside }) : text("Done")),
      async ({ sdk, config, api }) => {
        const folder = join(config, "elsewhere")
        mkdirSync(folder)
        outside = join(folder, "a.txt")
        writeFileSync(outside, "treasure")
        await sdk({ prompt: "Hi", options: { additionalDirectories: [folder] } })
        expect(said(api.turns[1]?.body.messages)).toContain("treasure")
      },
    ))
  let outside = ""

  test.concurrent("subagents: their calls under the Agent call, their words when asked for", () =>
    withPlace(
      ({ body }) => {
        const first = body.messages.length === 1
        if (said(body.messages[0]).includes("Look around")) {
          return first ? toolUse("Read", { file_path: "a.txt" }) : text("Inner words")
        }
        return first
          ? toolUse("Agent", { description: "Look", prompt: "Look around", subagent_type: "general-purpose" })
          : text("Outer words")
      },
      async ({ sdk, write }) => {
        write("a.txt", "a")
        const quiet = await sdk({ prompt: "Delegate" })
        const loud = await sdk({ prompt: "Delegate", options: { forwardSubagentText: true } })
        const inner = quiet.messages.filter((m) => "parent_tool_use_id" in m && m.parent_tool_use_id !== null)
        expect(kinds(inner)).toEqual(["assistant", "user"])
        expect(said(quiet.messages.filter((m) => m.type === "assistant"))).not.toContain("Inner words")
        expect(said(loud.messages.filter((m) => m.type === "assistant"))).toContain("Inner words")
        expect(resultOf(quiet.messages)).toMatchObject({ result: "Outer words", num_turns: 2 })
      },
    ))

  test.concurrent("model, mode and thinking change between two prompts", () =>
    withPlace([text("1"), text("2")], async ({ sdk, api }) => {
      const next = Promise.withResolvers<void>()
      const done = Promise.withResolvers<void>()
      async function* prompts() {
        for (const content of ["first", "second"]) {
          if (content === "second") await next.promise
          const message = { role: "user" as const, content }
          yield { type: "user" as const, message, parent_tool_use_id: null, session_id: "" }
        }
        await done.promise
      }
      let results = 0
      const { messages } = await sdk({
        prompt: prompts(),
        options: { model: "claude-sonnet-4-5" },
        async onMessage(message, query) {
          if (message.type !== "result") return
          results++
          if (results === 2) return done.resolve()
          await query.setModel("claude-opus-4-5")
          await query.setPermissionMode("plan")
          await query.setMaxThinkingTokens(2048)
          next.resolve()
        },
      })
      const [first, second] = api.turns.map(({ body }) => body)
      expect(first?.model).toBe("claude-sonnet-4-5")
      expect(second?.model).toBe("claude-opus-4-5")
      expect(second?.thinking).toMatchObject({ type: "enabled", budget_tokens: 2048 })
      const inits = messages.filter((m) => m.type === "system" && m.subtype === "init")
      expect(inits.map((m) => ("permissionMode" in m ? m.permissionMode : ""))).toEqual(["default", "plan"])
    }))

  test.concurrent("what initialize answers: commands, models, agents, account", () =>
    withPlace([text("Hi")], async ({ sdk, write }) => {
      write(".claude/commands/tidy.md", "---\ndescription: Tidy up\n---\nTidy $ARGUMENTS")
      const { prompt, close } = promptStream("Hi")
      const asked: Record<string, unknown> = {}
      await sdk({
        prompt,
        async onMessage(message, query) {
          if (message.type !== "result") return
          asked.commands = await query.supportedCommands()
          asked.models = await query.supportedModels()
          asked.agents = await query.supportedAgents()
          asked.account = await query.accountInfo()
          close()
        },
      })
      expect(asked.commands).toContainEqual(expect.objectContaining({ name: "tidy", description: "Tidy up" }))
      expect(asked.commands).toContainEqual(expect.objectContaining({ name: "compact" }))
      expect(asked.agents).toContainEqual(expect.objectContaining({ name: "Explore" }))
      expect(asked.models).not.toEqual([])
      expect(asked.account).toMatchObject({ apiKeySource: "ANTHROPIC_API_KEY" })
    }))

  test.concurrent("a request that fails before it succeeds is told as a retry", () =>
    withPlace([error(529), text("At last")], async ({ sdk }) => {
      const { messages } = await sdk({ prompt: "Hi", env: { CLAUDE_CODE_MAX_RETRIES: "2" } })
      expect(kinds(messages)).toContain("system/api_retry")
      expect(resultOf(messages)).toMatchObject({ result: "At last" })
    }))

  test.concurrent("a background command is awaited and starts a turn of its own", () =>
    withPlace(
      [
        toolUse("Bash", { command: "sleep 0.2; touch late", run_in_background: true }),
        text("Started"),
        text("It is done"),
      ],
      async ({ sdk, cwd }) => {
        const { messages } = await sdk({ prompt: "Later", options: { allowedTools: ["Bash"] } })
        expect(existsSync(join(cwd, "late"))).toBe(true)
        expect(kinds(messages)).toContain("system/task_notification")
        const results = messages.filter((m) => m.type === "result")
        expect(results.map((m) => ("result" in m ? m.result : ""))).toEqual(["Started", "It is done"])
      },
    ))
})

describe.skipIf(!built)("flags that hosts send", () => {
  test.concurrent("the style of the Python SDK: two words each, empty values kept", () =>
    withPlace([text("Fine")], async ({ start, api }) => {
      const flags =
        "--output-format stream-json --verbose --system-prompt | --tools | --allowedTools Bash(ls *),Read --max-turns 3 --model claude-opus-4-5 --permission-mode acceptEdits --add-dir . --setting-sources= --thinking adaptive --effort low --input-format stream-json"
      const args = flags.split(" ").map((word) => (word === "|" ? "" : word))
      // A rule holds a blank, which the split above took apart.
      const at = args.indexOf("Bash(ls")
      args.splice(at, 2, "Bash(ls *),Read")
      const run = await start(args, { input: `${said(userMessage("Hi"))}\n` }).done
      expect([run.code, run.err]).toEqual([0, ""])
      const body = api.turns[0]?.body ?? {}
      expect(body).toMatchObject({ model: "claude-opus-4-5" })
      expect(body.tools ?? []).toEqual([])
      expect(said(body.system ?? "")).not.toContain("Working directory")
    }))

  test.concurrent("taskBudget and thinking.display reach the service", () =>
    withPlace([text("Fine")], async ({ sdk, api }) => {
      await sdk({
        prompt: "Hi",
        options: {
          model: "claude-opus-4-7",
          taskBudget: { total: 50_000 },
          thinking: { type: "adaptive", display: "omitted" },
        },
      })
      expect(api.turns[0]?.body.output_config.task_budget).toEqual({ type: "tokens", total: 50_000 })
      expect(api.turns[0]?.headers["anthropic-beta"]).toContain("task-budgets-2026-03-13")
      expect(api.turns[0]?.body.thinking).toEqual({ type: "adaptive", display: "omitted" })
    }))

  test.concurrent("excludeDynamicSections moves folder and environment into the first message", () =>
    withPlace([text("Fine")], async ({ sdk, api }) => {
      const systemPrompt = { type: "preset", preset: "claude_code", excludeDynamicSections: true } as const
      await sdk({ prompt: "Hi", options: { systemPrompt } })
      const { system, messages } = api.turns[0]?.body ?? {}
      expect(said(system)).not.toContain("Working directory")
      expect(said(messages)).toContain("Working directory")
    }))

  test.concurrent("toolAliases send a call to the tool that is meant", () =>
    withPlace([toolUse("Peek", { file_path: "a.txt" }), text("Fine")], async ({ sdk, api, write }) => {
      write("a.txt", "treasure")
      await sdk({ prompt: "Hi", options: { toolAliases: { Peek: "Read" } } })
      expect(said(api.turns[1]?.body.messages)).toContain("treasure")
    }))

  test.concurrent("managedSettings stand above everything, and projectConfigRoot replaces the project's", () =>
    withPlace(
      [toolUse("Bash", { command: "touch made" }), text("Fine")],
      async ({ sdk, cwd, config, write, api }) => {
        write(".claude/settings.json", said({ model: "claude-haiku-4-5" }))
        const root = join(config, "trusted")
        mkdirSync(join(root, ".claude"), { recursive: true })
        writeFileSync(join(root, ".claude", "settings.json"), said({ model: "claude-opus-4-5" }))
        await sdk({
          prompt: "Hi",
          options: {
            projectConfigRoot: root,
            managedSettings: { permissions: { deny: ["Bash(touch *)"] } },
            allowedTools: ["Bash"],
          },
        })
        expect(api.turns[0]?.body.model).toBe("claude-opus-4-5")
        expect(existsSync(join(cwd, "made"))).toBe(false)
      },
    ))

  test.concurrent("--name names the session", () =>
    withPlace([text("Fine")], async ({ start, transcript }) => {
      await start(["-p", "Hi", "--name", "My work"]).done
      expect(transcript()).toContainEqual(expect.objectContaining({ customTitle: "My work" }))
    }))
})
