import { sanitiseLine } from "../../lib/sanitise.ts"
import type { Outcome } from "./run.ts"

/** The longest name of an attempt with its group; the row with both results fits into 80 columns. */
const NAME_COLUMNS = 60
const COLUMNS = 80

/** One row: the attempt, what is expected, what happened; and one more that says why, where it did not end so. */
export function renderOutcome({ attempt, result, detail, ok }: Outcome): string {
  const mark = result === "skipped" ? "–" : ok ? "✓" : "✗"
  const name = `${attempt.group}: ${attempt.name}`.padEnd(NAME_COLUMNS)
  const row = `${mark} ${name} ${attempt.expected.padEnd(8)} ${result}`
  const why = !ok || result === "skipped" ? sanitiseLine(detail) : ""
  if (why === "") return row
  const room = COLUMNS - 4
  return `${row}\n    ${why.length > room ? `${why.slice(0, room - 1)}…` : why}`
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
