import { mkdir, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { raceAbort } from "../../lib/abort.ts"
import { textOf } from "../../model/block.ts"
import type { MessageLine } from "../../model/line.ts"
import { contextPrompts, fireHook } from "../fire-hook.ts"
import type { Run } from "../run.ts"
import { invokedSkills } from "./invoked-skills.ts"
import { keptTail } from "./kept-tail.ts"
import { promptText, sessionNotes } from "./notes.ts"
import { MAX_RECENT_FILES, recentFiles } from "./recent-files.ts"
import { summarise } from "./summarise.ts"
import { CHARS_PER_TOKEN, estimateTokens, thresholds } from "./tokens.ts"
import { trimResults } from "./trim.ts"

/** A compaction that leaves more than this share of what was there made no progress. */
const PROGRESS_SHARE = 0.8
/** Compactions in a row without progress after which we stop and say so. */
const MAX_FRUITLESS = 2
/** Trimming breaks the cached prefix, so it must pay: at least this share of the threshold. */
const TRIM_WORTH_SHARE = 0.1

export const STUCK =
  "The conversation does not fit the model's window any more, and compacting it twice made no room. Start anew with /clear; the transcript stays, and /resume finds it."

/** `blocked`: a PreCompact hook refused. */
export type CompactResult = "done" | "nothing" | "stuck" | "blocked" | "aborted"

/** Tokens the next request will hold: the last reply's real usage plus what was added since. */
export function contextEstimate(run: Run): number {
  const { lines } = run.history
  let since = lines.length
  while (since > 0 && lines[since - 1]?.type !== "assistant") since--
  if (run.meter.contextUsed === 0) return estimateTokens(lines)
  return run.meter.contextUsed + estimateTokens(lines.slice(since))
}

/** Before a request: trims, then compacts, when the window needs it. Returns why the turn cannot go on, or null. */
export async function makeRoom(run: Run): Promise<string | null> {
  const { auto, window, share } = run.session.options.compaction
  if (!auto || run.history.lines.length === 0) return null
  const limits = thresholds(run.settings().model, window, share)
  const used = contextEstimate(run)
  if (used < limits.trim) return null

  const { lines, saved } = trimResults(run.history.lines)
  const savedTokens = saved / 4
  if (savedTokens >= limits.compact * TRIM_WORTH_SHARE) {
    await raceAbort(writeNotes(run), run.signal)
    for (const line of lines) run.history.swap(line.uuid, line)
    run.meter.contextUsed = Math.max(0, run.meter.contextUsed - savedTokens)
    run.emit({
      type: "notice",
      level: "info",
      code: "trimmed",
      text: `old tool results were left out to make room (about ${Math.round(savedTokens / 1000)}k tokens); Recall still finds them`,
    })
    if (used - savedTokens < limits.compact) return null
  }
  if (contextEstimate(run) < limits.compact) return null
  if (run.session.fruitlessCompactions() >= MAX_FRUITLESS) return STUCK
  return (await compact(run, { trigger: "auto", hint: "" })) === "stuck" ? STUCK : null
}

/**
 * Replaces the conversation by a summary, the newest exchange and the files in use. The old lines stay in the
 * log. `stuck`: the last two made no progress.
 */
export async function compact(
  run: Run,
  { trigger, hint }: { readonly trigger: "manual" | "auto"; readonly hint: string },
): Promise<CompactResult> {
  const { history, session } = run
  const before = history.lines
  if (before.length < 2) return "nothing"
  if (trigger === "auto" && session.fruitlessCompactions() >= MAX_FRUITLESS) return "stuck"

  const startedAt = performance.now()
  const preTokens = contextEstimate(run)
  run.emit({ type: "notice", level: "info", code: "compacting", text: "compacting the conversation" })
  const guard = await fireHook(
    run,
    "PreCompact",
    { trigger, custom_instructions: hint === "" ? null : hint },
    { matcher: trigger },
  )
  if (guard.block === true || guard.stop === true) {
    const text = `a PreCompact hook stopped the compaction: ${guard.reason ?? guard.stopReason ?? "no reason given"}`
    run.emit({ type: "notice", level: "warning", code: "compact_failed", text })
    return "blocked"
  }
  await raceAbort(writeNotes(run), run.signal)
  const tail = keptTail(before, run.settings().model.window)
  const summary = await summarise(run, before, hint)
  if (run.signal.aborted) return "aborted"
  if (summary.failure !== undefined) {
    run.emit({
      type: "notice",
      level: "warning",
      code: "compact_failed",
      text: `no model could summarise the conversation (${summary.failure}); notes of what happened stand in`,
    })
  }

  const { window } = run.settings().model
  const files = await raceAbort(recentFiles(run.files.recent(MAX_RECENT_FILES), tail, window), run.signal)
  if (files === "aborted") return "aborted"
  const skills = invokedSkills(before, tail, window)
  const added = summary.text.length + skills.length + files.length
  const postTokens = estimateTokens(tail) + Math.ceil(added / CHARS_PER_TOKEN)
  history.restart({ trigger, preTokens, postTokens })
  history.addUser(summaryText(summary.text, pendingPrompt(before, tail)), { isCompactSummary: true })
  if (skills !== "") history.addUser(skills, { isMeta: true })
  if (files !== "") history.addUser(files, { isMeta: true })
  for (const line of tail) history.copy(line)
  run.meter.contextUsed = 0
  session.forgetPrompt("compact")
  session.compacted({ progress: postTokens <= preTokens * PROGRESS_SHARE })
  run.emit({ type: "compacted", trigger, preTokens, postTokens, durationMs: performance.now() - startedAt })
  await fireHook(run, "PostCompact", { trigger, compact_summary: summary.text }, { matcher: trigger })
  if (run.agent === undefined) {
    const source = "compact"
    const { context } = await fireHook(
      run,
      "SessionStart",
      { source, model: run.settings().model.id },
      { matcher: source },
    )
    for (const { uuid, content } of contextPrompts("SessionStart", context))
      history.addUser(content, { uuid, isMeta: true })
  }
  return "done"
}

function summaryText(summary: string, pending: string): string {
  const request =
    pending === "" ? "" : `\n\nThe user's latest request, word for word:\n<request>\n${pending}\n</request>`
  return `This conversation goes on from an earlier one that filled the context window. Its summary:\n\n${summary}${request}\n\nGo on from there without asking what was already answered. The Recall tool searches the earlier conversation word for word when a detail is missing.`
}

/** The last thing the person asked, unless the kept tail still holds it; also from an earlier summary. */
function pendingPrompt(lines: readonly MessageLine[], tail: readonly MessageLine[]): string {
  const last = lines.findLast((line) => promptText(line) !== "")
  if (last !== undefined) return tail.includes(last) ? "" : promptText(last)
  const summary = lines.find((line) => line.type === "user" && line.isCompactSummary === true)
  return /<request>\n([\s\S]*)\n<\/request>/.exec(textOf(summary?.message.content ?? ""))?.[1] ?? ""
}

/** Stage three: what happened is on disk before anything leaves memory. A full disk does not stop the work. */
async function writeNotes(run: Run): Promise<void> {
  const file = run.session.notesFile()
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    .then(() => writeFile(file, sessionNotes(run.history.lines), { mode: 0o600 }))
    .catch(() => {})
}
