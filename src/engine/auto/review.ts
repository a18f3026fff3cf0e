/**
 * Auto mode: what would ask is put to a small model first. It stands behind the rules: nothing that is denied comes
 * here, and what only a person may answer does not either. No answer in time, or none that can be read, means ask.
 */
import { AUTO_LISTS, type AutoRules } from "../../model/auto-mode.ts"
import { isBlock, textOf } from "../../model/block.ts"
import type { Access, Decision } from "../../model/permission.ts"
import { viewCommand } from "../../permissions/view-command.ts"
import type { ReadyCall } from "../call.ts"
import type { Run } from "../run.ts"
import { sideRequest } from "../side-request.ts"
import { plainRequest, smallModel } from "../small-model.ts"
import instructions from "./review.md" with { type: "text" }
import { isPaused, pauseWords } from "./reviews.ts"

export type Review = { readonly verdict: "allow" | "block" | "ask"; readonly reason: string }

/** The person waits for it. */
const PATIENCE_MS = 20_000
/** One verdict and one sentence. */
const MAX_TOKENS = 300
/** An action beyond this cannot be looked over; characters of its JSON. */
const MAX_ACTION = 24_000
const PROMPTS = 10
const PROMPT_CHARS = 2_000
const CALLS = 15
const CALL_CHARS = 400
const REASON_CHARS = 300

/** Null where the call is not for a review: then whatever was decided holds. */
export async function review(
  run: Run,
  call: ReadyCall,
  decision: Decision,
  access: readonly Access[],
): Promise<Review | null> {
  if (!isForReview(run, decision, access)) return null
  const { reviews } = run.session
  const action = JSON.stringify({ tool: call.tool.name, input: call.input })
  if (action.length > MAX_ACTION) return { verdict: "ask", reason: "it is too long to be reviewed" }
  const result = await askModel(run, action)
  if (result.verdict === "allow") reviews.inARow = 0
  if (result.verdict !== "block") return result
  reviews.inARow++
  reviews.inAll++
  if (isPaused(reviews))
    run.emit({
      type: "notice",
      level: "warning",
      code: "auto_mode",
      text: pauseWords(reviews),
    })
  return result
}

function isForReview(run: Run, decision: Decision, access: readonly Access[]): boolean {
  const { options, reviews } = run.session
  const { auto } = options.permissions
  if (auto === undefined || decision.verdict === "deny" || decision.firm === true || isPaused(reviews))
    return false
  const { mode, home } = run.policy()
  const commands = access.filter((one) => one.kind === "exec")
  // What a sandbox does not contain at its own wish, and what a person answers, is theirs to decide.
  if (access.some((one) => one.kind === "person" || (one.kind === "exec" && one.escapes === true)))
    return false
  // What we cannot fully understand, we ask about.
  if (commands.some((one) => isUnclear(one.command, one.cwd, home))) return false
  if (mode === "plan") {
    if (!auto.duringPlan || !reviews.accepted || !run.session.offers("auto")) return false
    return decision.verdict === "ask" && commands.length > 0 && commands.length === access.length
  }
  if (mode !== "auto") return false
  return decision.verdict === "ask" || (auto.allShell && commands.length > 0 && !decision.readOnly)
}

function isUnclear(command: string, cwd: string, home: string): boolean {
  const { doubt, refused, effects } = viewCommand(command, cwd, home)
  return (
    doubt !== null ||
    refused !== null ||
    effects.some(
      (effect) =>
        effect.kind === "opaque" || (effect.kind === "execute" && effect.words[0]?.kind !== "literal"),
    )
  )
}

async function askModel(run: Run, action: string): Promise<Review> {
  const { auto } = run.session.options.permissions
  if (auto === undefined) return { verdict: "ask", reason: "auto mode is off" }
  const { mode, cwd, roots } = run.policy()
  const document = JSON.stringify({
    where: { folder: cwd, open: roots },
    ...(mode === "plan"
      ? { planning: "Nothing may be changed now: allow only what looks and changes nothing." }
      : {}),
    said: saidBy(run),
    done: doneIn(run),
    action: JSON.parse(action),
  })
  const request = {
    ...plainRequest(smallModel(run), document, `${instructions.trim()}\n\n${listsOf(auto.rules)}`),
    max_tokens: MAX_TOKENS,
  }
  try {
    const signal = AbortSignal.any([run.signal, AbortSignal.timeout(PATIENCE_MS)])
    const reply = await sideRequest(run, request, { cause: "review", signal })
    return reply.ok
      ? readReview(reply.text)
      : { verdict: "ask", reason: `the review failed: ${reply.failure.message}` }
  } catch (error) {
    return {
      verdict: "ask",
      reason: `the review failed: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

/** Anything but one clear verdict is none. */
export function readReview(text: string): Review {
  const unreadable: Review = { verdict: "ask", reason: "the review gave no verdict" }
  try {
    const value: unknown = JSON.parse(text.trim().replace(/^```(?:json)?\s*|\s*```$/g, ""))
    if (typeof value !== "object" || value === null) return unreadable
    const { verdict, reason } = value as { readonly verdict?: unknown; readonly reason?: unknown }
    if (verdict !== "allow" && verdict !== "block" && verdict !== "ask") return unreadable
    const words = typeof reason === "string" ? reason.replace(/\s+/g, " ").trim().slice(0, REASON_CHARS) : ""
    return { verdict, reason: words === "" ? "no reason was given" : words }
  } catch {
    return unreadable
  }
}

function listsOf(rules: AutoRules): string {
  return AUTO_LISTS.map((name) => {
    const entries = rules[name].length === 0 ? ["(none)"] : rules[name]
    return [name.replace("_", " ").toUpperCase(), ...entries.map((entry) => `- ${entry}`)].join("\n")
  }).join("\n\n")
}

/** What the person typed, and nothing that a file, a tool or a hook said. */
function saidBy(run: Run): readonly string[] {
  return run.history.lines
    .flatMap((line) => {
      if (line.type !== "user" || line.isMeta === true) return []
      const text = textOf(line.message.content).trim()
      return text === "" ? [] : [text.slice(0, PROMPT_CHARS)]
    })
    .slice(-PROMPTS)
}

function doneIn(run: Run): readonly string[] {
  return run.history.lines
    .flatMap((line) => (line.type === "assistant" ? line.message.content : []))
    .flatMap((block) =>
      isBlock(block, "tool_use") ? [`${block.name} ${JSON.stringify(block.input)}`.slice(0, CALL_CHARS)] : [],
    )
    .slice(-CALLS)
}
