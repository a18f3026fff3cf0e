/** Every text the model is answered by Bash, Monitor and TaskStop, to the letter, and each of their limits (spec/tools.md). */
import { afterAll, describe, expect, test } from "bun:test"
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import type { Call } from "../../src/model/permission.ts"
import type { ToolContext } from "../../src/model/tool.ts"
import { decide } from "../../src/permissions/decide.ts"
import { bash } from "../../src/tools/bash.ts"
import { lineEvents } from "../../src/tools/monitor/line-events.ts"
import { listenToSocket } from "../../src/tools/monitor/socket.ts"
import { monitor } from "../../src/tools/monitor.ts"
import { commandFacts, leadingSleep, meaningOfOne } from "../../src/tools/shell/facts.ts"
import { OUTPUT_CAP, SPOOL_CAP, Spool } from "../../src/tools/shell/spool.ts"
import { taskStop } from "../../src/tools/task-stop.ts"
import { judgePublicHost } from "../../src/tools/web/address.ts"
import { policy } from "../permissions/helpers.ts"
import { answered, call, invalid, put, removeSessions, type Session, session, wrapped } from "./context.ts"

afterAll(removeSessions)

const BLOCKED = (seconds: number) =>
  wrapped(
    `Blocked: standalone sleep ${seconds}. To wait for a condition, use Monitor with a command that ends when it holds; to wait for a background task, do nothing: you are told when it ends.`,
  )
const NO_TERMINAL =
  "The command wants a terminal, and Bash has none. Use its options for running without questions; where only the person can answer, ask them to run it themselves: typed with a leading ! at the prompt it gets a terminal."
const full = (ctx: Session) => ({
  ...ctx,
  tasks: {
    ...ctx.tasks,
    add: () => {
      throw new Error("50 background tasks are running already; stop one with TaskStop first")
    },
  },
})

describe("Bash answers", () => {
  test.concurrent.each<[object, string]>([
    [{}, invalid("Bash", "The required parameter `command` is missing")],
    [
      { command: "ls", timeout: "5" },
      invalid("Bash", "The parameter `timeout` type is expected as `number` but provided as `string`"),
    ],
    [{ command: "ls", cwd: "/" }, invalid("Bash", "An unexpected parameter `cwd` was provided")],
    [{ command: "" }, wrapped("The command is empty.")],
    [{ command: " \n\t" }, wrapped("The command is empty.")],
    [{ command: "a\0b" }, wrapped("The command contains a NUL character.")],
    [{ command: "sleep 25" }, BLOCKED(25)],
    [{ command: " sleep 30 && echo x" }, BLOCKED(30)],
    [{ command: "sleep 1m; ls" }, BLOCKED(60)],
    [{ command: "sleep 0.01h\nls" }, BLOCKED(36)],
    [
      { command: `# ${"x".repeat(120 * 1024)}` },
      "ERROR The command is longer than 122880 bytes. Put it into a script file and run that.",
    ],
    [{ command: "true" }, "OK (Bash completed with no output)"],
    [{ command: "echo out; echo err >&2" }, "OK out\nerr"],
    [{ command: "printf '\\n\\n  kept\\n\\n'" }, "OK   kept"],
    [{ command: "echo a; exit 7" }, "ERROR Exit code 7\na"],
    [{ command: "kill -KILL $$" }, "ERROR Exit code 137"],
    [{ command: "echo a | grep b" }, "OK No matches found"],
    [{ command: "test 1 = 2" }, "OK Condition is false"],
    [{ command: "[ 1 = 2 ]" }, "OK Condition is false"],
    [{ command: "diff -q /dev/null /etc/passwd >/dev/null" }, "OK Files differ"],
    [{ command: "find /nowhere 2>/dev/null" }, "OK Some directories were inaccessible"],
    [{ command: "grep x /nowhere 2>/dev/null" }, "ERROR Exit code 2"],
    [
      { command: "no_such_program" },
      "ERROR Exit code 127\n/bin/bash: line 1: no_such_program: command not found",
    ],
    // What cannot be parsed is complained about by the shell alone, without lines of ours.
    [
      { command: "echo 'open" },
      "ERROR Exit code 2\n/bin/bash: eval: line 1: unexpected EOF while looking for matching `''",
    ],
    [{ command: "cd /" }, "OK Shell cwd was reset to $CWD"],
    [{ command: "cd / && pwd" }, "OK /\nShell cwd was reset to $CWD"],
    [{ command: 'read -r x; echo "got:$x"' }, "OK got:"],
    [{ command: "echo 'not a tty' >&2; exit 1" }, `ERROR Exit code 1\nnot a tty\n${NO_TERMINAL}`],
    [{ command: "printf 'a\\xffb\\0c'" }, "OK a\uFFFDbc"],
    // A timeout that is none is as if it were left out.
    [{ command: "echo hi", timeout: -1 }, "OK hi"],
    [{ command: "echo hi", timeout: 0 }, "OK hi"],
    [{ command: "echo hi", timeout: 1e308 }, "OK hi"],
    [{ command: ": git; sleep 5", timeout: 100 }, "ERROR Exit code 143\nCommand timed out after 0.1s"],
    [{ command: "sleep 20", timeout: 1_000 }, "ERROR Exit code 143\nCommand timed out after 1s"],
  ])("%j", async (input, said) => {
    expect(await answered(bash, input, session())).toBe(said)
  })
  test.concurrent("a folder that is gone", async () => {
    const ctx = session()
    ctx.cwd = join(ctx.cwd, "gone")
    expect(await answered(bash, { command: "pwd" }, ctx)).toBe(
      "ERROR The working directory $CWD/gone no longer exists. Shell cwd was reset to $CWD; run the command again.",
    )
  })
  test.concurrent("a shell that cannot be started", async () => {
    const ctx = session({
      spawn: { wrap: async (request) => ({ ...request, argv: ["/nowhere/sandbox", "x"] }) },
    })
    expect(await answered(bash, { command: "ls" }, ctx)).toStartWith("ERROR The shell could not be started: ")
  })
  test.concurrent("a missing gh", async () => {
    const ctx = session()
    mkdirSync(join(ctx.cwd, "bin"))
    const env = { ...ctx.env, PATH: join(ctx.cwd, "bin") }
    expect(await answered(bash, { command: "gh pr list" }, { ...ctx, env })).toBe(
      "ERROR Exit code 127\n/bin/bash: line 1: gh: command not found\nThe GitHub CLI (gh) is not installed here. Say so to the person, who can install it from https://cli.github.com; until then use plain git, and do not look for tokens or call the API by other means.",
    )
  })
  test.concurrent("a program that a terminal was refused for", async () => {
    const run: NonNullable<ToolContext["terminal"]>["run"] = async () => ({ kind: "refused" })
    expect(await answered(bash, { command: "vim x" }, session({ terminal: { run } }))).toBe(
      wrapped(
        "This command needs a terminal, and the person did not open one for it. Nothing was run. Do without it, or ask how to go on.",
      ),
    )
  })
  test.concurrent.each([
    [
      0,
      "OK (interactive session on the person's terminal; what was shown and typed there is not recorded)\nIt ended with exit code 0.",
    ],
    [
      3,
      "ERROR Exit code 3\n(interactive session on the person's terminal; what was shown and typed there is not recorded)",
    ],
  ])("a program on the person's terminal that ends with %d", async (code, said) => {
    const ctx = session({ terminal: { run: async () => ({ kind: "ended", code }) } })
    expect(await answered(bash, { command: "vim x" }, ctx)).toBe(said)
  })
  test.concurrent("an interrupt, with what there was", async () => {
    const stop = new AbortController()
    const ctx = session({ signal: stop.signal })
    const run = bash.run({ command: "echo before; sleep 20" }, ctx)
    await run.next()
    const next = run.next()
    stop.abort()
    expect((await next).value).toMatchObject({
      content: "before\n<error>Command was aborted before completion</error>",
      isError: true,
    })
  })
})

describe("Bash in the background answers", () => {
  const started = (id: string) =>
    `OK Command running in background with ID: ${id}. Output is being written to: $CWD/.tasks/${id}.output. You will be told when it ends; read that file to see what it printed so far.`
  test.concurrent("where its output goes, and at its end what became of it", async () => {
    const ctx = session()
    const ends = [
      ["true", "completed", 'Background command "true" completed (exit code 0)'],
      ["exit 4", "failed", 'Background command "exit 4" failed with exit code 4'],
    ] as const
    for (const [at, [command, status, summary]] of ends.entries()) {
      const id = `s${at + 1}`
      expect(await answered(bash, { command, run_in_background: true }, ctx)).toBe(started(id))
      expect(await ctx.ends.get(id)).toMatchObject({ status, summary })
    }
  })
  test.concurrent("a leading sleep is no reason to refuse it there", async () => {
    const ctx = session()
    expect(await answered(bash, { command: "sleep 60", run_in_background: true }, ctx)).toBe(started("s1"))
    expect(ctx.tasks.stop("s1")).toBe(true)
    expect(await ctx.ends.get("s1")).toMatchObject({
      status: "killed",
      summary: 'Background command "sleep 60" was stopped',
    })
  })
  test.concurrent("its life is the timeout, and a nonsense timeout is none", async () => {
    const ctx = session()
    await answered(bash, { command: "sleep 60", run_in_background: true, timeout: 200 }, ctx)
    await answered(bash, { command: "sleep 0.5; echo whole", run_in_background: true, timeout: -5 }, ctx)
    expect(await ctx.ends.get("s1")).toMatchObject({ status: "killed" })
    expect(readFileSync(ctx.tasks.outputFile("s1"), "utf8")).toContain("[ended: it ran longer than 0.2s]")
    expect(await ctx.ends.get("s2")).toMatchObject({ status: "completed" })
  })
  test.concurrent("a full list of tasks", async () => {
    const ctx = full(session())
    expect(await answered(bash, { command: "ls", run_in_background: true }, ctx)).toBe(
      "ERROR 50 background tasks are running already; stop one with TaskStop first",
    )
    // There is no room to move it: then it is ended.
    expect(await answered(bash, { command: "echo a; while :; do :; done", timeout: 200 }, ctx)).toBe(
      "ERROR Exit code 143\nCommand timed out after 0.2s\na",
    )
  })
  test.concurrent("a command that took too long, and one the person moved", async () => {
    const ctx = session()
    expect(await answered(bash, { command: "tail -f /dev/null", timeout: 200 }, ctx)).toBe(
      "OK Command did not complete within its 0.2s timeout and was moved to the background with ID: s1. Output is being written to: $CWD/.tasks/s1.output. You will be told when it ends.",
    )
    const detach = new AbortController()
    setTimeout(() => detach.abort(), 100)
    expect(await answered(bash, { command: "tail -f /dev/null" }, { ...ctx, detach: detach.signal })).toBe(
      "OK The user moved this command to the background with ID: s2. Output is being written to: $CWD/.tasks/s2.output. You will be told when it ends.",
    )
    ctx.tasks.stop("s1")
    ctx.tasks.stop("s2")
    await Promise.all(ctx.ends.values())
  })
  test.concurrent("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS keeps everything in front", async () => {
    const ctx = session()
    const env = { ...ctx.env, CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1" }
    expect(await answered(bash, { command: "echo here", run_in_background: true }, { ...ctx, env })).toBe(
      "OK here",
    )
    expect(await answered(bash, { command: "tail -f /dev/null", timeout: 100 }, { ...ctx, env })).toBe(
      "ERROR Exit code 143\nCommand timed out after 0.1s",
    )
  })
})

describe("Bash's limits", () => {
  const limits = (input: object, env: Readonly<Record<string, string>> = {}) => {
    const ctx = session()
    return answered(bash, input, { ...ctx, env: { ...ctx.env, ...env } })
  }
  test.concurrent("time: BASH_DEFAULT_TIMEOUT_MS, capped by BASH_MAX_TIMEOUT_MS", async () => {
    const short = { BASH_DEFAULT_TIMEOUT_MS: "100", BASH_MAX_TIMEOUT_MS: "300" }
    expect(await limits({ command: "sleep 9" }, short)).toEndWith("timed out after 0.1s")
    expect(await limits({ command: "sleep 9", timeout: 60_000 }, short)).toEndWith("timed out after 0.3s")
  })
  test.concurrent("30000 characters inline, or what BASH_MAX_OUTPUT_LENGTH says up to 150000", async () => {
    const print = (count: number) => ({ command: `head -c ${count} /dev/zero | tr '\\0' x` })
    expect(await limits(print(30_000))).toBe(`OK ${"x".repeat(30_000)}`)
    expect(await limits(print(30_001))).toStartWith(
      "OK <persisted-output>\nOutput too large (29.3KB). Full output saved to: $CWD/.spill/toolu_",
    )
    expect(await limits(print(101), { BASH_MAX_OUTPUT_LENGTH: "100" })).toStartWith("OK <persisted-output>")
    expect(await limits(print(150_000), { BASH_MAX_OUTPUT_LENGTH: "900000" })).toBe(
      `OK ${"x".repeat(150_000)}`,
    )
    expect(await limits(print(150_001), { BASH_MAX_OUTPUT_LENGTH: "900000" })).toStartWith(
      "OK <persisted-output>",
    )
  })
  test.concurrent("a preview of 2 KB, and 10000 characters of a failure", async () => {
    const preview = await limits({ command: "seq 1 20000" })
    expect(preview).toContain("\n\nPreview (first 2KB):\n1\n2\n")
    expect(preview.length).toBeLessThan(2_300)
    const failure = await limits({ command: "head -c 20000 /dev/zero | tr '\\0' x; false" })
    expect(failure).toStartWith(
      `ERROR Exit code 1\n${"x".repeat(5_000)}\n\n... [10000 characters truncated] ...\n\n`,
    )
    expect(failure).toMatch(/x{5000}\nFull output saved to: \$CWD\/\.spill\/toolu_\w+\.txt$/)
  })
  test("64 MB on the disk, and 5 GB in all", () => {
    const ctx = session()
    const path = join(ctx.cwd, "out")
    const spool = new Spool(path, 1_000_000)
    for (let i = 0; i < 40; i += 1) spool.write("stdout", new Uint8Array(100_000).fill(120))
    spool.close()
    expect(statSync(path).size).toBe(1_000_000 + "\n[output past 1000000 bytes was not kept]\n".length)
    expect(spool.complete).toBe(false)
    const { head, cut, tail } = spool.text("stdout")
    expect(head.length + cut + tail.length).toBe(4_000_000)
    expect([SPOOL_CAP, OUTPUT_CAP]).toEqual([64 * 1024 * 1024, 5 * 1024 ** 3])
  })
  test("a disk that is full ends nothing", async () => {
    const spool = new Spool("/dev/full/x")
    spool.write("stdout", new Uint8Array(300_000).fill(120))
    expect(spool.opened).toBe(false)
    expect(spool.text("stdout").head).toStartWith("xxx")
    spool.close()
  })
})

describe("what a command is, for its result", () => {
  test.each([
    ["sleep 30", 30],
    ["sleep 2m && x", 120],
    ["sleep 1d", 86_400],
    ["sleep 30 | cat", 0],
    ["echo; sleep 30", 0],
    ["sleepy 30", 0],
  ])("%s sleeps first for %d s", (command, seconds) => {
    expect(leadingSleep(command)).toBe(seconds)
  })
  test.each([
    [["rg", "x"], "No matches found"],
    [["/usr/bin/fgrep", "x"], "No matches found"],
    [["git", "diff", "--exit-code"], "Files differ"],
    [["git", "--no-pager", "grep", "x"], "No matches found"],
    [["git", "status"], undefined],
    [["make"], undefined],
  ])("%j with exit code 1", (words, meaning) => {
    expect(meaningOfOne(words)).toBe(meaning)
  })
  test.each([
    ["cat a.txt", "a.txt"],
    ["head -n 5 a.txt", "a.txt"],
    ["tail -c 20 a.txt", "a.txt"],
    ["nl a.txt", "a.txt"],
    ["sed -n '1,5p' a.txt", "a.txt"],
    ["grep x a.txt", "a.txt"],
    ["cat a.txt b.txt", undefined],
    ["cat a.txt | head", undefined],
    ["cat a.txt > b", undefined],
    ["sed -i s/a/b/ a.txt", undefined],
    ["cat", undefined],
  ])("%s counts as a reading of %p", async (command, file) => {
    expect((await commandFacts(command)).shows).toBe(file as string)
  })
})

describe("TaskStop answers", () => {
  test.each<[object, string]>([
    [{}, wrapped("Missing required parameter: task_id")],
    [{ task_id: "" }, wrapped("No task found with ID: ")],
    [{ task_id: "x" }, wrapped("No task found with ID: x")],
    [{ shell_id: "__proto__" }, wrapped("No task found with ID: __proto__")],
    [
      { task_id: 4 },
      invalid("TaskStop", "The parameter `task_id` type is expected as `string` but provided as `number`"),
    ],
  ])("%j", async (input, said) => {
    expect(await answered(taskStop, input, session())).toBe(said)
  })
  test("one that runs, by either name, and one that has ended", async () => {
    const ctx = session()
    await call(bash, { command: "sleep 60", run_in_background: true }, ctx)
    expect(await answered(taskStop, { shell_id: "s1" }, ctx)).toBe(
      'OK {"message":"Successfully stopped task: s1 (sleep 60)","task_id":"s1","task_type":"local_bash","command":"sleep 60"}',
    )
    await ctx.ends.get("s1")
    expect(await answered(taskStop, { task_id: "s1" }, ctx)).toBe(
      "ERROR Task s1 is not running (status: killed)",
    )
  })
})

describe("Monitor answers", () => {
  test.each<[object, string]>([
    [{}, invalid("Monitor", "The required parameter `description` is missing")],
    [{ description: "d" }, wrapped("Monitor needs a command.")],
    [{ description: "d", command: " " }, wrapped("Monitor needs a command.")],
    [{ description: "d", command: "a\0b" }, wrapped("The command contains a NUL character.")],
    [
      { description: "d", command: "x", ws: { url: "wss://x.y" } },
      wrapped("Give either command or ws, not both."),
    ],
    [
      { description: "d", ws: { url: "https://x.y" } },
      wrapped('"https://x.y" is no WebSocket address. Give one that begins with ws:// or wss://.'),
    ],
    [
      { description: "d", ws: { url: "" } },
      wrapped('"" is no WebSocket address. Give one that begins with ws:// or wss://.'),
    ],
    [
      { description: "d", ws: { url: "wss://u:p@x.y" } },
      wrapped("Addresses with a user name or password are not opened."),
    ],
    [{ description: "d", ws: {} }, invalid("Monitor", "The required parameter `ws.url` is missing")],
    [
      { description: "d", ws: { url: "ws://127.0.0.1:1/x" } },
      "ERROR ws://127.0.0.1:1/x was not opened: 127.0.0.1 is a private address.",
    ],
    [
      { description: "d", ws: { url: "ws://localhost:1" } },
      "ERROR ws://localhost:1 was not opened: 127.0.0.1 is a private address.",
    ],
    [
      { description: "d", ws: { url: "ws://[fd00::1]/" } },
      "ERROR ws://[fd00::1]/ was not opened: fd00::1 is a private address.",
    ],
    [
      { description: "d", ws: { url: "ws://169.254.169.254" } },
      "ERROR ws://169.254.169.254 was not opened: 169.254.169.254 is a link-local address.",
    ],
    [
      { description: "d", ws: { url: "wss://nowhere.invalid" } },
      "ERROR wss://nowhere.invalid was not opened: the host nowhere.invalid could not be found.",
    ],
  ])("%j", async (input, said) => {
    expect(await answered(monitor, input, session())).toBe(said)
  })
  test("what it started, and at its end what became of it", async () => {
    const ctx = session()
    const begun = (id: string) =>
      `OK Monitor started with ID: ${id}. You will be told what it prints; everything is kept in $CWD/.tasks/${id}.output. Go on with other work or end your turn.`
    expect(await answered(monitor, { description: "d", command: "echo x" }, ctx)).toBe(begun("m1"))
    await answered(monitor, { description: "d", command: "exit 3" }, ctx)
    await answered(monitor, { description: "d", command: "sleep 60", timeout_ms: 50 }, ctx)
    await answered(monitor, { description: "d", command: "sleep 60" }, ctx)
    ctx.tasks.stop("m4")
    expect(await Promise.all(ctx.ends.values())).toMatchObject([
      { status: "completed", summary: 'Monitor "d" ended with exit code 0', exitCode: 0 },
      { status: "failed", summary: 'Monitor "d" ended with exit code 3', exitCode: 3 },
      { status: "killed", summary: 'Monitor "d" was ended after 50 ms' },
      { status: "killed", summary: 'Monitor "d" was stopped' },
    ])
    expect(await answered(monitor, { description: "d", command: "x" }, full(session()))).toBe(
      "ERROR 50 background tasks are running already; stop one with TaskStop first",
    )
  })
  test("its time is 300 s unless it is said, and 1800 s at most", async () => {
    const ctx = session()
    for (const more of [{}, { timeout_ms: 1e300 }, { timeout_ms: -3 }])
      await answered(monitor, { description: "d", command: "true", ...more }, ctx)
    const output = await call(monitor, { description: "d", command: "true", timeout_ms: 1e300 }, ctx)
    expect(output.data).toMatchObject({ timeoutMs: 1_800_000 })
    await Promise.all(ctx.ends.values())
  })
  test("a flood of lines costs 20 of them and a count; long lines are cut", async () => {
    const told: string[] = []
    const events = lineEvents((text) => void told.push(text))
    events.add(Buffer.from(`${"x".repeat(600)}\n\n${"y\n".repeat(30)}`))
    events.add(Buffer.from("half a"))
    events.add(Buffer.from(" line"))
    events.end()
    expect(told).toEqual([`${"x".repeat(500)}\n${"y\n".repeat(19).trimEnd()}\n(12 more lines)`])
  })
})

describe("a WebSocket that is listened to", () => {
  const server = Bun.serve<{ host: string | null; protocol: string | null }>({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request, self) {
      const data = {
        host: request.headers.get("host"),
        protocol: request.headers.get("sec-websocket-protocol"),
      }
      return self.upgrade(request, { data }) ? undefined : new Response("no")
    },
    websocket: {
      open(socket) {
        socket.send(`host ${socket.data.host} protocol ${socket.data.protocol}`)
        socket.send(Buffer.from("binary"))
      },
      message(socket) {
        socket.close(1000)
      },
    },
  })
  afterAll(() => server.stop(true))
  const here = async () => ({ refusal: null, addresses: ["127.0.0.1"] }) as const
  const wish = { url: `ws://news.example:${server.port}/feed`, protocols: ["lines"] }

  test("is asked at the judged address under its own name; its messages are lines, and kept", async () => {
    const ctx = session()
    const outputFile = join(ctx.cwd, "out")
    const heard = Promise.withResolvers<void>()
    let text = ""
    const onData = (bytes: Uint8Array) => {
      text += Buffer.from(bytes).toString()
      if (text.endsWith("binary\n")) heard.resolve()
    }
    const source = await listenToSocket(wish, { outputFile, onData }, ctx.signal, here)
    await heard.promise
    source.stop()
    expect(await source.ended).toEqual({ ok: true, how: "ended: closed with code 1000" })
    source.dispose()
    expect(text).toBe(`host news.example:${server.port} protocol lines\nbinary\n`)
    expect(readFileSync(outputFile, "utf8")).toBe(text)
  })
  test("that does not answer is told", async () => {
    const ctx = session()
    const request = { outputFile: join(ctx.cwd, "out"), onData() {} }
    await expect(listenToSocket({ url: "ws://news.example:1/" }, request, ctx.signal, here)).rejects.toThrow(
      /^ws:\/\/news\.example:1\/ could not be opened: /,
    )
    expect(existsSync(request.outputFile)).toBe(false)
  })
  test("never leads into the private network by its name", async () => {
    const judged = await judgePublicHost("in.example", async () => ["192.168.0.9"])
    expect(judged.refusal).toBe("in.example leads to the private address 192.168.0.9")
  })
  test("is asked about each time, whatever is allowed", () => {
    const input = { description: "d", ws: { url: "wss://news.example" } }
    const wanted: Call = { tool: "Monitor", input, access: monitor.access(input as never, session()) }
    const decision = decide(wanted, policy({ allow: ["Monitor", "WebFetch(domain:news.example)"] }))
    expect(decision).toMatchObject({ verdict: "ask", offers: [] })
    expect(monitor.title(input as never, session())).toBe("wss://news.example (d)")
  })
})

test("a script that is not executable is the shell's to complain about", async () => {
  const ctx = session()
  await put(ctx, { "run.sh": "#!/bin/sh\n" })
  chmodSync(join(ctx.cwd, "run.sh"), 0o644)
  expect(await answered(bash, { command: "./run.sh" }, ctx)).toBe(
    "ERROR Exit code 126\n/bin/bash: line 1: ./run.sh: Permission denied",
  )
})
