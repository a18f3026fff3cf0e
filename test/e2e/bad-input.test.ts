import { afterAll, beforeAll, expect, test } from "bun:test"
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { error, type FakeApi, fakeApi, text } from "../fake-api/fake-api.ts"

const binary = join(import.meta.dir, "../../dist/ccts")
/** A program that takes longer hangs. */
const DEADLINE_MS = 20_000

let folder: string
let api: FakeApi

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "ccts-bad-")))
  api = await fakeApi({ script: () => text("Fine.") })
})
afterAll(async () => {
  await api.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function run(
  args: readonly string[],
  options: {
    readonly env?: Record<string, string>
    readonly home?: string
    readonly cwd?: string
    readonly stdin?: Uint8Array
  } = {},
): Promise<Ran> {
  const home = options.home ?? mkdtempSync(join(folder, "home-"))
  const child = Bun.spawn([binary, ...args], {
    cwd: options.cwd ?? folder,
    env: {
      HOME: home,
      PATH: process.env.PATH ?? "",
      ANTHROPIC_API_KEY: "k",
      ANTHROPIC_BASE_URL: api.url,
      ...options.env,
    },
    stdin: options.stdin ?? "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: DEADLINE_MS,
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, out, err }
}

/** One line, not a stack trace. */
function oneLine(textOf: string): string {
  const lines = textOf.trimEnd().split("\n")
  expect(lines).toHaveLength(1)
  return lines[0] ?? ""
}

test.concurrent("an unknown flag is named, with the one that was probably meant", async () => {
  const { code, err } = await run(["-p", "hi", "--output-frmat", "json"])
  expect(oneLine(err)).toBe("Unknown flag --output-frmat. Did you mean --output-format?")
  expect(code).toBe(1)
})

test.concurrent("a broken settings file is named with its line, stays as it is, and the rest works", async () => {
  const home = mkdtempSync(join(folder, "home-"))
  const file = join(home, ".claude/settings.json")
  mkdirSync(join(home, ".claude"))
  writeFileSync(file, '{\n  "model": "opus",\n')
  const { code, out, err } = await run(["-p", "hi"], { home })
  expect(oneLine(err)).toContain(file)
  expect(out).toBe("Fine.\n")
  expect(code).toBe(0)
  expect(readFileSync(file, "utf8")).toBe('{\n  "model": "opus",\n')
})

test.concurrent("without a key the ways to sign in are named", async () => {
  const { code, err } = await run(["-p", "hi"], { env: { ANTHROPIC_API_KEY: "" } })
  expect(oneLine(err)).toContain("ANTHROPIC_API_KEY")
  expect(code).toBe(1)
})

test.concurrent("without a network the address and the cause are named, after bounded retries", async () => {
  const closed = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } })
  const { port } = closed
  closed.stop(true)
  const { code, out } = await run(["-p", "hi"], {
    env: { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`, CLAUDE_CODE_MAX_RETRIES: "1" },
  })
  expect(oneLine(out)).toContain(`Cannot reach 127.0.0.1:${port}`)
  expect(code).toBe(1)
})

test.concurrent("a refused key ends the run and never shows the key", async () => {
  const refusing = await fakeApi({ script: () => error(401) })
  const { code, out, err } = await run(["-p", "hi"], {
    env: { ANTHROPIC_BASE_URL: refusing.url, ANTHROPIC_API_KEY: "sk-secret-value" },
  })
  await refusing.close()
  expect(out).toContain("401")
  expect(out + err).not.toContain("sk-secret-value")
  expect(code).toBe(1)
})

test.concurrent("without a terminal and without a prompt it says how to give one", async () => {
  const { code, err } = await run([])
  expect(oneLine(err)).toContain("No prompt")
  expect(code).toBe(1)
})

test.concurrent("more than 10 MB on stdin is refused before anything is sent", async () => {
  const sent = await fakeApi({ script: () => text("never") })
  const { code, err } = await run(["-p", "hi"], {
    env: { ANTHROPIC_BASE_URL: sent.url },
    stdin: new Uint8Array(11 * 1024 * 1024).fill(97),
  })
  expect(oneLine(err)).toContain("10 MB")
  expect(code).toBe(1)
  expect(sent.requests).toHaveLength(0)
  await sent.close()
})

test.concurrent("a folder that cannot be entered or read is one line, not a crash", async () => {
  const closed = mkdtempSync(join(folder, "closed-"))
  chmodSync(closed, 0o000)
  const { code, out, err } = await run(["-p", "hi", "--add-dir", join(closed, "inside")])
  chmodSync(closed, 0o700)
  expect(`${out}${err}`.trimEnd().split("\n")).toHaveLength(1)
  expect(code).toBe(1)
})

test.concurrent("a session that does not exist is named", async () => {
  const id = "11111111-1111-4111-8111-111111111111"
  const { code, err } = await run(["-p", "hi", "--resume", id])
  expect(oneLine(err)).toBe(`No conversation found with session ID: ${id}`)
  expect(code).toBe(1)
})

test.concurrent("a session file that was cut in mid-line goes on from its last whole line", async () => {
  const home = mkdtempSync(join(folder, "home-"))
  const first = JSON.parse((await run(["-p", "remember this", "--output-format", "json"], { home })).out)
  const projects = join(home, ".claude/projects")
  const file = [...new Bun.Glob("*/*.jsonl").scanSync(projects)].map((name) => join(projects, name))[0] ?? ""
  const whole = readFileSync(file, "utf8")
  writeFileSync(file, `${whole}{"type":"user","message":{"role":"us`)
  const seen = await fakeApi({ script: () => text("I do.") })
  const { code, out } = await run(["-p", "and?", "--resume", first.session_id], {
    home,
    env: { ANTHROPIC_BASE_URL: seen.url },
  })
  expect(out).toBe("I do.\n")
  expect(code).toBe(0)
  expect(JSON.stringify(seen.requests[0]?.body.messages)).toContain("remember this")
  expect(readFileSync(file, "utf8").startsWith(whole)).toBe(true)
  await seen.close()
})
