/** What a session starts with: hooks of the host, agents, plugins, and what needs no prompt or no credential. */
import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { existsSync, realpathSync } from "node:fs"
import { join } from "node:path"
import type { HookCallback, Options, SDKMessage } from "@anthropic-ai/claude-agent-sdk"
import { chunks, text, toolUse } from "../fake-api/fake-api.ts"
import { built, controlRequest, type Place, STREAM, userMessage, withPlace } from "./place.ts"
import { kinds, promptStream, resultOf } from "./sdk-session.ts"

/** The machine may be busy with other things. */
setDefaultTimeout(30_000)

const said = (value: unknown) => JSON.stringify(value)

function onStart(answer: object): Options {
  const hook: HookCallback = async () => ({
    hookSpecificOutput: { hookEventName: "SessionStart", ...answer },
  })
  return { hooks: { SessionStart: [{ hooks: [hook] }] } }
}

function initOf(messages: readonly SDKMessage[]) {
  const init = messages.find((message) => message.type === "system" && message.subtype === "init")
  return init as Extract<SDKMessage, { subtype: "init" }>
}

function settings(place: Place, value: object): void {
  place.write("../config/settings.json", JSON.stringify(value))
}

const FIRST_PROMPT = {
  SessionStart: [
    {
      hooks: [
        {
          type: "command",
          command: `echo '{"hookSpecificOutput":{"hookEventName":"SessionStart","initialUserMessage":"Start now"}}'`,
        },
      ],
    },
  ],
}

describe.skipIf(!built)("SessionStart", () => {
  test.concurrent("hooks of the host are heard, and their words are in front of the first prompt", () =>
    withPlace([text("Hi")], async ({ sdk, api }) => {
      const { messages } = await sdk({ prompt: "Hello", options: onStart({ additionalContext: "It rains" }) })
      expect(kinds(messages)).toContain("system/hook_response")
      expect(said(api.turns[0]?.body.messages)).toContain("It rains")
    }))

  test.concurrent("a hook of the host may bring the first prompt", () =>
    withPlace([text("Started")], async ({ sdk, api }) => {
      const { prompt, close } = promptStream()
      const { messages } = await sdk({
        prompt,
        options: onStart({ initialUserMessage: "Start now" }),
        onMessage: ({ type }) => {
          if (type === "result") close()
        },
      })
      expect(resultOf(messages).result).toBe("Started")
      expect(said(api.turns[0]?.body.messages)).toContain("Start now")
    }))

  test.concurrent("a hook of the settings may bring the only prompt of print mode", () =>
    withPlace([text("Started")], async (place) => {
      settings(place, { hooks: FIRST_PROMPT })
      expect(await place.start(["-p"]).done).toMatchObject({ code: 0, out: "Started\n" })
    }))

  test.concurrent("and of a host that says nothing and closes", () =>
    withPlace([text("Started")], async (place) => {
      settings(place, { hooks: FIRST_PROMPT })
      const { code, out } = await place.start(STREAM).done
      expect(code).toBe(0)
      expect(out).toContain('"result":"Started"')
    }))

  test.concurrent("a hook without a prompt leaves print mode without one", () =>
    withPlace([], async (place) => {
      settings(place, { hooks: { SessionStart: [{ hooks: [{ type: "command", command: "echo hi" }] }] } })
      const { code, err } = await place.start(["-p"]).done
      expect(code).toBe(1)
      expect(err).toStartWith("No prompt")
    }))

  test.concurrent("--init-only runs the hooks of the start and needs no credential", () =>
    withPlace([], async (place) => {
      const touch = (name: string) => [{ hooks: [{ type: "command", command: `touch ${name}` }] }]
      settings(place, { hooks: { Setup: touch("set-up"), SessionStart: touch("started") } })
      const { code, err } = await place.start(["--init-only"], { env: { ANTHROPIC_API_KEY: undefined } }).done
      expect({ code, err }).toEqual({ code: 0, err: "" })
      expect(["set-up", "started"].map((name) => existsSync(join(place.cwd, name)))).toEqual([true, true])
      expect(place.api.turns).toHaveLength(0)
    }))
})

describe.skipIf(!built)("the agent that the conversation runs as", () => {
  const reviewer = {
    description: "Reviews",
    prompt: "You are the reviewer.",
    tools: ["Read"],
    model: "haiku",
    initialPrompt: "Look first.",
  }
  const looks = (body: { readonly system?: unknown; readonly model: string; readonly tools?: unknown }) => {
    expect(said(body.system)).toContain("You are the reviewer.")
    expect(body.model).toContain("haiku")
    expect(said(body.tools)).toContain('"Read"')
    expect(said(body.tools)).not.toContain('"Bash"')
  }

  test.concurrent("gives prompt, tools and model; a host brings it with initialize", () =>
    withPlace([text("Fine"), text("More")], async ({ sdk, api }) => {
      const { prompt, close } = promptStream("Check it")
      await sdk({
        prompt,
        options: { agent: "reviewer", agents: { reviewer } },
        onMessage: ({ type }) => {
          if (type === "result") close()
        },
      })
      looks(api.turns[0]?.body as never)
      expect(said(api.turns[0]?.body.messages)).toContain("Look first.")
    }))

  test.concurrent("by flag with -p: its own first words come before the prompt", () =>
    withPlace([text("Fine")], async (place) => {
      const args = ["-p", "--agent=reviewer", "--agents", JSON.stringify({ reviewer }), "Check it"]
      expect((await place.start(args).done).out).toBe("Fine\n")
      looks(place.api.turns[0]?.body as never)
      expect(said(place.api.turns[0]?.body.messages)).toMatch(/Look first\..*Check it/)
    }))

  test.concurrent("by setting, from a file; what a person asks for by flag is above it", () =>
    withPlace([text("Fine")], async (place) => {
      settings(place, { agent: "quiet" })
      place.write(
        ".claude/agents/quiet.md",
        "---\nname: quiet\ndescription: Quiet\nmodel: haiku\n---\nSay little.",
      )
      await place.start(["-p", "--model=sonnet", "Hi"]).done
      expect(said(place.api.turns[0]?.body.system)).toContain("Say little.")
      expect(place.api.turns[0]?.body.model).toContain("sonnet")
    }))

  test.concurrent("that is not there is named", () =>
    withPlace([], async (place) => {
      const { code, err } = await place.start(["-p", "--agent=nobody", "Hi"]).done
      expect(code).toBe(1)
      expect(err).toContain('there is no agent "nobody"; known are')
    }))
})

describe.skipIf(!built)("the environment of a host", () => {
  test.concurrent("takes built-in agents away", () =>
    withPlace([text("1"), text("2")], async (place) => {
      const agents = async (name: string) => {
        const { messages } = await place.sdk({ prompt: "Hi", env: { [name]: "1" } })
        return initOf(messages).agents
      }
      expect(await agents("CLAUDE_AGENT_SDK_DISABLE_BUILTIN_AGENTS")).toEqual([])
      expect(await agents("CLAUDE_CODE_DISABLE_EXPLORE_PLAN_AGENTS")).toEqual(["general-purpose"])
    }))

  test.concurrent("ends a session that waits for longer than it says", () =>
    withPlace([text("Hi")], async (place) => {
      const run = place.start(STREAM, { open: true, env: { CLAUDE_CODE_EXIT_AFTER_STOP_DELAY: "50" } })
      run.send(userMessage("Hello"))
      expect((await run.done).code).toBe(0)
      expect(place.api.turns).toHaveLength(1)
    }))

  test.concurrent("has an unfinished turn taken up again, and a finished one left alone", () =>
    withPlace([[text("word ".repeat(3_000)), chunks(64, 20)], text("Finished")], async (place) => {
      const env = { CLAUDE_CODE_RESUME_INTERRUPTED_TURN: "1" }
      const first = place.start([...STREAM, "--include-partial-messages"], { open: true })
      first.send(userMessage("Long story"))
      const { session_id: id } = await first.message(({ event }) => event?.type === "content_block_delta")
      first.process.kill("SIGTERM")
      expect((await first.done).code).toBe(143)
      expect(await place.start(["-p", `--resume=${id}`], { env }).done).toMatchObject({
        code: 0,
        out: "Finished\n",
      })
      expect(said(place.api.turns[1]?.body.messages)).toContain("Continue from where you left off.")
      expect((await place.start(["-p", `--resume=${id}`], { env }).done).err).toStartWith("No prompt")
    }))
})

describe.skipIf(!built)("plugins", () => {
  const plugin = (place: Place) => {
    place.write("kit/.claude-plugin/plugin.json", JSON.stringify({ name: "kit", version: "1.2.0" }))
    place.write("kit/skills/tidy/SKILL.md", "---\ndescription: Tidies up\n---\nTidy ${CLAUDE_PLUGIN_ROOT}")
    place.write("kit/commands/greet.md", "Greet $ARGUMENTS")
    place.write("kit/agents/helper.md", "---\nname: helper\ndescription: Helps\n---\nYou help.")
    const touch = [{ hooks: [{ type: "command", command: "touch $CLAUDE_PLUGIN_ROOT/started" }] }]
    place.write("kit/hooks/hooks.json", JSON.stringify({ hooks: { SessionStart: touch } }))
    place.write(
      "kit/.mcp.json",
      JSON.stringify({ mcpServers: { none: { command: "${CLAUDE_PLUGIN_ROOT}/no-such" } } }),
    )
    return join(realpathSync(place.cwd), "kit")
  }
  const fits = (messages: readonly SDKMessage[], path: string) => {
    const init = initOf(messages)
    expect(init.plugins).toMatchObject([{ name: "kit", path, version: "1.2.0" }])
    expect(init.skills).toContain("kit:tidy")
    expect(init.slash_commands).toContain("kit:greet")
    expect(init.agents).toContain("kit:helper")
    expect(init.mcp_servers).toMatchObject([{ name: "plugin:kit:none", status: "failed" }])
  }

  test.concurrent("of the option bring skills, commands, agents, hooks and servers", () =>
    withPlace([text("Hello")], async (place) => {
      const path = plugin(place)
      const { messages } = await place.sdk({
        prompt: "/kit:greet the world",
        options: { plugins: [{ type: "local", path }] },
      })
      fits(messages, path)
      expect(existsSync(join(path, "started"))).toBe(true)
      expect(said(place.api.turns[0]?.body.messages)).toContain("Greet the world")
    }))

  test.concurrent("may come with initialize, and the host reads that they are loaded", () =>
    withPlace([text("Hello")], async (place) => {
      const path = plugin(place)
      let applied: unknown
      const { messages } = await place.sdk({
        prompt: "/kit:tidy",
        options: { plugins: [{ type: "local", path }], pluginDelivery: "initialize" },
        async onMessage(message, query) {
          if (message.type === "assistant") applied = (await query.initializationResult()).plugins_applied
        },
      })
      fits(messages, path)
      expect(applied).toBe(true)
      expect(said(place.api.turns[0]?.body.messages)).toContain(`Tidy ${path}`)
    }))

  test.concurrent("that are none are named, and the session goes on", () =>
    withPlace([text("Hello")], async (place) => {
      const { messages } = await place.sdk({
        prompt: "Hi",
        options: { plugins: [{ type: "local", path: "/no/such/plugin" }] },
      })
      expect(initOf(messages).plugins).toEqual([])
      expect(initOf(messages).plugin_errors).toMatchObject([{ plugin: "plugin", path: "/no/such/plugin" }])
      expect(resultOf(messages).result).toBe("Hello")
    }))

  test.concurrent("and servers of initialize count only in a start that waited for it", () =>
    withPlace([text("Hello")], async (place) => {
      const run = place.start(STREAM, { open: true })
      const request = controlRequest("initialize", {
        plugins: [{ type: "local", path: plugin(place) }],
        mcpServers: { x: { command: "no-such" } },
      })
      run.send(request, userMessage("Hi"))
      const { response } = await run.message((one) => one.response?.request_id === request.request_id)
      expect(response.response).toMatchObject({ plugins_applied: false, mcp_servers_applied: false })
      const { plugins, mcp_servers } = await run.message(({ subtype }) => subtype === "init")
      expect({ plugins, mcp_servers }).toEqual({ plugins: [], mcp_servers: [] })
      run.end()
      await run.done
    }))
})

test.skipIf(!built)(
  "twenty sessions side by side do not disturb each other",
  () =>
    Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        withPlace([toolUse("Bash", { command: `touch mine-${at}` }), text(`Done ${at}`)], async (place) => {
          const { messages, error } = await place.sdk({
            prompt: `Session ${at}`,
            options: { allowedTools: ["Bash"] },
          })
          expect(error).toBeNull()
          expect(resultOf(messages).result).toBe(`Done ${at}`)
          expect(place.read(`mine-${at}`)).toBe("")
        }),
      ),
    ),
  60_000,
)
