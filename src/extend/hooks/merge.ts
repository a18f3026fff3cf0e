import type { HookOutcome } from "../../model/hook.ts"

const STRENGTH = { deny: 3, defer: 2, ask: 1, allow: 0 } as const

/** One outcome of all hooks of an event: the strictest vote wins, texts add up, what one stops is stopped. */
export function mergeOutcomes(outcomes: readonly HookOutcome[]): HookOutcome {
  const strongest = outcomes.reduce<HookOutcome | undefined>((best, one) => {
    if (one.decision === undefined) return best
    if (best?.decision === undefined) return one
    return STRENGTH[one.decision] > STRENGTH[best.decision] ? one : best
  }, undefined)
  const blocker = outcomes.find(({ block }) => block === true)
  const stopper = outcomes.find(({ stop }) => stop === true)
  const context = outcomes.flatMap((one) => one.context ?? [])
  // An input that came with a weaker vote was made for a call that is now judged otherwise.
  const input =
    strongest?.updatedInput ?? outcomes.find(({ updatedInput }) => updatedInput !== undefined)?.updatedInput
  const reason =
    strongest?.reason ?? joined(outcomes.filter(({ block }) => block === true)) ?? stopper?.reason
  const first = <K extends keyof HookOutcome>(key: K): Pick<HookOutcome, K> | object => {
    const found = outcomes.find((one) => one[key] !== undefined)
    return found === undefined ? {} : { [key]: found[key] }
  }
  const lists = outcomes.flatMap(({ watchPaths }) => (watchPaths === undefined ? [] : [watchPaths]))
  const watched = lists.length === 0 ? null : lists.flat()
  return {
    ...(strongest?.decision !== undefined && { decision: strongest.decision }),
    ...(reason !== undefined && { reason }),
    ...(input !== undefined && { updatedInput: input }),
    ...(context.length > 0 && { context }),
    ...(blocker !== undefined && { block: true }),
    ...(stopper !== undefined && { stop: true }),
    ...(stopper?.stopReason !== undefined && { stopReason: stopper.stopReason }),
    ...(strongest?.updatedPermissions !== undefined && { updatedPermissions: strongest.updatedPermissions }),
    ...(outcomes.some(({ interrupt }) => interrupt === true) && { interrupt: true }),
    ...(outcomes.some(({ retry }) => retry === true) && { retry: true }),
    ...(outcomes.some(({ suppressPrompt }) => suppressPrompt === true) && { suppressPrompt: true }),
    ...(outcomes.some(({ reloadSkills }) => reloadSkills === true) && { reloadSkills: true }),
    ...(watched !== null && { watchPaths: watched }),
    ...first("updatedToolOutput"),
    ...first("updatedMcpToolOutput"),
    ...first("worktreePath"),
    ...first("displayContent"),
    ...first("elicitation"),
    ...first("initialUserMessage"),
    ...first("sessionTitle"),
  }
}

function joined(blockers: readonly HookOutcome[]): string | undefined {
  const reasons = blockers.flatMap(({ reason }) => (reason === undefined ? [] : [reason]))
  return reasons.length === 0 ? undefined : reasons.join("\n")
}
