import { describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync } from "node:fs"
import { join } from "node:path"
import { text, toolUse } from "../fake-api/fake-api.ts"
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
import { promptStream, resultOf } from "./sdk-session.ts"

const said = (value: unknown) => JSON.stringify(value)

/** Sends a request and settles with the reply, success or error. */
async function call(run: Started, subtype: string, body: Message = {}): Promise<Message> {
  const request = controlRequest(subtype, body)
  run.send(request)
  const reply = await run.message(({ response }) => response?.request_id === request.request_id)
  return reply.response
}

/** A host that said hello and had one prompt answered. */
async function host(place: Place, more: readonly string[] = [], prompt = "Hi"): Promise<Started> {
  const run = place.start([...STREAM, ...more], { open: true })
  run.send(controlRequest("initialize"), userMessage(prompt))
  await run.message(({ type }) => type === "result")
  return run
}

async function finish(run: Started): Promise<void> {
  run.end()
  expect((await run.done).code).toBe(0)
}

describe.skipIf(!built)("control requests", () => {
  test.concurrent("rename_session names it for every list; another session's name is refused", () =>
    withPlace([text("Hi")], async (place) => {
      const run = await host(place)
      expect(await call(run, "rename_session", { title: "A name" })).toMatchObject({ subtype: "success" })
      const other = await call(run, "rename_session", { title: "B", session_id: crypto.randomUUID() })
      expect(other).toMatchObject({ subtype: "error" })
      await finish(run)
      expect(place.transcript()).toContainEqual(
        expect.objectContaining({ type: "custom-title", customTitle: "A name" }),
      )
    }))

  test.concurrent("a title that comes before any prompt makes no session by itself", () =>
    withPlace([text("Hi")], async (place) => {
      const run = place.start(STREAM, { open: true })
      run.send(controlRequest("initialize", { title: "Early" }))
      await run.message(({ type }) => type === "control_response")
      expect(place.transcript()).toEqual([])
      run.send(userMessage("Hi"))
      await run.message(({ type }) => type === "result")
      await finish(run)
      expect(place.transcript()).toContainEqual(expect.objectContaining({ customTitle: "Early" }))
    }))

  test.concurrent("settings are shown, written where a host may, and laid over for the session", () =>
    withPlace([text("Hi"), toolUse("Bash", { command: "touch made" }), text("Done")], async (place) => {
      const run = await host(place, ["--permission-prompt-tool=stdio"])
      const written = await call(run, "update_settings", {
        source: "localSettings",
        settings: { outputStyle: "Explanatory" },
      })
      expect(written).toMatchObject({ subtype: "success" })
      expect(JSON.parse(place.read(".claude/settings.local.json"))).toEqual({ outputStyle: "Explanatory" })
      const refused = await call(run, "update_settings", {
        source: "localSettings",
        settings: { permissions: { allow: ["Bash"] } },
      })
      expect(refused).toMatchObject({ subtype: "error" })
      await call(run, "apply_flag_settings", {
        settings: { permissions: { allow: ["Bash(touch *)"] }, effortLevel: "low" },
      })
      const shown = await call(run, "get_settings")
      expect(shown.response.effective).toMatchObject({ effortLevel: "low" })
      const rules = await call(run, "list_permission_rules")
      expect(rules.response.state.rules).toContainEqual(
        expect.objectContaining({ behavior: "allow", rule: "Bash(touch *)", editability: "session" }),
      )
      run.send(userMessage("Make it"))
      await run.message(({ type, result }) => type === "result" && result === "Done")
      expect(existsSync(join(place.cwd, "made"))).toBe(true)
      await finish(run)
    }))

  test.concurrent("read_file shows files with a limit, and says what is missing", () =>
    withPlace([text("Hi")], async (place) => {
      place.write("a.txt", "0123456789")
      const run = await host(place)
      expect((await call(run, "read_file", { path: "a.txt" })).response).toEqual({
        contents: "0123456789",
        absPath: expect.stringMatching(/a\.txt$/),
        lossy: false,
      })
      expect(
        (await call(run, "read_file", { path: "a.txt", max_bytes: 3, encoding: "base64" })).response,
      ).toMatchObject({
        contents: Buffer.from("012").toString("base64"),
        truncated: true,
        encoding: "base64",
      })
      expect(await call(run, "read_file", { path: "none" })).toMatchObject({ subtype: "error" })
      await finish(run)
    }))

  test.concurrent("a file that the host saw read may be edited, unless it changed since", () =>
    withPlace(
      ({ body }) =>
        body.messages.length === 3 ? toolUse("Write", { file_path: "a.txt", content: "new" }) : text("Done"),
      async (place) => {
        place.write("a.txt", "old")
        const mtime = Math.floor(statSync(join(place.cwd, "a.txt")).mtimeMs)
        const run = await host(place, ["--permission-mode=acceptEdits"])
        await call(run, "seed_read_state", { path: "a.txt", mtime: mtime - 1000 })
        await call(run, "seed_read_state", { path: "a.txt", mtime })
        run.send(userMessage("Write it"))
        await run.message(({ type, num_turns }) => type === "result" && num_turns === 2)
        expect(place.read("a.txt")).toBe("new")
        await finish(run)
      },
    ))

  test.concurrent("a folder that the host adds may be worked in", () =>
    withPlace(
      [text("Hi"), toolUse("Write", { file_path: "X", content: "new" }), text("Done")],
      async (place) => {
        const folder = join(realpathSync(place.cwd), "more")
        mkdirSync(folder)
        const run = await host(place, ["--permission-mode=acceptEdits"])
        expect(await call(run, "register_repo_root", { directory: folder })).toMatchObject({
          subtype: "success",
        })
        for (const directory of ["/no/such", folder, place.config])
          expect(await call(run, "register_repo_root", { directory })).toMatchObject({ subtype: "error" })
        const rules = await call(run, "list_permission_rules")
        expect(rules.response.state.workspaceDirectories).toEqual([{ path: folder, source: "session" }])
        await finish(run)
      },
    ))

  test.concurrent("files and skills are offered as they come", () =>
    withPlace([text("Hi")], async (place) => {
      place.write("src/needle.ts", "")
      const run = await host(place)
      const files = await call(run, "file_suggestions", { query: "needl" })
      expect(files.response.suggestions).toContainEqual({ path: "src/needle.ts" })
      place.write(".claude/skills/late/SKILL.md", "---\ndescription: Came late\n---\nHi")
      const skills = await call(run, "reload_skills")
      expect(skills.response.skills).toMatchObject([{ name: "late", description: "Came late" }])
      expect((await call(run, "get_hooks_listing")).response).toMatchObject({ hooks: [] })
      await finish(run)
    }))

  test.concurrent("the output of a task can be read after it ended", () =>
    withPlace(
      [
        toolUse("Bash", { command: "printf abc; touch x", run_in_background: true }),
        text("Started"),
        text("Over"),
      ],
      async (place) => {
        const run = place.start([...STREAM, "--allowedTools=Bash"], { open: true })
        run.send(userMessage("Go"))
        const { task_id } = await run.message(({ subtype }) => subtype === "task_notification")
        expect((await call(run, "get_task_output", { task_id })).response).toMatchObject({ total_bytes: 3 })
        await finish(run)
      },
    ))

  test.concurrent("a running command goes on in the background when the host wants it", () =>
    withPlace(
      [
        toolUse("Bash", { command: "touch began; while ! test -e go; do sleep 0.02; done; echo over" }),
        text("Meanwhile"),
        text("Over"),
      ],
      async (place) => {
        const run = place.start([...STREAM, "--allowedTools=Bash"], { open: true })
        run.send(userMessage("Go"))
        await run.message(({ type }) => type === "assistant")
        expect((await call(run, "background_tasks", { tool_use_id: "toolu_none" })).response).toEqual({
          backgrounded: false,
        })
        const deadline = Date.now() + 5_000
        while (!existsSync(join(place.cwd, "began")) && Date.now() < deadline) await Bun.sleep(5)
        expect((await call(run, "background_tasks")).response).toEqual({ backgrounded: true })
        await run.message(({ result }) => result === "Meanwhile")
        place.write("go", "")
        await run.message(({ result }) => result === "Over")
        expect(said(place.api.turns[1]?.body.messages)).toContain("moved this command to the background")
        await finish(run)
      },
    ))

  test.concurrent("an unknown request is refused by name, and the session goes on", () =>
    withPlace([text("Hi"), text("Still here")], async (place) => {
      const run = await host(place)
      expect(await call(run, "make_coffee")).toMatchObject({
        subtype: "error",
        error_code: "unsupported_request",
        error: expect.stringContaining("make_coffee"),
      })
      run.send(userMessage("Well?"))
      await run.message(({ result }) => result === "Still here")
      await finish(run)
    }))

  test.concurrent("a message for later waits for its own turn, one for now ends the running one", () =>
    withPlace(
      ({ body }, index) => {
        if (index === 0) return toolUse("Bash", { command: "sleep 0.3; touch x" })
        return text(said(body.messages.at(-1)).includes("Later") ? "Late answer" : "Answer")
      },
      async (place) => {
        const run = place.start([...STREAM, "--allowedTools=Bash"], { open: true })
        run.send(userMessage("Go"))
        await run.message(
          ({ type, message }) => type === "assistant" && message.content[0].type === "tool_use",
        )
        run.send(userMessage("Later", { priority: "later" }))
        await run.message(({ result }) => result === "Answer")
        await run.message(({ result }) => result === "Late answer")
        await finish(run)
      },
    ))

  test.concurrent("a message that comes while a call runs joins the next request of that turn, and is repeated when asked", () =>
    withPlace(
      ({ body }, index) => {
        if (index === 0) return toolUse("Bash", { command: "while ! test -e go; do sleep 0.02; done" })
        return text(said(body.messages).includes("By the way") ? "Both heard" : "One heard")
      },
      async (place) => {
        const run = place.start([...STREAM, "--allowedTools=Bash", "--replay-user-messages"], { open: true })
        const uuid = crypto.randomUUID()
        run.send(userMessage("Go"))
        await run.message(({ type }) => type === "assistant")
        run.send(userMessage("By the way", { uuid }))
        // The reply to a later request proves that the message was read.
        await call(run, "get_binary_version")
        place.write("go", "")
        const result = await run.message(({ type }) => type === "result")
        expect(result).toMatchObject({
          result: "Both heard",
          user_message_uuids: expect.arrayContaining([uuid]),
        })
        await finish(run)
        const { out } = await run.done
        expect(out.split("\n").filter((line) => line.includes('"isReplay":true'))).toHaveLength(2)
      },
    ))

  test.concurrent("interrupt tells what still waits, which then runs; cancelled messages never do", () =>
    withPlace(
      ({ body }, index) => {
        if (index === 0) return toolUse("Bash", { command: "sleep 20; touch x" })
        return text(said(body.messages.at(-1)).includes("Second") ? "Second answer" : "Other answer")
      },
      async (place) => {
        const run = place.start([...STREAM, "--allowedTools=Bash"], { open: true })
        const [second, third] = [crypto.randomUUID(), crypto.randomUUID()]
        run.send(userMessage("First"))
        await run.message(({ type }) => type === "assistant")
        run.send(userMessage("Second", { uuid: second }), userMessage("Third", { uuid: third }))
        expect((await call(run, "cancel_async_message", { message_uuid: third })).response).toEqual({
          cancelled: true,
        })
        expect((await call(run, "interrupt")).response).toEqual({ still_queued: [second] })
        await run.message(({ terminal_reason: reason }) => reason === "aborted_tools")
        await run.message(({ result }) => result === "Second answer")
        await finish(run)
        expect(place.api.turns).toHaveLength(2)
      },
    ))

  test.concurrent("--session-mirror repeats what the transcript takes", () =>
    withPlace([text("Hi")], async (place) => {
      const run = await host(place, ["--session-mirror"])
      const frame = await run.message(({ type }) => type === "transcript_mirror")
      expect(frame.filePath).toStartWith(join(place.config, "projects"))
      await finish(run)
      const { out } = await run.done
      const mirrored = out
        .split("\n")
        .filter((line) => line.includes('"transcript_mirror"'))
        .flatMap((line) => JSON.parse(line).entries)
      expect(mirrored).toEqual([...place.transcript()])
    }))
})

describe.skipIf(!built)("rewinding files", () => {
  test.concurrent("files come back as they were at a prompt: edited, made and counted", () =>
    withPlace(
      [
        [
          toolUse("Write", { file_path: "made.txt", content: "made\n" }),
          toolUse("Bash", { command: "true" }),
        ],
        text("One"),
        toolUse("Write", { file_path: "made.txt", content: "changed\n" }),
        text("Two"),
      ],
      async (place) => {
        place.write("kept.txt", "kept\n")
        const uuids = [crypto.randomUUID(), crypto.randomUUID()]
        const next = Promise.withResolvers<void>()
        const done = Promise.withResolvers<void>()
        async function* prompts() {
          for (const [index, uuid] of uuids.entries()) {
            if (index === 1) await next.promise
            const message = { role: "user" as const, content: `prompt ${index}` }
            yield {
              type: "user" as const,
              message,
              parent_tool_use_id: null,
              session_id: "",
              uuid: uuid as never,
            }
          }
          await done.promise
        }
        const results: unknown[] = []
        let count = 0
        const { messages } = await place.sdk({
          prompt: prompts(),
          options: { enableFileCheckpointing: true, permissionMode: "acceptEdits" },
          async onMessage(message, query) {
            if (message.type !== "result") return
            if (++count === 1) return next.resolve()
            results.push(await query.rewindFiles(uuids[1] ?? "", { dryRun: true }))
            results.push(place.read("made.txt"))
            results.push(await query.rewindFiles(uuids[1] ?? ""))
            results.push(place.read("made.txt"))
            results.push(await query.rewindFiles(uuids[0] ?? ""))
            results.push(existsSync(join(place.cwd, "made.txt")))
            results.push(await query.rewindFiles(crypto.randomUUID()))
            done.resolve()
          },
        })
        const change = { canRewind: true, insertions: 1, deletions: 1 }
        expect(results).toMatchObject([
          change,
          "changed\n",
          { ...change, filesChanged: [join(place.cwd, "made.txt")] },
          "made\n",
          { canRewind: true, deletions: 1 },
          false,
          { canRewind: false },
        ])
        expect(resultOf(messages)).toMatchObject({ result: "Two" })
      },
    ))

  test.concurrent("a later process brings back what an earlier one changed", () =>
    withPlace(
      [toolUse("Write", { file_path: "a.txt", content: "new" }), text("One"), text("Two")],
      async (place) => {
        const uuid = crypto.randomUUID()
        const env = { CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING: "true" }
        const first = place.start([...STREAM, "--permission-mode=acceptEdits"], { open: true, env })
        first.send(userMessage("Write", { uuid }))
        const { session_id } = await first.message(({ type }) => type === "result")
        await finish(first)
        expect(readFileSync(join(place.cwd, "a.txt"), "utf8")).toBe("new")
        const second = place.start([...STREAM, `--resume=${session_id}`], { open: true, env })
        second.send(userMessage("Go on"))
        await second.message(({ type }) => type === "result")
        const reply = await call(second, "rewind_files", { user_message_id: uuid })
        expect(reply.response).toMatchObject({ canRewind: true })
        expect(existsSync(join(place.cwd, "a.txt"))).toBe(false)
        await finish(second)
      },
    ))

  test.concurrent("without checkpointing it says so", () =>
    withPlace([text("Hi")], async (place) => {
      const { prompt, close } = promptStream("Hi")
      let answer: unknown
      await place.sdk({
        prompt,
        async onMessage(message, query) {
          if (message.type !== "result") return
          answer = await query.rewindFiles(crypto.randomUUID())
          close()
        },
      })
      expect(answer).toMatchObject({ canRewind: false })
      expect(existsSync(join(place.config, "file-history"))).toBe(false)
    }))
})
