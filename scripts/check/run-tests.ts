/**
 * Runs the tests where they cannot touch what is the user's: a home, a settings folder and a temporary folder of their own,
 * without the user's keys. The folder is removed afterwards, whatever the tests left in it.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { bun, root } from "../lib/project.ts"
import { say } from "../lib/say.ts"

/** Milliseconds for one test; the slow ones drive the executable in a terminal. */
const TEST_DEADLINE = 30_000

/** Milliseconds for all tests: a check that takes longer is broken, however it ends. */
const SUITE_DEADLINE = 8 * 60_000

/** Characters of the report that surely hold the counts. */
const SUMMARY_LENGTH = 4096

export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly ok: boolean
}

export async function runTests(files: readonly string[]): Promise<Tally> {
  const sandbox = mkdtempSync(join(tmpdir(), "ccts-check-"))
  try {
    const switches = [`--parallel=${availableParallelism()}`, `--timeout=${TEST_DEADLINE}`, "--only-failures"]
    const child = Bun.spawn([bun, "test", ...switches, ...files], {
      cwd: root,
      env: testEnvironment(sandbox),
      stdio: ["ignore", "inherit", "pipe"],
      timeout: SUITE_DEADLINE,
      killSignal: "SIGKILL",
    })
    const summary = await passOn(child.stderr)
    const code = await child.exited
    if (child.signalCode === "SIGKILL") say(`ccts: the tests did not end within ${SUITE_DEADLINE / 1000} s`)
    return tally(summary, code === 0)
  } finally {
    rmSync(sandbox, { recursive: true, force: true })
  }
}

/** Shows the runner's report as it comes and returns its end, which holds the counts. */
async function passOn(report: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let end = ""
  for await (const chunk of report) {
    process.stderr.write(chunk)
    end = (end + decoder.decode(chunk, { stream: true })).slice(-SUMMARY_LENGTH)
  }
  return end
}

type Environment = Readonly<Record<string, string | undefined>>

/** The user's environment without the keys, settings and folders that change what ccts does. */
export function testEnvironment(sandbox: string, env: Environment = process.env): Environment {
  const own = /^(?:ANTHROPIC_|CLAUDE|CCTS_|XDG_|GIT_|MCP_|AWS_|GOOGLE_|VERTEX_|DISABLE_)/
  const kept = Object.entries(env).filter(([name]) => !own.test(name))
  const [home, temporary] = [join(sandbox, "home"), join(sandbox, "tmp")]
  mkdirSync(home, { recursive: true })
  mkdirSync(temporary, { recursive: true })
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    USERPROFILE: home,
    CLAUDE_CONFIG_DIR: join(home, ".claude"),
    TMPDIR: temporary,
    NO_COLOR: undefined,
    FORCE_COLOR: undefined,
  }
}

/**
 * Reads the counts of the runner's last lines (" 12 pass", " 1 skip", " 0 fail"). A failed run counts at least one failure,
 * whatever it managed to report.
 */
export function tally(summary: string, ok: boolean): Tally {
  const text = Bun.stripANSI(summary)
  const count = (name: string) =>
    Number([...text.matchAll(new RegExp(`^ *(\\d+) ${name}$`, "gm"))].at(-1)?.[1] ?? 0)
  const failed = ok ? count("fail") : Math.max(1, count("fail"))
  return { passed: count("pass"), failed, skipped: count("skip") + count("todo"), ok: ok && failed === 0 }
}
