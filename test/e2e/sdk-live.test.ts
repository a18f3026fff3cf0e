/** What changes while a session lives: settings files, models, modes of servers, in-process servers, and what is still open. */
import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { chunks, error, text, toolUse, usage } from "../fake-api/fake-api.ts"
import {
  built,
  controlRequest,
  type Message,
  type Place,
  STREAM,
  type Started,
  userMessage,
  withPlace,
} from "./place.ts"

/** The machine may be busy with other things. */
setDefaultTimeout(30_000)

const said = (value: unknown) => JSON.stringify(value)

/** The reply to a control request. */
async function call(run: Started, subtype: string, body: Message = {}): Promise<Message> {
  const request = controlRequest(subtype, body)
  run.send(request)
  return (await run.message(({ response }) => response?.request_id === request.request_id)).response
}

async function turn(run: Started, prompt: string, index: number): Promise<Message> {
  run.send(userMessage(prompt))
  return run.message(({ type, result_index: at }) => type === "result" && at === index)
}

async function finish(run: Started): Promise<void> {
  run.end()
  expect((await run.done).code).toBe(0)
}

/** Until the session has read a settings file that was written: it says so by what it lists. */
async function until(fits: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await fits())) {
    if (Date.now() > deadline) throw new Error("it never came to that")
    await Bun.sleep(20)
  }
}

describe.skipIf(!built)("settings files", () => {
  test.concurrent("are followed: a rule that is written holds at once, and one that is taken away no more", () =>
    withPlace(
      ({ body }) =>
        said(body.messages.at(-1)).includes("Touch")
          ? toolUse("Bash", { command: `touch ${said(body.messages.at(-1)).match(/Touch (\w+)/)?.[1]}` })
          : text("Done"),
      async (place) => {
        const file = join(place.config, "settings.json")
        const run = place.start(STREAM, { open: true })
        const lists = async () =>
          said((await call(run, "list_permission_rules")).response.state.rules).includes("Bash(touch *)")
        await call(run, "initialize")
        await turn(run, "Touch one", 0)
        writeFileSync(file, JSON.stringify({ permissions: { allow: ["Bash(touch *)"] } }))
        await until(lists)
        expect((await call(run, "get_settings")).response.effective).toMatchObject({
          permissions: { allow: ["Bash(touch *)"] },
        })
        await turn(run, "Touch two", 1)
        rmSync(file)
        await until(async () => !(await lists()))
        await turn(run, "Touch three", 2)
        await finish(run)
        const made = ["one", "two", "three"].filter((name) => existsSync(join(place.cwd, name)))
        expect(made).toEqual(["two"])
      },
    ))

  test.concurrent("what a host lays over them holds, and ends with null", () =>
    withPlace([text("Hi")], async (place) => {
      const run = place.start(STREAM, { open: true })
      await call(run, "apply_flag_settings", {
        settings: { permissions: { deny: ["Bash"] }, env: { FROM_HOST: "1" } },
      })
      const denied = async () =>
        said((await call(run, "list_permission_rules")).response.state.rules).includes('"deny"')
      expect(await denied()).toBe(true)
      expect((await call(run, "get_settings")).response.effective.env).toMatchObject({ FROM_HOST: "1" })
      await call(run, "apply_flag_settings", { settings: { permissions: null } })
      expect(await denied()).toBe(false)
      expect(
        await call(run, "apply_flag_settings", { settings: { permissions: { allow: 7 } } }),
      ).toMatchObject({
        subtype: "error",
        error: "permissions.allow must be a list of texts.",
      })
      await finish(run)
    }))

  test.concurrent("their hooks are listed", () =>
    withPlace([], async (place) => {
      const handler = { type: "command", command: "echo \u001b[31mred", timeout: 5 }
      writeFileSync(
        join(place.config, "settings.json"),
        JSON.stringify({ hooks: { PreToolUse: [{ matcher: "Bash", hooks: [handler] }] } }),
      )
      const run = place.start(STREAM, { open: true })
      const { response } = await call(run, "get_hooks_listing")
      expect(response.events).toMatchObject([{ name: "PreToolUse", supportsMatcher: true, hookCount: 1 }])
      expect(response.hooks).toMatchObject([
        {
          event: "PreToolUse",
          matcher: "Bash",
          source: "userSettings",
          type: "command",
          contentLabel: "Command",
          commandText: "echo \\u001b[31mred",
          timeout: 5,
        },
      ])
      expect(response.eventCatalog.length).toBeGreaterThan(20)
      expect(response.policy).toMatchObject({ disabledByPolicy: false, policyHookCount: 0 })
      await finish(run)
    }))
})

describe.skipIf(!built)("set_model", () => {
  test.concurrent("is told to the host, and what follows goes to the new model", () =>
    withPlace([text("One"), text("Two")], async (place) => {
      const run = place.start(STREAM, { open: true })
      await turn(run, "First", 0)
      run.send(controlRequest("set_model", { model: "haiku" }), userMessage("Second"))
      const told = await run.message(
        ({ type, message }) => type === "user" && typeof message.content === "string",
      )
      expect(told.message.content).toMatch(/^<local-command-stdout>Set model to .*haiku/i)
      await run.message(({ result }) => result === "Two")
      await finish(run)
      expect(place.api.turns[1]?.body.model).toContain("haiku")
    }))

  test.concurrent("asks the service about a model it does not know, and refuses what the service refuses", () =>
    withPlace(
      ({ body }) =>
        body.model === "no-such-model" ? error(404) : text(body.max_tokens === 1 ? "H" : `By ${body.model}`),
      async (place) => {
        const run = place.start(STREAM, { open: true })
        expect(await call(run, "set_model", { model: "no-such-model" })).toMatchObject({
          subtype: "error",
          error: expect.stringContaining("no-such-model"),
        })
        run.send(controlRequest("set_model", { model: "some-new-model" }), userMessage("Hi"))
        await run.message(({ result }) => result === "By some-new-model")
        await finish(run)
        const [probe] = place.api.requests.filter(({ body }) => body.model === "no-such-model")
        expect(probe?.body).toMatchObject({ max_tokens: 1 })
        expect(probe?.body.tools).toBeUndefined()
      },
    ))

  test.concurrent("refuses what the settings refuse", () =>
    withPlace([text("One")], async (place) => {
      writeFileSync(
        join(place.config, "settings.json"),
        JSON.stringify({ availableModels: ["sonnet"], model: "sonnet" }),
      )
      const run = place.start(STREAM, { open: true })
      expect(await call(run, "set_model", { model: "opus" })).toMatchObject({ subtype: "error" })
      await turn(run, "Hi", 0)
      await finish(run)
      expect(place.api.turns[0]?.body.model).toContain("sonnet")
    }))
})

describe.skipIf(!built)("costs", () => {
  test.concurrent("begin anew with /clear, a budget does not", () =>
    withPlace(
      () => [text("Hi"), usage({ output_tokens: 100_000 })],
      async (place) => {
        const run = place.start([...STREAM, "--model=sonnet", "--max-budget-usd=2"], { open: true })
        const first = await turn(run, "One", 0)
        expect(first.total_cost_usd).toBeGreaterThan(1)
        await turn(run, "/clear", 1)
        const second = await turn(run, "Two", 2)
        expect(second.total_cost_usd).toBeLessThan(first.total_cost_usd * 1.5)
        expect(Object.keys(second.modelUsage)).toHaveLength(1)
        expect((await turn(run, "Three", 3)).subtype).toBe("error_max_budget_usd")
        run.end()
        await run.done
      },
    ))
})

describe.skipIf(!built)("costs of a resumed conversation", () => {
  test.concurrent("go on from what it has cost, those of a fork begin at nothing", () =>
    withPlace(
      () => [text("Hi"), usage({ output_tokens: 100_000 })],
      async (place) => {
        const cost = async (...args: readonly string[]) => {
          const run = place.start([...STREAM, "--model=sonnet", "--max-budget-usd=1000", ...args], {
            open: true,
          })
          const { session_id, total_cost_usd: total, modelUsage } = await turn(run, "Hi", 0)
          await finish(run)
          const [usage] = Object.values(modelUsage as Readonly<Record<string, { outputTokens: number }>>)
          return { session_id, total, tokens: usage?.outputTokens }
        }
        const first = await cost()
        const second = await cost(`--resume=${first.session_id}`)
        const fork = await cost(`--resume=${first.session_id}`, "--fork-session")
        expect([first.tokens, second.tokens, fork.tokens]).toEqual([100_000, 200_000, 100_000])
        expect(second.total).toBeGreaterThan(first.total * 1.9)
        expect(fork.total).toBeLessThan(first.total * 1.1)
      },
    ))
})

/** The host's end of an in-process MCP server. */
function serve(run: Started, answer: (message: Message) => unknown): { readonly asked: Message[] } {
  const asked: Message[] = []
  void (async () => {
    for (;;) {
      const seen = asked.length
      let at = 0
      const request = await run.message(({ type }) => type === "control_request" && at++ === seen)
      asked.push(request)
      if (request.request.subtype !== "mcp_message") continue
      const given = answer(request.request.message)
      const response = { mcp_response: given ?? { jsonrpc: "2.0", id: 0, result: {} } }
      if (given !== "later") run.send(reply(request, response))
    }
  })().catch(() => {})
  return { asked }
}

function reply({ request_id }: Message, response: unknown): Message {
  return { type: "control_response", response: { subtype: "success", request_id, response } }
}

function handshake({ id, method }: Message): unknown {
  const initialized = {
    protocolVersion: "2025-11-25",
    capabilities: { tools: { listChanged: true } },
    serverInfo: { name: "mine", version: "1" },
  }
  const tools = [{ name: "ask", inputSchema: { type: "object" } }]
  if (method === "initialize") return { jsonrpc: "2.0", id, result: initialized }
  if (method === "tools/list") return { jsonrpc: "2.0", id, result: { tools } }
  return undefined
}

describe.skipIf(!built)("a server in the host's process", () => {
  test.concurrent("may ask the person: its question goes out as an elicitation, the answer comes back to it", () =>
    withPlace([toolUse("mcp__mine__ask", {}), text("Done")], async (place) => {
      const run = place.start([...STREAM, "--allowedTools=mcp__mine"], { open: true })
      const waiting = Promise.withResolvers<Message>()
      const answered = Promise.withResolvers<Message>()
      const { asked } = serve(run, (message) => {
        if (message.method === "tools/call") {
          waiting.resolve(message)
          return "later"
        }
        // The answer to the server's own request.
        if (message.method === undefined) answered.resolve(message)
        return handshake(message)
      })
      await call(run, "initialize", { sdkMcpServers: ["mine"] })
      run.send(userMessage("Ask"))
      const { id } = await waiting.promise
      const requestedSchema = { type: "object", properties: { name: { type: "string" } } }
      const message = {
        jsonrpc: "2.0",
        id: 77,
        method: "elicitation/create",
        params: { message: "Your name?", requestedSchema },
      }
      expect(await call(run, "mcp_message", { server_name: "mine", message })).toMatchObject({
        subtype: "success",
        response: {},
      })
      const question = await run.message(({ request }) => request?.subtype === "elicitation")
      expect(question.request).toMatchObject({
        mcp_server_name: "mine",
        message: "Your name?",
        requested_schema: requestedSchema,
        property_order: ["name"],
      })
      run.send(reply(question, { action: "accept", content: { name: "Ada" } }))
      expect(await answered.promise).toMatchObject({
        id: 77,
        result: { action: "accept", content: { name: "Ada" } },
      })
      const calling = asked.find(({ request }) => request.message?.method === "tools/call")
      const result = { content: [{ type: "text", text: "Hello Ada" }] }
      run.send(reply(calling ?? {}, { mcp_response: { jsonrpc: "2.0", id, result } }))
      await run.message(({ result: text }) => text === "Done")
      await finish(run)
      expect(said(place.api.turns[1]?.body.messages)).toContain("Hello Ada")
    }))

  test.concurrent("is not called through us: mcp_call refuses it by name", () =>
    withPlace([], async (place) => {
      const run = place.start(STREAM, { open: true })
      serve(run, handshake)
      await call(run, "initialize", { sdkMcpServers: ["mine"] })
      await until(async () => said((await call(run, "mcp_status")).response).includes('"connected"'))
      expect(await call(run, "mcp_call", { tool: "mcp__mine__ask" })).toMatchObject({
        subtype: "error",
        error: "The tool did not run: mine is a server of the host; call it there.",
      })
      for (const wrong of [
        { check_permissions: true },
        { timeout_ms: "soon" },
        { expires_at: "yesterday" },
        { output_files: [] },
      ])
        expect(await call(run, "mcp_call", { tool: "mcp__mine__ask", ...wrong })).toMatchObject({
          subtype: "error",
        })
      await finish(run)
    }))

  test.concurrent("may be put under a mode of its own, which asks where everything else may run", () =>
    withPlace(
      ({ body }) =>
        said(body.messages.at(-1)).includes("Ask") ? toolUse("mcp__mine__ask", {}) : text("Done"),
      async (place) => {
        const args = [...STREAM, "--dangerously-skip-permissions", "--permission-prompt-tool=stdio"]
        const run = place.start(args, { open: true, env: { IS_SANDBOX: "1" } })
        const result = { content: [{ type: "text", text: "asked" }] }
        const { asked } = serve(run, (message) =>
          message.method === "tools/call" ? { jsonrpc: "2.0", id: message.id, result } : handshake(message),
        )
        await call(run, "initialize", { sdkMcpServers: ["mine"] })
        await turn(run, "Ask freely", 0)
        const questions = () => asked.filter(({ request }) => request.subtype === "can_use_tool")
        expect(questions()).toHaveLength(0)
        const mode = "set_mcp_permission_mode_override"
        expect((await call(run, mode, { serverName: "mine", mode: "default" })).response).toEqual({})
        expect((await call(run, mode, { serverName: "other", mode: "auto" })).response.warning).toContain(
          "other",
        )
        expect(await call(run, mode, { serverName: "mine", mode: "plan" })).toMatchObject({
          subtype: "error",
        })
        run.send(userMessage("Ask first"))
        const question = await run.message(({ request }) => request?.subtype === "can_use_tool")
        expect(question.request).toMatchObject({ tool_name: "mcp__mine__ask", mcp_server: { name: "mine" } })
        // A host that joins again reads what is still open.
        const again = await call(run, "initialize", { sdkMcpServers: ["mine"] })
        expect(again.pending_permission_requests).toEqual([question])
        run.send(reply(question, { behavior: "deny", message: "no" }))
        await run.message(({ result_index: at }) => at === 1)
        await call(run, mode, { serverName: "mine", mode: null })
        await turn(run, "Ask freely again", 2)
        expect(questions()).toHaveLength(1)
        await finish(run)
      },
    ))
})

describe.skipIf(!built)("an interrupt", () => {
  const inBackground = {
    description: "Long",
    prompt: "Inner",
    subagent_type: "general-purpose",
    run_in_background: true,
  }
  const script = ({ body }: { readonly body: Message }) => {
    if (said(body.messages[0]).includes("Inner")) return [text("word ".repeat(5_000)), chunks(64, 20)]
    if (body.messages.length === 1) return toolUse("Agent", inBackground)
    return [text("word ".repeat(2_000)), chunks(64, 20)]
  }
  test.concurrent.each([false, true])(
    "ends subagents in the background, unless the host can stop one (%p)",
    (stops) =>
      withPlace(script, async (place) => {
        const args = [...STREAM, "--include-partial-messages"]
        const run = place.start(args, { open: true })
        await call(run, "initialize", stops ? { perTaskStopAffordance: true } : {})
        run.send(userMessage("Delegate"))
        const { task_id } = await run.message(({ subtype }) => subtype === "task_started")
        await run.message(({ event }) => event?.delta?.type === "text_delta")
        await call(run, "interrupt")
        await run.message(({ type }) => type === "result")
        if (stops) {
          expect(await call(run, "stop_task", { task_id })).toMatchObject({ subtype: "success" })
        }
        await run.message((one) => one.subtype === "task_notification" && one.status === "stopped")
        await finish(run)
      }),
  )
})

describe.skipIf(!built)("files of the session", () => {
  test.concurrent("are shown as the Read tool would show them", () =>
    withPlace([], async (place) => {
      place.write("plain.txt", "abc")
      place.write("secret.txt", "hidden")
      writeFileSync(join(place.cwd, "bytes"), new Uint8Array([0xff, 0xfe]))
      const outside = join(place.config, "outside.txt")
      writeFileSync(outside, "elsewhere")
      const run = place.start([...STREAM, "--disallowedTools=Read(secret.txt)"], { open: true })
      const read = (path: string) => call(run, "read_file", { path })
      expect((await read("plain.txt")).response).toMatchObject({ contents: "abc", lossy: false })
      expect((await read("bytes")).response).toMatchObject({ lossy: true })
      for (const path of ["secret.txt", outside]) expect(await read(path)).toMatchObject({ subtype: "error" })
      await finish(run)
    }))
})

describe.skipIf(!built)("lines", () => {
  const huge = "x".repeat(40_000)
  const lines = async (place: Place, entrypoint: string) => {
    place.write("big.txt", Array.from({ length: 60 }, () => huge).join("\n"))
    const edit = { file_path: join(realpathSync(place.cwd), "big.txt"), content: "small" }
    mkdirSync(join(place.cwd, "sub"))
    const run = place.start([...STREAM, "--allowedTools=Write,Read"], {
      open: true,
      env: { CLAUDE_CODE_ENTRYPOINT: entrypoint },
    })
    await call(run, "initialize", { hooks: { PostToolUse: [{ hookCallbackIds: ["after"] }] } })
    void run
      .message(({ request }) => request?.subtype === "hook_callback")
      .then((request) => run.send(reply(request, {})))
    const { mtimeMs } = await Bun.file(edit.file_path).stat()
    await call(run, "seed_read_state", { path: edit.file_path, mtime: Math.floor(mtimeMs) })
    run.send(userMessage("Write it"))
    await run.message(({ type }) => type === "result")
    run.end()
    return (await run.done).out.split("\n").map((line) => Buffer.byteLength(line))
  }
  const script = () => {
    let first = true
    return ({ body }: { readonly body: Message }) => {
      if (!first) return text("Done")
      first = false
      expect(body.messages.length).toBeGreaterThan(0)
      return toolUse("Write", { file_path: "big.txt", content: "small" })
    }
  }

  test.concurrent("stay below 1 MiB, which is as long as the Python SDK reads", () =>
    withPlace(script(), async (place) => {
      expect(Math.max(...(await lines(place, "sdk-py")))).toBeLessThan(1024 * 1024)
    }))

  test.concurrent("come whole to the TypeScript SDK, which reads any", () =>
    withPlace(script(), async (place) => {
      expect(Math.max(...(await lines(place, "sdk-ts")))).toBeGreaterThan(2_000_000)
    }))
})
