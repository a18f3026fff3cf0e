import { sanitiseLine } from "../../lib/sanitise.ts"
import type { Outcome } from "./run.ts"

const NAME_COLUMNS = 52

/** One row: the attempt, what is expected, what happened. */
export function renderOutcome({ attempt, result, detail, ok }: Outcome): string {
  const mark = result === "skipped" ? "–" : ok ? "✓" : "✗"
  const name = `${attempt.group}: ${attempt.name}`.padEnd(NAME_COLUMNS + 10)
  const why = !ok || result === "skipped" ? `  ${sanitiseLine(detail)}` : ""
  return `${mark} ${name} ${attempt.expected.padEnd(8)} ${result}${why}`.trimEnd()
}

export function renderSummary(outcomes: readonly Outcome[]): string {
  const skipped = outcomes.filter(({ result }) => result === "skipped").length
  const wrong = outcomes.filter(({ ok }) => !ok).length
  const tried = outcomes.length - skipped
  const rest = skipped > 0 ? `, ${skipped} skipped` : ""
  return wrong === 0
    ? `All ${tried} attempts ended as expected${rest}.`
    : `${wrong} of ${tried} attempts did not end as expected${rest}. Do not rely on the sandbox here.`
}
