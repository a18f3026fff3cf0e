import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { chunks, silence, text, toolUse } from "../fake-api/fake-api.ts"
import { built, controlRequest, executable, STREAM, userMessage, withPlace } from "./place.ts"

/** The machine may be busy with other things. */
setDefaultTimeout(30_000)

const MB = 1024 * 1024
const lines = (out: string) =>
  out
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))

describe.skipIf(!built)("broken input: one clear error, the right exit code, no hang", () => {
  for (const [what, input, error] of [
    ["no JSON", "{nonsense}\n", "Line 1 of stdin is not JSON"],
    ["no object", "42\n", "Line 1 of stdin is not a JSON object"],
    ["no role", '{"type":"user","message":{}}\n', 'needs message.role "user"'],
    ["wrong content", '{"type":"user","message":{"role":"user","content":7}}\n', "needs message.content"],
    ["half a line", '{"type":"user","mess', "Line 1 of stdin is not JSON"],
    ["bytes that are no text", "\u0000\u0001\n", "Line 1 of stdin is not JSON"],
  ] as const) {
    test.concurrent(what, () =>
      withPlace([], async ({ start, api }) => {
        const run = await start(STREAM, { input }).done
        expect(run.code).toBe(1)
        expect(run.err.trim().split("\n")).toHaveLength(1)
        expect(run.err).toContain(error)
        expect(lines(run.out)).toMatchObject([
          { type: "result", is_error: true, errors: [expect.any(String)] },
        ])
        expect(api.requests).toHaveLength(0)
      }),
    )
  }

  test.concurrent("unknown types of messages are ignored with a word, and work goes on", () =>
    withPlace([text("Fine")], async ({ start }) => {
      const input = ['{"type":"weather"}', '{"type":"keep_alive"}', '{"type":"control_request"}']
        .concat(JSON.stringify(userMessage("Hi")))
        .map((line) => `${line}\n`)
        .join("")
      const run = await start(STREAM, { input }).done
      expect([run.code, lines(run.out).at(-1).result]).toEqual([0, "Fine"])
      expect(run.err).toContain('"weather"')
    }))

  test.concurrent("two initializes: both are answered, the later one counts", () =>
    withPlace([text("Fine")], async ({ start, api }) => {
      const input = [
        controlRequest("initialize", { systemPrompt: ["First words"] }),
        controlRequest("initialize", { systemPrompt: ["Second words"] }),
        userMessage("Hi"),
      ]
        .map((message) => `${JSON.stringify(message)}\n`)
        .join("")
      const run = await start(STREAM, { input }).done
      const replies = lines(run.out).filter(({ type }) => type === "control_response")
      expect(replies.map(({ response }) => response.subtype)).toEqual(["success", "success"])
      expect(JSON.stringify(api.turns[0]?.body.system)).toContain("Second words")
    }))

  test.concurrent("an initialize with a wrong field is refused by name, and the session goes on without", () =>
    withPlace([text("Fine")], async ({ start }) => {
      const input = [controlRequest("initialize", { systemPrompt: 7 }), userMessage("Hi")]
        .map((message) => `${JSON.stringify(message)}\n`)
        .join("")
      const run = await start(STREAM, { input }).done
      const all = lines(run.out)
      expect(all[0].response).toMatchObject({
        subtype: "error",
        error: expect.stringContaining("systemPrompt"),
      })
      expect([run.code, all.at(-1).result]).toEqual([0, "Fine"])
    }))

  test.concurrent("a line over 50 MB is refused without keeping it", () =>
    withPlace([], async ({ start }) => {
      const run = start(STREAM, { open: true })
      const piece = "x".repeat(MB)
      const writing = (async () => {
        for (let at = 0; at < 60; at++) {
          run.process.stdin.write(piece)
          await run.process.stdin.flush()
        }
      })().catch(() => undefined)
      const ended = await run.done
      await writing
      expect(ended.code).toBe(1)
      expect(ended.err).toContain("longer than 50 MB")
    }))

  test.concurrent("piped text over 10 MB is refused before anything is sent", () =>
    withPlace([], async ({ start, api }) => {
      const run = await start(["-p", "Sum up"], { input: "word ".repeat(2.2 * MB) }).done
      expect([run.code, run.out, api.requests.length]).toEqual([1, "", 0])
      expect(run.err).toContain("larger than 10 MB")
    }))

  test.concurrent("no prompt at all", () =>
    withPlace([], async ({ start }) => {
      const run = await start(["-p"], { input: "" }).done
      expect([run.code, run.out]).toEqual([1, ""])
      expect(run.err).toStartWith("No prompt")
    }))

  test.concurrent("an unknown session, and a wrong id", () =>
    withPlace([], async ({ start }) => {
      const unknown = await start(["-p", "Hi", "--resume", crypto.randomUUID()]).done
      expect(unknown).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringContaining("No conversation found"),
      })
      const wrong = await start(["-p", "Hi", "--session-id", "seven"]).done
      expect(wrong).toMatchObject({ code: 1, out: "", err: expect.stringContaining("must be a UUID") })
    }))

  test.concurrent("a start that fails is a result too, where the host asks for it or the reason has a name", () =>
    withPlace([text("Hi")], async ({ start }) => {
      const env = { CLAUDE_CODE_STARTUP_FAILURE_RESULTS: "1" }
      const unknown = await start([...STREAM, `--resume=${crypto.randomUUID()}`], { env }).done
      expect(lines(unknown.out)).toMatchObject([
        { type: "result", subtype: "error_during_execution", is_error: true, num_turns: 0 },
      ])
      const settings = await start([...STREAM, "--settings", "{nonsense}"]).done
      expect([settings.code, lines(settings.out)[0].startup_failure_reason]).toEqual([
        1,
        "config_file_invalid",
      ])
      const first = await start(["-p", "Hi", "--output-format", "json"]).done
      const session = JSON.parse(first.out).session_id
      const fork = await start([
        "-p",
        "Hi",
        `--resume=${session}`,
        "--fork-session",
        "--resume-session-at=nowhere",
      ]).done
      expect([fork.code, fork.out]).toEqual([1, ""])
      expect(fork.err).toMatch(/^[^\n]*has no message nowhere\n$/)
    }))

  test.concurrent("a reader that goes away ends the run quietly", () =>
    withPlace([[text("word ".repeat(20_000)), chunks(4096, 1)]], async ({ cwd, env }) => {
      const flags = "-p Talk --output-format stream-json --verbose --include-partial-messages"
      const command = `{ "$0" ${flags}; echo "code $?" >&2; } | head -c 100 > /dev/null`
      const shell = Bun.spawn(["bash", "-c", command, executable], {
        cwd,
        env: { ...env },
        stdin: "ignore",
        stderr: "pipe",
        timeout: 15_000,
      })
      expect(await new Response(shell.stderr).text()).toBe("code 0\n")
    }))
})

describe.skipIf(!built)("signals", () => {
  test.concurrent("SIGINT ends the turn with a result, and the run with 0", () =>
    withPlace([[text("word ".repeat(2_000)), chunks(64, 20)]], async ({ start }) => {
      const run = start([
        "-p",
        "Talk",
        "--output-format",
        "stream-json",
        "--verbose",
        "--include-partial-messages",
      ])
      await run.message(({ type }) => type === "stream_event")
      run.process.kill("SIGINT")
      const { code, out } = await run.done
      expect(code).toBe(0)
      expect(lines(out).at(-1)).toMatchObject({
        subtype: "error_during_execution",
        is_error: true,
        terminal_reason: "aborted_streaming",
      })
    }))

  test.concurrent("SIGINT in text mode prints Execution error", () =>
    withPlace([[text("word"), silence(200)]], async ({ start, api }) => {
      const run = start(["-p", "Talk"])
      while (api.requests.length === 0) await Bun.sleep(5)
      run.process.kill("SIGINT")
      expect(await run.done).toMatchObject({ code: 0, out: "Execution error\n" })
    }))

  test.concurrent("SIGTERM leaves the turn unfinished, kills what it started, and the session can go on", () =>
    withPlace(
      [toolUse("Bash", { command: "touch began; sleep 30; touch ended" }), text("Back")],
      async ({ start, cwd, api }) => {
        const run = start([...STREAM, "--allowedTools=Bash"], { open: true })
        run.send(userMessage("Go"))
        const { session_id } = await run.message(({ type }) => type === "assistant")
        while (!existsSync(join(cwd, "began"))) await Bun.sleep(5)
        run.process.kill("SIGTERM")
        const { code, out } = await run.done
        expect([code, out.includes('"type":"result"')]).toEqual([143, false])
        const again = await start(["-p", "What happened?", "--resume", session_id]).done
        expect(again).toMatchObject({ code: 0, out: "Back\n" })
        expect(JSON.stringify(api.turns[1]?.body.messages)).toContain("tool_result")
      },
    ))

  test.concurrent("SIGTERM before anything was asked", () =>
    withPlace([], async ({ start }) => {
      const run = start(STREAM, { open: true })
      run.send(controlRequest("initialize"))
      await run.message(({ type }) => type === "control_response")
      run.process.kill("SIGTERM")
      expect((await run.done).code).toBe(143)
    }))
})
