/** A host that a contained command wants to reach and no list decides: rules, hooks, then the person. */
import type { Call, Offer, PermissionMode } from "../model/permission.ts"
import { NETWORK_TOOL } from "../model/permission.ts"
import type { NetworkTarget } from "../model/spawn.ts"
import { decide } from "../permissions/decide.ts"
import { withoutVainOffers } from "./authorise.ts"
import { fireHook, hears } from "./fire-hook.ts"
import { putQuestion } from "./put-question.ts"
import type { Run } from "./run.ts"

/** A command waits meanwhile; its own time limit is shorter more often than not. */
const OPEN_MS = 5 * 60_000

/** True, or one line on why not. Never rejects: `signal` and the deadline refuse. */
export async function askNetwork(
  run: Run,
  { host, port }: NetworkTarget,
  signal: AbortSignal,
): Promise<true | string> {
  const { session } = run
  const where = port === undefined || port === 443 ? host : `${host}:${port}`
  const call: Call = {
    tool: NETWORK_TOOL,
    input: { host, ...(port === undefined ? {} : { port }) },
    access: [{ kind: "net", url: `https://${host.includes(":") ? `[${host}]` : host}/` }],
  }
  const policy = run.policy()
  const decision = decide(call, { ...policy, mode: CAREFUL[policy.mode] ?? policy.mode })
  if (decision.verdict === "allow") return true
  if (decision.verdict === "deny") return decision.reason.text

  if (hears(run, "PermissionRequest")) {
    const input = { tool_name: call.tool, tool_input: call.input, permission_suggestions: [] }
    const outcome = await fireHook(run, "PermissionRequest", input, {
      matcher: call.tool,
      call,
      signal,
    })
    if (outcome.decision === "allow") {
      if (outcome.updatedPermissions !== undefined) session.updatePermissions(outcome.updatedPermissions)
      return true
    }
    if (outcome.decision === "deny") return outcome.reason ?? "a PermissionRequest hook refused it"
  }
  if (!session.canAsk) return `${decision.reason.text}, and nobody is there to be asked`

  const answer = await putQuestion(
    run,
    {
      tool: call.tool,
      input: call.input,
      title: `a command in the sandbox wants to connect to ${where}`,
      decision: withoutVainOffers(run, { ...decision, offers: [...thisSession(host), ...decision.offers] }),
    },
    AbortSignal.any([signal, AbortSignal.timeout(OPEN_MS)]),
  )
  if (answer.verdict === "deny") {
    const said = answer.message ?? ""
    return said === "" ? "the user refused it, or nobody answered in time" : `the user refused it: ${said}`
  }
  if (answer.updates !== undefined) session.updatePermissions(answer.updates)
  return true
}

/** These modes let calls run unasked because the sandbox is around them: they do not open it. */
const CAREFUL: Partial<Record<PermissionMode, PermissionMode>> = {
  bypassPermissions: "default",
  auto: "default",
}

function thisSession(host: string): readonly Offer[] {
  return [
    {
      label: `connections to ${host} in this session`,
      updates: [
        {
          type: "addRules",
          rules: [{ toolName: "WebFetch", ruleContent: `domain:${host}` }],
          behavior: "allow",
          destination: "session",
        },
      ],
    },
  ]
}
