import { describe, expect, test } from "bun:test"
import { parseArgs } from "../../src/cli/parse-args.ts"
import type { TaskInfo } from "../../src/model/tool.ts"
import { answerTurn, ask, promptAdded, turnBegin, turnEnd } from "./fake-engine.ts"
import { INFO, startRun } from "./harness.ts"

const TEXT = { outputFormat: "text" } as const

describe("text", () => {
  test("prints the final text and a newline", async () => {
    const run = startRun({ flags: TEXT, prompt: "Hi" })
    run.closeStdin()
    const { content, uuid } = await run.engine.received("prompt")
    expect(content).toBe("Hi")
    run.engine.push(...answerTurn("Hello", uuid))
    expect(await run.exit).toBe(0)
    expect(run.stdout()).toBe("Hello\n")
    expect(run.engine.closed).toBe(true)
  })

  test("what is piped in follows the prompt of the command line", async () => {
    const run = startRun({ flags: TEXT, prompt: "Explain" })
    run.raw("line 1\nline 2\n")
    run.closeStdin()
    const { content, uuid } = await run.engine.received("prompt")
    expect(content).toBe("Explain\nline 1\nline 2")
    run.engine.push(...answerTurn("ok", uuid))
    expect(await run.exit).toBe(0)
  })

  test("without any prompt there is one line on stderr and exit 1", async () => {
    const run = startRun({ flags: TEXT })
    run.closeStdin()
    expect(await run.exit).toBe(1)
    expect(run.stderr()).toStartWith("No prompt: ")
    expect(run.stdout()).toBe("")
    expect(run.engine.commands).toEqual([])
  })

  test("no prompt is needed to take up what was put off", async () => {
    const run = startRun({ flags: TEXT, begin: { type: "continue" } })
    run.closeStdin()
    run.engine.push(turnBegin(), turnEnd({ result: "resumed" }))
    expect(await run.exit).toBe(0)
    expect(run.stdout()).toBe("resumed\n")
    expect(run.engine.commands).toEqual([{ type: "continue" }])
  })

  test("more than 10 MB on stdin are refused", async () => {
    const run = startRun({ flags: TEXT, prompt: "Hi" })
    for (let i = 0; i < 11; i++) run.raw("x".repeat(1024 * 1024))
    run.closeStdin()
    expect(await run.exit).toBe(1)
    expect(run.stderr()).toContain("10 MB")
  })

  test("stdin that cannot be read is a warning beside a prompt", async () => {
    const stdin = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject<IteratorResult<Uint8Array>>(new Error("EIO")),
      }),
    }
    const run = startRun({ flags: TEXT, prompt: "Hi", stdin })
    const { uuid } = await run.engine.received("prompt")
    run.engine.push(...answerTurn("ok", uuid))
    expect(await run.exit).toBe(0)
    expect(run.stderr()).toContain("Stdin cannot be read (EIO)")
  })

  test("a failed turn prints why and exits 1", async () => {
    const run = startRun({ flags: TEXT, prompt: "Hi" })
    run.closeStdin()
    const failure = {
      category: "authentication_failed",
      status: 401,
      message: "bad key",
      requestId: null,
    } as const
    run.engine.push(turnBegin(), turnEnd({ reason: "api_error", failure }))
    expect(await run.exit).toBe(1)
    expect(run.stdout()).toBe("API Error: 401 bad key\n")
  })

  test("a local command that never becomes a message ends the run too", async () => {
    const run = startRun({ flags: TEXT, prompt: "/cost" })
    run.closeStdin()
    await run.engine.received("prompt")
    run.engine.push(turnBegin(), turnEnd({ result: "$0.25" }))
    expect(await run.exit).toBe(0)
    expect(run.stdout()).toBe("$0.25\n")
  })

  test.each([
    [true, "red [title gone]\n"],
    [false, "\x1b[31mred\x1b[0m [\x1b]0;evil\x07title gone]\n"],
  ])("control sequences reach a pipe but never a terminal (terminal: %p)", async (isTTY, expected) => {
    let out = ""
    const stdout = {
      isTTY,
      write(text: string, done: () => void) {
        out += text
        done()
        return true
      },
      on: () => undefined,
    }
    const run = startRun({ flags: TEXT, prompt: "Hi", stdout })
    run.closeStdin()
    const { uuid } = await run.engine.received("prompt")
    run.engine.push(...answerTurn("\x1b[31mred\x1b[0m [\x1b]0;evil\x07title gone]", uuid))
    await run.exit
    expect(out).toBe(expected)
  })

  test("a turn that broke without an end is a failure, not a hang", async () => {
    const run = startRun({ flags: TEXT, prompt: "Hi" })
    run.closeStdin()
    const crashed = { type: "notice", level: "error", code: "crashed", text: "internal error: boom" } as const
    run.engine.push(turnBegin(), crashed)
    expect(await run.exit).toBe(1)
    expect(run.stdout()).toBe("internal error: boom\n")
  })

  test("a session that ends by itself is a failure, not a hang", async () => {
    const run = startRun({ flags: TEXT, prompt: "Hi" })
    run.closeStdin()
    await run.engine.received("prompt")
    run.engine.die()
    expect(await run.exit).toBe(1)
    expect(run.stderr()).toBe("The session ended unexpectedly.\n")
  })
})

describe("json", () => {
  test("is one object, the result", async () => {
    const run = startRun({ flags: { outputFormat: "json" }, prompt: "Hi" })
    run.closeStdin()
    const { uuid } = await run.engine.received("prompt")
    run.engine.push(...answerTurn("Hello", uuid))
    expect(await run.exit).toBe(0)
    expect(JSON.parse(run.stdout())).toMatchObject({ type: "result", subtype: "success", result: "Hello" })
  })

  test("with --verbose is an array of all messages", async () => {
    const run = startRun({ flags: { outputFormat: "json", verbose: true }, prompt: "Hi" })
    run.closeStdin()
    const { uuid } = await run.engine.received("prompt")
    run.engine.push(...answerTurn("Hello", uuid))
    await run.exit
    const all: readonly { readonly type: string }[] = JSON.parse(run.stdout())
    expect(all.map(({ type }) => type)).toEqual(["system", "assistant", "result"])
  })
})

describe("signals", () => {
  test("SIGINT interrupts, the result is written, exit 0", async () => {
    const run = startRun({ flags: { outputFormat: "json" }, prompt: "Hi" })
    run.closeStdin()
    const { uuid = "" } = await run.engine.received("prompt")
    run.engine.push(turnBegin(), promptAdded(uuid))
    run.signals.emit("SIGINT")
    expect(await run.engine.received("interrupt")).toEqual({ type: "interrupt", dropQueue: true })
    run.engine.push(turnEnd({ reason: "interrupted", during: "reply" }))
    expect(await run.exit).toBe(0)
    expect(JSON.parse(run.stdout())).toMatchObject({
      subtype: "error_during_execution",
      is_error: true,
      terminal_reason: "aborted_streaming",
    })
  })

  test("in text mode SIGINT prints Execution error", async () => {
    const run = startRun({ flags: TEXT, prompt: "Hi" })
    run.closeStdin()
    await run.engine.received("prompt")
    run.signals.emit("SIGINT")
    run.engine.push(turnBegin(), turnEnd({ reason: "interrupted" }))
    expect(await run.exit).toBe(0)
    expect(run.stdout()).toBe("Execution error\n")
  })

  test("a second SIGINT does not wait", async () => {
    const run = startRun({ flags: TEXT, prompt: "Hi" })
    run.closeStdin()
    await run.engine.received("prompt")
    run.signals.emit("SIGINT")
    run.signals.emit("SIGINT")
    expect(await run.exit).toBe(130)
  })

  test("SIGTERM exits 143 without a result and closes the engine", async () => {
    const run = startRun({ flags: { outputFormat: "json" }, prompt: "Hi" })
    run.closeStdin()
    const { uuid = "" } = await run.engine.received("prompt")
    run.engine.push(turnBegin(), promptAdded(uuid))
    run.signals.emit("SIGTERM")
    expect(await run.exit).toBe(143)
    expect(run.stdout()).toBe("")
    expect(run.engine.closed).toBe(true)
    expect(run.signals.eventNames()).toEqual([])
  })
})

describe("permission questions without a host", () => {
  test("an unknown prompt tool ends the run when it is first needed", async () => {
    const run = startRun({ flags: { permissionPromptTool: "mcp__a__b" }, prompt: "Hi" })
    run.closeStdin()
    await run.engine.received("prompt")
    run.engine.push(turnBegin(), ask())
    expect(await run.exit).toBe(1)
    expect(run.stderr()).toContain("MCP tool mcp__a__b (passed via --permission-prompt-tool) not found")
    expect(run.stdout()).toBe("")
  })

  test("a prompt tool answers", async () => {
    const asked: unknown[] = []
    const run = startRun({
      flags: { permissionPromptTool: "mcp__a__b" },
      prompt: "Hi",
      promptTool: async (tool, question) => {
        asked.push(tool, question)
        return { behavior: "allow", updatedInput: { command: "rm -i x" } }
      },
    })
    run.closeStdin()
    const { uuid } = await run.engine.received("prompt")
    run.engine.push(turnBegin(), ask())
    expect((await run.engine.received("answer")).answer).toEqual({
      verdict: "allow",
      input: { command: "rm -i x" },
    })
    expect(asked).toEqual([
      "mcp__a__b",
      { tool_name: "Bash", input: { command: "rm x" }, tool_use_id: "toolu_1" },
    ])
    run.engine.push(...answerTurn("ok", uuid))
    expect(await run.exit).toBe(0)
  })
})

describe("background work", () => {
  const task: TaskInfo = {
    id: "b1",
    kind: "shell",
    description: "sleep",
    status: "running",
    outputFile: "/o",
  }

  test("a string prompt waits for it and for the turn that tells the model", async () => {
    const run = startRun({ flags: TEXT, prompt: "Hi" })
    run.closeStdin()
    const { uuid } = await run.engine.received("prompt")
    run.engine.push({ type: "task", change: "started", task, toolUseId: "t" }, ...answerTurn("first", uuid))
    run.engine.push({ type: "task", change: "ended", task: { ...task, status: "completed" }, toolUseId: "t" })
    run.engine.push(
      turnBegin(),
      { type: "prompt", uuid: "n", content: "ended", origin: "task" },
      turnEnd({ result: "second" }),
    )
    expect(await run.exit).toBe(0)
    expect(run.stdout()).toBe("second\n")
  })

  test("its notification is waited for when it ended while a turn ran", async () => {
    const run = startRun({ flags: TEXT, prompt: "Hi" })
    run.closeStdin()
    const { uuid } = await run.engine.received("prompt")
    const [begin, prompt, ...rest] = answerTurn("first", uuid)
    if (!begin || !prompt) throw new Error("the fake turn has changed")
    run.engine.push({ type: "task", change: "started", task, toolUseId: "t" }, begin, prompt)
    run.engine.push(
      { type: "task", change: "ended", task: { ...task, status: "failed" }, toolUseId: "t" },
      ...rest,
    )
    await Bun.sleep(5)
    run.engine.push(turnBegin(), { type: "prompt", uuid: "n", content: "ended", origin: "task" })
    run.engine.push(turnEnd({ result: "second" }))
    expect(await run.exit).toBe(0)
    expect(run.stdout()).toBe("second\n")
  })

  test("subagents are stopped at the ceiling", async () => {
    const run = startRun({ flags: TEXT, prompt: "Hi", env: { CLAUDE_CODE_PRINT_BG_WAIT_CEILING_MS: "1" } })
    run.closeStdin()
    const agent: TaskInfo = { ...task, kind: "agent" }
    const { uuid } = await run.engine.received("prompt")
    run.engine.push(
      { type: "task", change: "started", task: agent, toolUseId: "t" },
      ...answerTurn("first", uuid),
    )
    expect(await run.engine.received("stop-task")).toEqual({ type: "stop-task", task: "b1" })
    run.engine.push(
      { type: "task", change: "ended", task: { ...agent, status: "killed" }, toolUseId: "t" },
      ...answerTurn("end"),
    )
    expect(await run.exit).toBe(0)
  })
})

test("a reader of stdout that goes away ends the run quietly", async () => {
  const script = `
    import { runHeadless } from ${JSON.stringify(new URL("../../src/headless/run.ts", import.meta.url).href)}
    import { createFakeEngine, answerTurn } from ${JSON.stringify(new URL("./fake-engine.ts", import.meta.url).href)}
    const engine = createFakeEngine()
    engine.on((command) => {
      if (command.type !== "prompt") return
      for (let i = 0; i < 2000; i++) engine.push(...answerTurn("x".repeat(1000), command.uuid).slice(2, -1))
    })
    process.exit(await runHeadless({ engine, flags: { outputFormat: "stream-json", verbose: true }, prompt: "Hi",
      stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, info: ${JSON.stringify(INFO)} }))`
  const child = Bun.spawn(
    [
      "bash",
      "-c",
      '"$0" -e "$1" </dev/null | head -c 100 >/dev/null; echo "$PIPESTATUS"',
      process.execPath,
      script,
    ],
    {
      stdout: "pipe",
      stderr: "pipe",
      timeout: 10_000,
    },
  )
  expect(await new Response(child.stderr).text()).toBe("")
  expect(await new Response(child.stdout).text()).toBe("0\n")
})

test("a slow reader of stdout gets everything before the exit", async () => {
  const waiting: (() => void)[] = []
  let out = ""
  const stdout = {
    write(text: string, done: () => void) {
      out += text
      waiting.push(done)
      return waiting.length < 3
    },
    on: () => undefined,
  }
  const run = startRun({ flags: { outputFormat: "stream-json", verbose: true }, prompt: "Hi", stdout })
  run.closeStdin()
  const { uuid } = await run.engine.received("prompt")
  run.engine.push(...answerTurn("Hello", uuid))
  let over = false
  void run.exit.then(() => {
    over = true
  })
  while (!over) {
    waiting.shift()?.()
    await Bun.sleep(1)
  }
  expect(out.trim().split("\n")).toHaveLength(3)
  expect(JSON.parse(out.trim().split("\n").at(-1) ?? "")).toMatchObject({ type: "result" })
})

test("what the command line parses is what a run takes", async () => {
  const parsed = parseArgs(["-p", "Hi", "--output-format=json"])
  if ("error" in parsed) throw new Error(parsed.error)
  const run = startRun({ flags: parsed.flags, ...(parsed.prompt !== undefined && { prompt: parsed.prompt }) })
  run.closeStdin()
  const { content, uuid } = await run.engine.received("prompt")
  expect(content).toBe("Hi")
  run.engine.push(...answerTurn("Hello", uuid))
  expect(await run.exit).toBe(0)
  expect(JSON.parse(run.stdout())).toMatchObject({ result: "Hello" })
})
