import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { kinds, promptStream, resultOf, runSdk, type SdkSession } from "../e2e/sdk-session.ts"

let cwd = ""
let executable = ""

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "sdk-peer-"))
  executable = join(cwd, "ccts")
  const script = new URL("./scripted-ccts.ts", import.meta.url).pathname
  writeFileSync(executable, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`)
  chmodSync(executable, 0o755)
})

afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const run = (session: Pick<SdkSession, "prompt" | "options" | "onMessage">) =>
  runSdk({ executable, cwd, env: process.env, ...session })

describe.concurrent("the published TypeScript SDK", () => {
  test("gets init, the answer and the result of a string prompt", async () => {
    const { messages, error, stderr } = await run({ prompt: "hello", options: { model: "opus" } })
    expect({ error, stderr }).toEqual({ error: null, stderr: "" })
    expect(kinds(messages).filter((kind) => !kind.endsWith("session_state_changed"))).toEqual([
      "system/init",
      "assistant",
      "result/success",
    ])
    expect(resultOf(messages)).toMatchObject({ result: "hello to opus", is_error: false })
  })

  test("gets the pieces of a reply", async () => {
    const { messages } = await run({ prompt: "hello", options: { includePartialMessages: true } })
    const events = messages.flatMap((m) => (m.type === "stream_event" ? [m.event.type] : []))
    expect(events).toContain("content_block_delta")
    expect(events.at(-1)).toBe("message_stop")
  })

  test.each([
    [
      "allows with another input",
      { behavior: "allow", updatedInput: { command: "ls" } },
      'allowed {"command":"ls"}',
    ],
    ["denies with a reason", { behavior: "deny", message: "not now" }, "denied: not now"],
  ] as const)("canUseTool %s", async (_, answer, result) => {
    const { prompt, close } = promptStream("ask")
    const asked: unknown[] = []
    const { messages, error } = await run({
      prompt,
      options: {
        canUseTool: async (tool, input, { suggestions }) => {
          asked.push(tool, input, suggestions?.length)
          return answer
        },
      },
      onMessage: (message) => {
        if (message.type === "result") close()
      },
    })
    expect(error).toBeNull()
    expect(asked).toEqual(["Bash", { command: "rm x" }, 1])
    expect(resultOf(messages)).toMatchObject({ result })
  })

  test("without canUseTool a question is denied and reported", async () => {
    const { messages } = await run({ prompt: "ask" })
    expect(kinds(messages)).toContain("system/permission_denied")
    expect(resultOf(messages).result).toStartWith("denied: Bash requires approval")
  })

  test("hook callbacks travel both ways", async () => {
    const seen: unknown[] = []
    const { messages, error } = await run({
      prompt: "hook",
      options: {
        hooks: {
          UserPromptSubmit: [
            {
              hooks: [
                async (input) => {
                  seen.push(input.hook_event_name)
                  return { systemMessage: "noted" }
                },
              ],
            },
          ],
        },
      },
    })
    expect(error).toBeNull()
    expect(seen).toEqual(["UserPromptSubmit"])
    expect(resultOf(messages)).toMatchObject({ result: 'hook said {"systemMessage":"noted"}' })
  })

  test("interrupt ends the turn, the session goes on and ends cleanly", async () => {
    const { prompt, close } = promptStream("wait")
    let receipt: unknown
    const { messages, error } = await run({
      prompt,
      onMessage: async (message, query) => {
        if (message.type === "system" && message.subtype === "init") receipt = await query.interrupt()
        if (message.type === "result") close()
      },
    })
    expect(error).toBeNull()
    expect(receipt).toEqual({ still_queued: [] })
    expect(resultOf(messages)).toMatchObject({
      subtype: "error_during_execution",
      terminal_reason: "aborted_streaming",
    })
  })

  test("asks about the session while it runs", async () => {
    const { prompt, close } = promptStream("hello")
    const answers: unknown[] = []
    const { messages, error } = await run({
      prompt,
      onMessage: async (message, query) => {
        if (message.type !== "result") return
        answers.push((await query.supportedCommands()).map(({ name }) => name))
        answers.push(await query.mcpServerStatus())
        answers.push((await query.getContextUsage()).totalTokens)
        await query.setModel("opus")
        await query.setPermissionMode("plan")
        close()
      },
    })
    expect(error).toBeNull()
    expect(answers).toEqual([["compact"], [], 1_000])
    expect(
      messages.some((m) => m.type === "system" && m.subtype === "status" && m.permissionMode === "plan"),
    ).toBe(true)
  })

  test("a failed run is thrown with its reason", async () => {
    const { messages, error } = await run({ prompt: "fail" })
    expect(resultOf(messages)).toMatchObject({ subtype: "error_max_turns", is_error: true })
    expect(error?.message).toContain("Reached the limit of 1 turns.")
  })

  test("all its options are understood", async () => {
    const { messages, error } = await run({
      prompt: "hello",
      options: {
        model: "sonnet",
        fallbackModel: "haiku",
        effort: "high",
        thinking: { type: "disabled" },
        maxTurns: 3,
        maxBudgetUsd: 1.5,
        betas: ["context-1m-2025-08-07"],
        permissionMode: "bypassPermissions",
        allowDangerouslySkipPermissions: true,
        allowedTools: ["Bash(git log *)", "Read"],
        disallowedTools: ["Edit"],
        tools: [],
        settingSources: [],
        settings: "{}",
        sandbox: { enabled: false },
        mcpServers: { a: { command: "true" } },
        strictMcpConfig: true,
        additionalDirectories: ["/tmp", cwd],
        includeHookEvents: true,
        persistSession: false,
        systemPrompt: { type: "preset", preset: "claude_code", append: "more" },
        agents: { r: { description: "d", prompt: "p" } },
        outputFormat: { type: "json_schema", schema: { type: "object" } },
        extraArgs: { name: "a session", verbose: null },
      },
    })
    expect(error).toBeNull()
    expect(resultOf(messages)).toMatchObject({ result: "hello to sonnet" })
  })

  test("a flag we do not know is one line on stderr and a thrown exit code", async () => {
    const { error, stderr } = await run({ prompt: "hello", options: { extraArgs: { frobnicate: null } } })
    expect(error?.message).toContain("exited with code 1")
    expect(stderr).toBe("Unknown flag --frobnicate. See ccts --help.\n")
  })
})
