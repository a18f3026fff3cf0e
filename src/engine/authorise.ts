import type { Call, Decision, Reason } from "../model/permission.ts"
import { decide } from "../permissions/decide.ts"
import type { ReadyCall } from "./call.ts"
import { inputToShow } from "./plan.ts"
import type { Run } from "./run.ts"

export type Authorisation =
  | {
      readonly go: true
      readonly input: Readonly<Record<string, unknown>>
      readonly context: readonly string[]
    }
  | {
      readonly go: false
      readonly reason: Reason
      readonly by: "rule" | "person" | "policy" | "hook"
      /** What the model is told. */
      readonly text: string
      /** The person wants the whole turn to end. */
      readonly endTurn?: boolean
    }

/** The verdict without asking anyone: what may run beside others, and what needs a word. */
export function judge(run: Run, call: ReadyCall): Decision {
  return decide(toCall(run, call), run.session.policy())
}

function toCall(run: Run, call: ReadyCall): Call {
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
  const { session, signal } = run
  const hooks = session.hooks
  let input = call.input
  let vote: "allow" | "ask" | undefined
  let voteReason: string | undefined
  const context: string[] = []

  if (hooks.listens("PreToolUse")) {
    const outcome = await hooks.fire(
      "PreToolUse",
      { tool_name: call.tool.name, tool_input: input, tool_use_id: call.id },
      { signal, toolUseId: call.id, matcher: call.tool.name },
    )
    context.push(...(outcome.context ?? []))
    if (outcome.decision === "deny") {
      const text = outcome.reason ?? "a PreToolUse hook refused this call"
      return { go: false, by: "hook", reason: { kind: "hook", text }, text }
    }
    if (outcome.updatedInput !== undefined) input = outcome.updatedInput
    vote = outcome.decision
    voteReason = outcome.reason
  }

  const checked = checkInput(call, input)
  if (!checked.ok) return refuse("policy", { kind: "hook", text: checked.message })
  input = checked.input
  const decision = judge(run, { ...call, input })

  if (decision.verdict === "deny") return refuse("rule", decision.reason)
  if (decision.verdict === "allow" && vote !== "ask") return { go: true, input, context }
  const answerable = decision.verdict === "ask" && vote === "allow" && decision.reason.rule === undefined
  if (answerable && decision.reason.kind !== "safetyCheck") return { go: true, input, context }

  const asked: Decision =
    vote === "ask" && decision.verdict === "allow"
      ? {
          ...decision,
          verdict: "ask",
          reason: { kind: "hook", text: voteReason ?? "a hook wants you to decide" },
        }
      : decision
  return ask(run, { ...call, input }, asked, context)
}

async function ask(run: Run, call: ReadyCall, decision: Decision, context: string[]): Promise<Authorisation> {
  const { session, signal } = run
  if (session.hooks.listens("PermissionRequest")) {
    const outcome = await session.hooks.fire(
      "PermissionRequest",
      { tool_name: call.tool.name, tool_input: call.input, tool_use_id: call.id },
      { signal, toolUseId: call.id, matcher: call.tool.name },
    )
    if (outcome.decision === "allow") return { go: true, input: outcome.updatedInput ?? call.input, context }
    if (outcome.decision === "deny") {
      return refuse("hook", {
        kind: "hook",
        text: outcome.reason ?? "a PermissionRequest hook refused this call",
      })
    }
  }
  if (!session.canAsk) return refuse("policy", decision.reason)

  const preview = await session.preview(run, call)
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
    ...(preview === undefined ? {} : { preview }),
  })
  const answer = await waiting
  run.emit({ type: "ask.end", ask, verdict: answer.verdict })

  if (answer.verdict === "deny") {
    const endTurn = answer.interrupt === true || (answer.message ?? "") === ""
    const text =
      (answer.message ?? "") === ""
        ? "The user refused this call. Nothing was run. Stop here and wait for the user to say how to go on."
        : `The user refused this call and nothing was run. The user says: ${answer.message}`
    return { go: false, by: "person", reason: { kind: "other", text: "refused by you" }, text, endTurn }
  }

  if (answer.updates !== undefined) session.updatePermissions(answer.updates)
  if (answer.input === undefined) return { go: true, input: call.input, context }
  // The person may have changed the call; a deny rule still stands above what was typed.
  const checked = checkInput(call, answer.input)
  if (!checked.ok) return refuse("policy", { kind: "other", text: checked.message })
  const again = judge(run, { ...call, input: checked.input })
  if (again.verdict === "deny") return refuse("rule", again.reason)
  return { go: true, input: checked.input, context }
}

function refuse(by: "rule" | "policy" | "hook", reason: Reason): Authorisation {
  const text =
    by === "policy"
      ? `This call needs permission and nobody is there to give it: ${reason.text}. Nothing was run.`
      : `Permission denied: ${reason.text}. Nothing was run.`
  return { go: false, by, reason, text }
}

function checkInput(
  call: ReadyCall,
  input: Readonly<Record<string, unknown>>,
): { ok: true; input: Readonly<Record<string, unknown>> } | { ok: false; message: string } {
  if (input === call.input) return { ok: true, input }
  const parsed = call.tool.schema.safeParse(input)
  if (parsed.success) return { ok: true, input: parsed.data as Readonly<Record<string, unknown>> }
  return {
    ok: false,
    message: `the changed input of ${call.tool.name} is not valid: ${parsed.error.message}`,
  }
}
