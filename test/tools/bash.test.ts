import { afterAll, describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { bash } from "../../src/tools/bash.ts"
import { gitOperation } from "../../src/tools/shell/git-operation.ts"
import { call, put, removeSessions, session, text } from "./context.ts"

afterAll(removeSessions)

describe("Bash tells what a command printed", () => {
  test.concurrent("stdout, then stderr", async () => {
    expect(await text(bash, { command: "echo err >&2; echo out" }, session())).toBe("out\nerr")
  })
  test.concurrent("silence is said", async () => {
    expect(await text(bash, { command: "true" }, session())).toBe("(Bash completed with no output)")
  })
  test.concurrent("a failure names its exit code first", async () => {
    const output = await call(bash, { command: "echo out; echo err >&2; exit 3" }, session())
    expect(output.content).toBe("Exit code 3\nout\nerr")
    expect(output.isError).toBe(true)
    expect(output.data).toBe("Error: Exit code 3\nout\nerr")
  })
  test.concurrent("a search without a match is an answer", async () => {
    const output = await call(bash, { command: "echo a | grep b" }, session())
    expect(output.isError).toBeUndefined()
    expect(output.data).toMatchObject({ returnCodeInterpretation: "No matches found", interrupted: false })
  })
  test.concurrent("set -e does not end the list early", async () => {
    expect(await text(bash, { command: "set -e; false; echo no" }, session())).toBe("no")
  })
  test.concurrent("here-documents, comments and quotes arrive whole", async () => {
    const command = "cat <<'E'\nit's $HOME\nE\necho \"a'b\" # don't"
    expect(await text(bash, { command }, session())).toBe("it's $HOME\na'b")
  })
  test.concurrent("invalid UTF-8 and NUL do no harm", async () => {
    expect(await text(bash, { command: "printf 'a\\xff\\0b'" }, session())).toBe("a\uFFFDb")
  })
  test.concurrent("stdin is empty", async () => {
    expect(await text(bash, { command: "cat; echo end" }, session())).toBe("end")
  })
  test.concurrent("children know where they run, and telemetry settings stay here", async () => {
    const ctx = session()
    const env = { ...ctx.env, OTEL_EXPORTER_OTLP_ENDPOINT: "http://x" }
    const output = await text(
      bash,
      { command: "echo $CLAUDECODE $OTEL_EXPORTER_OTLP_ENDPOINT" },
      { ...ctx, env },
    )
    expect(output).toBe("1")
  })
})

describe("Bash keeps the working directory, nothing else", () => {
  test.concurrent("cd carries over inside the project, also when a later step fails", async () => {
    const ctx = session()
    mkdirSync(join(ctx.cwd, "sub"))
    await call(bash, { command: "cd sub; false" }, ctx)
    expect(ctx.cwd).toBe(join(ctx.roots[0] ?? "", "sub"))
    expect(await text(bash, { command: "X=1; pwd" }, ctx)).toBe(ctx.cwd)
    expect(await text(bash, { command: `echo "\${X:-none}"` }, ctx)).toBe("none")
  })
  test.concurrent("outside it is reset, and said", async () => {
    const ctx = session()
    expect(await text(bash, { command: "cd /" }, ctx)).toBe(`Shell cwd was reset to ${ctx.cwd}`)
  })
  test.concurrent("a directory that is gone is said, and left", async () => {
    const ctx = session()
    const project = ctx.cwd
    ctx.cwd = join(project, "gone")
    expect(await text(bash, { command: "pwd" }, ctx)).toContain("no longer exists")
    expect(await text(bash, { command: "pwd" }, ctx)).toBe(project)
  })
  test.concurrent("output cannot pretend another directory, and the report is not inherited", async () => {
    const ctx = session()
    await call(bash, { command: "echo /etc; echo /etc >&3" }, ctx)
    expect(ctx.cwd).toBe(ctx.roots[0] ?? "")
  })
})

describe("Bash ends what must end", () => {
  test.concurrent("a timeout of a command with git kills it", async () => {
    const output = await call(bash, { command: "echo a; : git; sleep 20", timeout: 300 }, session())
    expect(output.content).toBe("Exit code 143\nCommand timed out after 0.3s\na")
  })
  test.concurrent("other commands go on in the background with all of their output", async () => {
    const ctx = session()
    const output = await call(
      bash,
      { command: "echo one; read -t 0.6 < <(tail -f /dev/null); echo two", timeout: 200 },
      ctx,
    )
    const { backgroundTaskId: id } = output.data as { backgroundTaskId: string }
    expect(output.content).toStartWith(
      "Command did not complete within its 0.2s timeout and was moved to the background",
    )
    expect(await ctx.ends.get(id)).toMatchObject({ status: "completed", exitCode: 0 })
    expect(readFileSync(ctx.tasks.outputFile(id), "utf8")).toBe("one\ntwo\n")
  })
  test.concurrent("an abort returns at once with what there is", async () => {
    const stop = new AbortController()
    const ctx = session({ signal: stop.signal })
    const run = bash.run({ command: "trap '' TERM; echo started; sleep 20" }, ctx)
    expect((await run.next()).value).toBe("started\n")
    const next = run.next()
    stop.abort()
    const end = await next
    expect(end.value).toMatchObject({ isError: true, data: { interrupted: true, stdout: "started" } })
  })
  test.concurrent("a grandchild that keeps the pipe does not keep the call", async () => {
    const output = await call(bash, { command: "sleep 20 & echo $!" }, session())
    const pid = Number((output.data as { stdout: string }).stdout)
    expect(pid).toBeGreaterThan(1)
    process.kill(pid, "SIGKILL")
  })
  test.concurrent("a leading sleep of 25 s is refused", async () => {
    expect(await text(bash, { command: "sleep 30 && echo x" }, session())).toStartWith(
      "<tool_use_error>Blocked: standalone sleep 30. To wait for a condition, use Monitor",
    )
  })
})

describe("Bash bounds output", () => {
  test.concurrent("large output is saved and previewed", async () => {
    const ctx = session()
    const output = await call(bash, { command: "seq 1 20000" }, ctx)
    expect(output.content).toStartWith(
      "<persisted-output>\nOutput too large (106.3KB). Full output saved to: ",
    )
    const { persistedOutputPath: path } = output.data as { persistedOutputPath: string }
    expect(statSync(path).size).toBe(108894)
  })
  test.concurrent("a failing flood keeps beginning and end", async () => {
    const output = (await call(bash, { command: "seq 1 20000; false" }, session())).content as string
    expect(output).toMatch(/^Exit code 1\n1\n2\n/)
    expect(output).toMatch(/\.\.\. \[\d+ characters truncated\] \.\.\./)
    expect(output).toContain("\n20000\n")
    expect(output.length).toBeLessThan(11_000)
  })
  test.concurrent("200 MB cost neither memory nor disk", async () => {
    const ctx = session()
    const output = await call(
      bash,
      { command: "head -c 200000000 /dev/zero | tr '\\0' 'x'; echo; echo end" },
      ctx,
    )
    const { persistedOutputPath: path, persistedOutputSize } = output.data as Record<string, string>
    expect(persistedOutputSize).toBe(200_000_005 as unknown as string)
    expect(statSync(path ?? "").size).toBeLessThan(65 * 1024 * 1024)
  })
})

describe("Bash in the background", () => {
  test.concurrent("writes to a file and reports its end", async () => {
    const ctx = session()
    const output = await call(bash, { command: "echo hi; exit 4", run_in_background: true }, ctx)
    const { backgroundTaskId: id } = output.data as { backgroundTaskId: string }
    expect(output.content).toStartWith(
      `Command running in background with ID: ${id}. Output is being written to: ${ctx.tasks.outputFile(id)}.`,
    )
    expect(await ctx.ends.get(id)).toMatchObject({ status: "failed", exitCode: 4 })
    expect(readFileSync(ctx.tasks.outputFile(id), "utf8")).toBe("hi\n")
  })
  test.concurrent("can be stopped", async () => {
    const ctx = session()
    const output = await call(bash, { command: "sleep 60", run_in_background: true }, ctx)
    const { backgroundTaskId: id } = output.data as { backgroundTaskId: string }
    expect(ctx.tasks.stop(id)).toBe(true)
    expect(await ctx.ends.get(id)).toMatchObject({ status: "killed" })
  })
})

test("a file shown by cat counts as read", async () => {
  const ctx = session()
  await put(ctx, { "a.txt": "x\n" })
  await call(bash, { command: "cat a.txt" }, ctx)
  expect(ctx.files.get(join(ctx.cwd, "a.txt"))).toMatchObject({ partial: false })
  expect(existsSync(ctx.spillDir)).toBe(false)
})

describe("Bash knows the person's own shell", () => {
  test.concurrent("functions and aliases of ~/.bashrc, also behind an interactivity guard", async () => {
    const ctx = session()
    const rc =
      "case $- in *i*) ;; *) return;; esac\nalias hi='echo hello'\ngreet() { echo \"greetings $1\"; }\necho noise\n"
    await put(ctx, { ".bashrc": rc })
    expect(await text(bash, { command: "hi; greet you" }, ctx)).toBe("hello\ngreetings you")
  })
  test.concurrent("a broken start file does no harm", async () => {
    const ctx = session()
    await put(ctx, { ".bashrc": "exit 3\n" })
    expect(await text(bash, { command: "echo ok" }, ctx)).toBe("ok")
  })
})

describe("Bash follows the person's setup", () => {
  test.concurrent("~/.profile where there is no ~/.bashrc", async () => {
    const ctx = session()
    await put(ctx, { ".profile": "greet() { echo hello $1; }\n" })
    expect(await text(bash, { command: "greet you" }, ctx)).toBe("hello you")
  })
  test.concurrent("CLAUDE_ENV_FILE is read before each command", async () => {
    const ctx = session()
    await put(ctx, { "env.sh": "export STAGE=one\n" })
    const env = { ...ctx.env, CLAUDE_ENV_FILE: join(ctx.cwd, "env.sh") }
    expect(await text(bash, { command: "echo $STAGE" }, { ...ctx, env })).toBe("one")
    await put(ctx, { "env.sh": "export STAGE=two\n" })
    expect(await text(bash, { command: "echo $STAGE" }, { ...ctx, env })).toBe("two")
  })
  test.concurrent("CLAUDE_CODE_SHELL_PREFIX is given the command as one word", async () => {
    const ctx = session()
    await put(ctx, { "log.sh": `printf '%s\\n' "$#" >> ${join(ctx.cwd, "log")}; exec bash -c "$2"\n` })
    const env = { ...ctx.env, CLAUDE_CODE_SHELL_PREFIX: `bash ${join(ctx.cwd, "log.sh")} audit` }
    mkdirSync(join(ctx.cwd, "sub"))
    expect(await text(bash, { command: "cd sub; echo 'a  b'" }, { ...ctx, env })).toBe("a  b")
    expect(readFileSync(join(ctx.roots[0] ?? "", "log"), "utf8")).toBe("2\n")
    expect(ctx.cwd).toBe(join(ctx.roots[0] ?? "", "sub"))
  })
  test.concurrent("a job left behind with & is said", async () => {
    const output = await call(bash, { command: "sleep 3 & echo started" }, session())
    expect(output.content).toMatch(
      /^started\n\[A process that this command started with & is still running\./,
    )
    expect(output.data).toMatchObject({ stdout: "started" })
  })
})

describe("Bash tells hosts what a command did", () => {
  test.concurrent("commits, amends and merges of a real git", async () => {
    const ctx = session()
    const git = "git -c user.name=A -c user.email=a@b"
    const first = await call(
      bash,
      { command: `git init -q -b main && ${git} commit --allow-empty -m one` },
      ctx,
    )
    expect(first.data).toMatchObject({ gitOperation: { commit: { kind: "committed", branch: "main" } } })
    const second = await call(bash, { command: `${git} commit --amend --allow-empty -m two` }, ctx)
    expect(second.data).toMatchObject({ gitOperation: { commit: { kind: "amended" } } })
    const merge = `git checkout -q -b side && ${git} commit -q --allow-empty -m side && git checkout -q main && ${git} merge side`
    expect((await call(bash, { command: merge }, ctx)).data).toMatchObject({
      gitOperation: { branch: { ref: "side", action: "merged" } },
    })
    const bare = "git init -q --bare r.git && git push r.git main"
    expect((await call(bash, { command: bare }, { ...ctx })).data).toMatchObject({
      gitOperation: { push: { branch: "main" } },
    })
    expect((await call(bash, { command: "git status" }, ctx)).data).not.toHaveProperty("gitOperation")
  })
  test("pull requests by what gh prints", () => {
    const created = "https://github.com/o/r/pull/12\n"
    expect(gitOperation([["gh", "pr", "create", "--fill"]], created)).toEqual({
      pr: { number: 12, url: "https://github.com/o/r/pull/12", action: "created" },
    })
    expect(gitOperation([["gh", "pr", "merge", "7", "--auto"]], "")).toEqual({
      pr: { number: 7, action: "auto-merge-enabled" },
    })
    expect(gitOperation([["gh", "pr", "view", "7"]], created)).toBeUndefined()
  })
  test.concurrent("a picture printed as a data URI is shown as a picture", async () => {
    const png =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    const output = await call(bash, { command: `echo data:image/png\\;base64,${png}` }, session())
    expect(output.content).toMatchObject([{ type: "image", source: { media_type: "image/png" } }])
    expect(output.data).toMatchObject({ isImage: true })
  })
  test.concurrent("a missing gh is explained", async () => {
    const ctx = session()
    const output = await text(
      bash,
      { command: "gh pr list" },
      { ...ctx, env: { ...ctx.env, PATH: "/usr/bin:/bin" } },
    )
    if (existsSync("/usr/bin/gh")) return
    expect(output).toContain("The GitHub CLI (gh) is not installed here.")
  })
})
