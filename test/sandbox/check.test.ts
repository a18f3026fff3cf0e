import { describe, expect, test } from "bun:test"
import { whyUnavailable } from "../../src/sandbox/availability.ts"
import { ATTEMPTS } from "../../src/sandbox/check/attempts.ts"
import { type Outcome, runCheck } from "../../src/sandbox/check/run.ts"

const unavailable = await whyUnavailable({ weakerNested: false }, process.env)
if (unavailable !== null) console.warn(`test/sandbox is skipped: ${unavailable}`)

async function collect(options: Parameters<typeof runCheck>[0]): Promise<Outcome[]> {
  return Array.fromAsync(runCheck(options))
}

describe.skipIf(unavailable !== null)("the self-test of the sandbox", () => {
  test("tries at least thirty ways out", () => {
    expect(ATTEMPTS.filter(({ expected }) => expected === "blocked").length).toBeGreaterThanOrEqual(30)
    expect(new Set(ATTEMPTS.map(({ name }) => name)).size).toBe(ATTEMPTS.length)
  })

  test("finds none of them open, and ordinary work possible", async () => {
    const outcomes = await collect({ programs: {}, env: process.env })
    expect(
      outcomes.filter(({ ok }) => !ok).map(({ attempt, detail }) => `${attempt.name}: ${detail}`),
    ).toEqual([])
  }, 60_000)

  // An attempt that is blocked anyway would show nothing.
  test("the same attempts get through without a sandbox", async () => {
    const provable = ATTEMPTS.filter((one) => one.provable && one.expected === "blocked")
    const outcomes = await collect({ programs: {}, env: process.env, sandbox: "none", attempts: provable })
    expect(outcomes.filter(({ result }) => result === "blocked").map(({ attempt }) => attempt.name)).toEqual(
      [],
    )
    expect(outcomes.filter(({ result }) => result === "escaped").length).toBeGreaterThan(30)
  }, 60_000)
})
