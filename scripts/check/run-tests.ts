/**
 * Runs the tests where they cannot touch what is the user's: a home, a settings folder and a temporary folder of their own,
 * without the user's keys. The folder is removed afterwards, whatever the tests left in it.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { bun, root } from "../lib/project.ts"
import { say } from "../lib/say.ts"

/** Milliseconds for one test; the slow ones drive the executable in a terminal. */
const TEST_DEADLINE = 30_000

/** Milliseconds for all tests: a check that takes longer is broken, however it ends. */
const SUITE_DEADLINE = 8 * 60_000

export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly ok: boolean
}

export async function runTests(files: readonly string[]): Promise<Tally> {
  const sandbox = mkdtempSync(join(tmpdir(), "ccts-check-"))
  try {
    const report = join(sandbox, "report.xml")
    const switches = [
      `--parallel=${availableParallelism()}`,
      `--timeout=${TEST_DEADLINE}`,
      "--only-failures",
      "--reporter=junit",
      `--reporter-outfile=${report}`,
    ]
    const child = Bun.spawn([bun, "test", ...switches, ...files], {
      cwd: root,
      env: testEnvironment(sandbox),
      stdio: ["ignore", "inherit", "inherit"],
      timeout: SUITE_DEADLINE,
      killSignal: "SIGKILL",
    })
    const code = await child.exited
    if (child.signalCode === "SIGKILL") say(`ccts: the tests did not end within ${SUITE_DEADLINE / 1000} s`)
    return tally(report, code === 0)
  } finally {
    rmSync(sandbox, { recursive: true, force: true })
  }
}

/** The user's environment without the keys, settings and folders that change what ccts does. */
export function testEnvironment(sandbox: string): Record<string, string | undefined> {
  const own = /^(?:ANTHROPIC_|CLAUDE|CCTS_|XDG_|GIT_|MCP_|AWS_|GOOGLE_|VERTEX_|DISABLE_)/
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name))
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

/** A file that does not even load fails no test of its own, but it fails the check: it counts as one. */
function tally(report: string, ok: boolean): Tally {
  const totals = /<testsuites\b[^>]*>/.exec(readReport(report))?.[0] ?? ""
  const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(totals)?.[1] ?? 0)
  const [tests, failures, skipped] = [count("tests"), count("failures") + count("errors"), count("skipped")]
  const failed = ok ? failures : Math.max(1, failures)
  return { passed: tests - failures - skipped, failed, skipped, ok: ok && failures === 0 }
}

function readReport(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return ""
  }
}
