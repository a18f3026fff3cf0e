/** The live region: what is being written, who is working, what waits, and where one types. */
import { sanitiseLine } from "../../lib/sanitise.ts"
import { tokensDown } from "../fold.ts"
import { duration, plural, shortPath, tokens } from "../format.ts"
import { cutRow, EMPTY_ROW, span, spread } from "../rows.ts"
import type { Row, Span } from "../screen/port.ts"
import type { TuiState, TurnState } from "../state.ts"
import { tipFor } from "../verbs.ts"
import { liveToolRows } from "./tool-row.ts"

const FRAMES = ["✢", "✳", "✶", "✻"] as const
/** Milliseconds between two frames of the spinner: four a second, the only timer there is. */
export const SPINNER_MS = 250
/** Without animation only the seconds change. */
export const STILL_MS = 1_000
/** Waits shorter than this need no tip. */
const TIP_AFTER_MS = 5_000
/** Parallel calls shown while they run; a longer list would push the composer off the screen. */
const TOOLS_SHOWN = 6
const QUEUED_SHOWN = 3

export function toolsRows(state: TuiState, columns: number, now: number): Row[] {
  const tools = [...state.tools.values(), ...(state.shell === null ? [] : [state.shell])]
  const shown = tools
    .slice(0, TOOLS_SHOWN)
    .flatMap((tool) => [EMPTY_ROW, ...liveToolRows(tool, columns, now)])
  const hidden = tools.length - TOOLS_SHOWN
  if (hidden > 0) shown.push([span(`  … ${plural(hidden, "more call")}`, { fg: "muted" })])
  for (const { tool, characters } of state.preparing.values()) {
    const size = characters >= 1_024 ? ` ${tokens(characters)} characters` : ""
    const text = `  writing the input${size}…`
    shown.push(
      EMPTY_ROW,
      cutRow(
        [span("○ ", { fg: "muted" }), span(sanitiseLine(tool), { bold: true }), span(text, { fg: "muted" })],
        columns,
      ),
    )
  }
  return shown
}

/** `animates` false: the sign stands still. */
export function spinnerRow(turn: TurnState, columns: number, now: number, animates = true): Row {
  const elapsed = now - turn.startedAt
  const step = animates ? Math.floor(elapsed / SPINNER_MS) : 0
  const frame = FRAMES[step % FRAMES.length] ?? FRAMES[0]
  const facts = [duration(Math.max(0, Math.floor(elapsed / 1_000) * 1_000)).replace(/^0ms$/, "0s")]
  if (turn.up > 0) facts.push(`↑ ${tokens(turn.up)}`)
  const down = tokensDown(turn)
  if (down > 0) facts.push(`↓ ${tokens(down)} tokens`)
  if (turn.silentMs !== null) facts.push(`no data for ${duration(turn.silentMs)}`)
  facts.push("esc to interrupt")
  return cutRow(
    [
      span(`${frame} `, { fg: "accent" }),
      ...doing(turn, now),
      span(` (${facts.join(" · ")})`, { fg: turn.silentMs === null ? "muted" : "warning" }),
      // Last, because it may be long: how to stop the waiting must not be cut.
      span(turn.retry === null ? "" : ` · ${sanitiseLine(turn.retry.why)}`, { fg: "warning" }),
    ],
    columns,
  )
}

/** Something worth knowing, under the spinner of a long wait. */
export function tipRows(
  turn: TurnState,
  { tips, tipLabel }: { readonly tips: readonly string[]; readonly tipLabel: string },
  columns: number,
  now: number,
): Row[] {
  const tip = now - turn.startedAt < TIP_AFTER_MS ? null : tipFor(turn.number, tips)
  return tip === null ? [] : [cutRow([span(`  ⎿ ${sanitiseLine(tipLabel + tip)}`, { fg: "muted" })], columns)]
}

function doing(turn: TurnState, now: number): Span[] {
  if (turn.retry !== null) {
    const { attempt, max, until } = turn.retry
    const wait = Math.max(0, Math.ceil((until - now) / 1_000))
    const text = `Retry ${attempt}${max > 0 ? ` of ${max}` : ""} in ${wait}s`
    return [span(text, { fg: "warning" })]
  }
  const phase = turn.phase ?? [...turn.hooks.values()].at(-1)
  return [span(`${phase === undefined ? turn.verb : sanitiseLine(phase)}…`, { fg: "accent" })]
}

export function queuedRows(state: TuiState, columns: number): Row[] {
  const shown = state.queued.slice(0, QUEUED_SHOWN)
  const rows = shown.map((prompt) =>
    cutRow([span("  queued: ", { fg: "muted" }), span(sanitiseLine(prompt.text), { fg: "muted" })], columns),
  )
  const hidden = state.queued.length - shown.length
  if (hidden > 0) rows.push([span(`  … ${plural(hidden, "more prompt")} queued`, { fg: "muted" })])
  return rows
}

/** What takes the place of the hints: `Press ctrl+c again to exit`. */
export function statusRow(state: TuiState, columns: number, hint: string | null, showsFolder = true): Row {
  const session = state.session
  if (session === null) return [span("  starting…", { fg: "muted" })]
  const left = hint === null ? modeSpans(session.mode) : [span(`  ${hint}`, { fg: "warning" })]
  const { used, window } = session.context
  const facts = [session.modelName]
  if (session.effort !== null) facts.push(session.effort)
  if (session.fast === true) facts.push("fast")
  if (window > 0 && used > 0) facts.push(`${Math.round((100 * used) / window)}% context`)
  if (state.tasks.size > 0) facts.push(`${plural(state.tasks.size, "task")} in background`)
  if (showsFolder) facts.push(shortPath(session.cwd))
  while (facts.length > 1 && displayLength(left) + facts.join(" · ").length + 4 > columns) facts.pop()
  return spread(left, [span(`${sanitiseLine(facts.join(" · "))}  `, { fg: "muted" })], columns)
}

function displayLength(spans: readonly Span[]): number {
  return spans.reduce((sum, part) => sum + part.text.length, 0)
}

function modeSpans(mode: string): Span[] {
  const cycle = span(" (shift+tab to cycle)", { fg: "muted" })
  switch (mode) {
    case "acceptEdits":
      return [span("  ⏵⏵ accept edits on", { fg: "success" }), cycle]
    case "plan":
      return [span("  ⏸ plan mode on", { fg: "plan" }), cycle]
    case "bypassPermissions":
      return [span("  ⏵⏵ bypass permissions on", { fg: "bypass" }), cycle]
    case "dontAsk":
      return [span("  ⏵⏵ don't ask on", { fg: "warning" }), cycle]
    case "auto":
      return [span("  ⏵⏵ auto mode on", { fg: "accent" }), cycle]
    default:
      return [span("  ? for shortcuts", { fg: "muted" })]
  }
}
