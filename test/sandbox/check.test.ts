import { describe, expect, test } from "bun:test"
import { whyUnavailable } from "../../src/sandbox/availability.ts"
import { ATTEMPTS } from "../../src/sandbox/check/attempts.ts"
import { type Outcome, runCheck } from "../../src/sandbox/check/run.ts"
import { renderOutcome, renderSummary } from "../../src/sandbox/check/table.ts"

const unavailable = await whyUnavailable({ weakerNested: false }, process.env)
if (unavailable !== null) console.warn(`test/sandbox is skipped: ${unavailable}`)

describe("the table of the self-test", () => {
  test("fits into 80 columns, whatever happened", () => {
    for (const attempt of ATTEMPTS)
      for (const result of ["blocked", "escaped", "failed", "skipped", "works"] as const) {
        const detail = `\u001b[31m${"a long reason ".repeat(20)}`
        for (const ok of [true, false])
          for (const row of renderOutcome({ attempt, result, detail, ok }).split("\n")) {
            expect(row.length).toBeLessThanOrEqual(80)
            expect(row).not.toContain("\u001b")
          }
      }
  })
})

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

  test("ends in time: what was not tried by then is no success", async () => {
    const outcomes = await collect({ programs: {}, env: process.env, wholeMs: -1 })
    expect(outcomes).toHaveLength(ATTEMPTS.length)
    expect(outcomes.some(({ ok }) => ok)).toBe(false)
    expect(renderSummary(outcomes)).toContain("Do not rely on the sandbox here")
  })

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
