import { raceAbort } from "../lib/abort.ts"
import type { Call, Decision, Reason } from "../model/permission.ts"
import type { ToolOutput } from "../model/tool.ts"
import { decide } from "../permissions/decide.ts"
import type { ReadyCall } from "./call.ts"
import { fireHook, hears } from "./fire-hook.ts"
import { notify } from "./notify.ts"
import { inputToShow } from "./plan.ts"
import type { Run } from "./run.ts"
import { toolInput } from "./tool-input.ts"

export type Authorisation =
  | {
      readonly go: true
      readonly input: Readonly<Record<string, unknown>>
      readonly context: readonly string[]
      /** A hook lets the call run, and ends the turn after it. */
      readonly stop?: string
    }
  | Refusal
  /** It cannot be made as things are now: nobody was asked, and this is its result. */
  | { readonly go: false; readonly answered: ToolOutput }

/** Somebody or something did not want the call. */
export interface Refusal {
  readonly go: false
  readonly reason: Reason
  readonly by: "rule" | "person" | "policy" | "hook"
  /** What the model is told. */
  readonly text: string
  /** The person wants the whole turn to end. */
  readonly endTurn?: boolean
  /** A hook puts the call off to a later process. */
  readonly deferred?: true
  /** A hook ends the turn after this refusal; why. */
  readonly stop?: string
}

/** The verdict without asking anyone: what may run beside others, and what needs a word. */
export function judge(run: Run, call: ReadyCall): Decision {
  return decide(toCall(run, call), run.policy())
}

export function toCall(run: Run, call: ReadyCall): Call {
  return {
    tool: call.tool.name,
    input: call.input,
    access: call.tool.access(call.input, run.session.place()),
  }
}

/**
 * Hooks, rules, mode, then the person, in this order (spec/settings.md section 4). Whatever changes the input on
 * the way, the result is judged again, so that no later voice lowers a deny.
 */
export async function authorise(run: Run, call: ReadyCall): Promise<Authorisation> {
  let input = call.input
  let vote: "allow" | "ask" | undefined
  let voteReason: string | undefined
  let stop: { readonly stop: string } | object = {}
  const context: string[] = []

  if (hears(run, "PreToolUse")) {
    const outcome = await fireHook(
      run,
      "PreToolUse",
      { ...(await toolInput(run, call)), tool_use_id: call.id },
      { toolUseId: call.id, matcher: call.tool.name, call: toCall(run, call) },
    )
    context.push(...(outcome.context ?? []))
    if (outcome.stop === true) stop = { stop: outcome.stopReason ?? "a PreToolUse hook ended the turn" }
    if (outcome.decision === "deny") {
      const text = outcome.reason ?? "a PreToolUse hook refused this call"
      return { go: false, by: "hook", reason: { kind: "hook", text }, text, ...stop }
    }
    if (outcome.decision === "defer" && run.mayDefer === true) {
      const text = "This call was put off by a hook."
      return { go: false, by: "hook", reason: { kind: "hook", text }, text, deferred: true }
    }
    if (outcome.updatedInput !== undefined) input = outcome.updatedInput
    // Where a call cannot be put off, the cautious reading of "not now" is to ask.
    vote = outcome.decision === "defer" ? "ask" : outcome.decision
    voteReason = outcome.reason
  }

  const checked = checkInput(run, call, input)
  if (!checked.ok) return refuse("policy", { kind: "hook", text: checked.message })
  input = checked.input
  const decision = judge(run, { ...call, input })

  if (run.readOnly && !decision.readOnly && changesThings(run, { ...call, input }))
    return refuse("rule", { kind: "other", text: "this subagent only looks and changes nothing" })
  if (decision.verdict === "deny") return refuse("rule", decision.reason)
  if (decision.verdict === "allow" && vote !== "ask") return { go: true, input, context, ...stop }
  // What only the person can answer needs their answer, which a hook can bring as changed input.
  const personal = toCall(run, { ...call, input }).access.some(({ kind }) => kind === "person")
  const answerable =
    decision.verdict === "ask" &&
    vote === "allow" &&
    decision.reason.rule === undefined &&
    (!personal || input !== call.input)
  if (answerable && decision.reason.kind !== "safetyCheck") return { go: true, input, context, ...stop }

  const asked: Decision =
    vote === "ask" && decision.verdict === "allow"
      ? {
          ...decision,
          verdict: "ask",
          reason: { kind: "hook", text: voteReason ?? "a hook wants you to decide" },
        }
      : decision
  const answered = await ask(run, { ...call, input }, asked, context)
  return answered.go ? { ...answered, ...stop } : answered
}

async function ask(
  run: Run,
  call: ReadyCall,
  judged: Decision,
  context: readonly string[],
): Promise<Authorisation> {
  const { session, signal } = run
  const decision = withoutVainOffers(run, judged)
  if (hears(run, "PermissionRequest")) {
    const outcome = await fireHook(
      run,
      "PermissionRequest",
      {
        ...(await toolInput(run, call)),
        permission_suggestions: decision.offers[0]?.updates ?? [],
      },
      { toolUseId: call.id, matcher: call.tool.name, call: toCall(run, call) },
    )
    if (outcome.stop === true) {
      const text = outcome.stopReason ?? "a PermissionRequest hook ended the turn"
      return { ...refuse("hook", { kind: "hook", text }), stop: text }
    }
    if (outcome.decision === "allow") {
      if (outcome.updatedPermissions !== undefined) session.updatePermissions(outcome.updatedPermissions)
      return changed(run, call, outcome.updatedInput, "hook", context)
    }
    if (outcome.decision === "deny") {
      const text = outcome.reason ?? "a PermissionRequest hook refused this call"
      const refused = refuse("hook", { kind: "hook", text })
      return outcome.interrupt === true ? { ...refused, endTurn: true } : refused
    }
  }
  if (!session.canAsk) return refuse("policy", decision.reason)

  const problem = await raceAbort(session.check(run, call), signal)
  if (problem !== null && problem !== "aborted") return { go: false, answered: problem }
  const preview = await raceAbort(session.preview(run, call), signal)
  const ask = `ask_${crypto.randomUUID()}`
  const input = await inputToShow(run, call)
  const waiting = session.asks.open(ask, signal)
  run.emit({
    type: "ask",
    ask,
    toolUseId: call.id,
    tool: call.tool.name,
    input,
    title: call.title,
    decision,
    ...(preview === undefined || preview === "aborted" ? {} : { preview }),
  })
  const patience = remind(run, call)
  const answer = await waiting
  clearTimeout(patience)
  run.emit({ type: "ask.end", ask, verdict: answer.verdict })

  if (answer.verdict === "deny") {
    const endTurn = answer.interrupt === true || (answer.message ?? "") === ""
    const text =
      (answer.message ?? "") === ""
        ? "The user refused this call. Nothing was run. Stop here and wait for the user to say how to go on."
        : `The user refused this call and nothing was run. The user says: ${answer.message}`
    // Shown behind "Refused by you", so only what was said with it.
    return { go: false, by: "person", reason: { kind: "other", text: answer.message ?? "" }, text, endTurn }
  }

  if (answer.updates !== undefined) session.updatePermissions(answer.updates)
  return changed(run, call, answer.input, "other", context)
}

/** Whoever said yes may have changed the call; a deny rule still stands above what was changed. */
function changed(
  run: Run,
  call: ReadyCall,
  input: Readonly<Record<string, unknown>> | undefined,
  kind: "hook" | "other",
  context: readonly string[],
): Authorisation {
  if (input === undefined) return { go: true, input: call.input, context }
  const checked = checkInput(run, call, input)
  if (!checked.ok) return refuse("policy", { kind, text: checked.message })
  const again = judge(run, { ...call, input: checked.input })
  if (again.verdict === "deny") return refuse("rule", again.reason)
  return { go: true, input: checked.input, context }
}

/** A question that stays open is told to Notification hooks (spec/hooks.md, output). */
const REMIND_MS = 6_000

function remind(run: Run, call: ReadyCall): ReturnType<typeof setTimeout> | undefined {
  if (!hears(run, "Notification")) return undefined
  const message = `ccts needs your permission to use ${call.tool.name}`
  return setTimeout(() => void notify(run, "permission_prompt", message), REMIND_MS)
}

/** Reading the net is looking, too. */
function changesThings(run: Run, { tool, input }: ReadyCall): boolean {
  return tool
    .access(input, run.session.place())
    .some((access) => access.kind !== "read" && access.kind !== "net")
}

/** An allow rule that policy would not let count is not offered. */
function withoutVainOffers(run: Run, decision: Decision): Decision {
  if (run.session.options.permissions.managedRulesOnly !== true) return decision
  const offers = decision.offers.filter(({ updates }) => updates.every(({ type }) => type !== "addRules"))
  return { ...decision, offers }
}

function refuse(by: "rule" | "policy" | "hook", reason: Reason): Refusal {
  const text =
    by === "policy"
      ? `This call needs permission and nobody is there to give it: ${reason.text}. Nothing was run.`
      : `Permission denied: ${reason.text}. Nothing was run.`
  return { go: false, by, reason, text }
}

function checkInput(
  run: Run,
  call: ReadyCall,
  input: Readonly<Record<string, unknown>>,
): { ok: true; input: Readonly<Record<string, unknown>> } | { ok: false; message: string } {
  if (input === call.input) return { ok: true, input }
  const parsed = call.tool.schema.safeParse(input)
  if (parsed.success) {
    const { tool } = call
    // Paths as whoever changed them wrote them are judged as the tool will take them.
    const ready = tool.normalize?.(parsed.data, run.session.place()) ?? parsed.data
    return { ok: true, input: ready as Readonly<Record<string, unknown>> }
  }
  return {
    ok: false,
    message: `the changed input of ${call.tool.name} is not valid: ${parsed.error.message}`,
  }
}
