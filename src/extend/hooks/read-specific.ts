/** `hookSpecificOutput`: what hooks of one event may say beside what all may say (spec/hooks.md, output). */
import { readElicitationAnswer } from "../../model/elicitation.ts"
import type { HookOutcome } from "../../model/hook.ts"
import { isPermissionUpdate } from "../../model/permission-update.ts"
import { isObject, type Json } from "../json.ts"
import type { Handler } from "./handler.ts"

/** Cuts a text to what one hook may give to the model or the person at once. */
export type Bound = (text: string) => string

/** What an answer is read by. */
export interface Reading {
  readonly event: string
  readonly handler: Handler
  readonly bounded: Bound
}

/** The event's own part, or the name of what is wrong in it. */
export function readSpecific(
  { event, bounded }: Pick<Reading, "event" | "bounded">,
  own: Json,
): HookOutcome | string {
  const outcome: Record<string, unknown> = {}
  if (own.additionalContext !== undefined && own.additionalContext !== null) {
    if (!isText(own.additionalContext)) return "additionalContext must be text"
    if (own.additionalContext !== "") outcome.context = [bounded(own.additionalContext)]
  }
  switch (event) {
    case "PreToolUse": {
      const { permissionDecision: decision, permissionDecisionReason: reason, updatedInput } = own
      if (decision !== undefined && !DECISIONS.has(decision))
        return "permissionDecision must be allow, deny, ask or defer"
      if (updatedInput !== undefined && !isObject(updatedInput)) return "updatedInput must be an object"
      if (decision !== undefined) outcome.decision = decision
      if (isText(reason)) outcome.reason = bounded(reason)
      if (updatedInput !== undefined) outcome.updatedInput = updatedInput
      break
    }
    case "PermissionRequest": {
      const { decision } = own
      if (decision === undefined) break
      if (!isObject(decision)) return "decision must be an object"
      if (decision.behavior !== "allow" && decision.behavior !== "deny")
        return "decision.behavior must be allow or deny"
      outcome.decision = decision.behavior
      if (decision.updatedInput !== undefined && decision.updatedInput !== null) {
        if (!isObject(decision.updatedInput)) return "decision.updatedInput must be an object"
        outcome.updatedInput = decision.updatedInput
      }
      if (Array.isArray(decision.updatedPermissions)) {
        if (!decision.updatedPermissions.every(isPermissionUpdate))
          return "decision.updatedPermissions are not understood"
        outcome.updatedPermissions = decision.updatedPermissions
      }
      if (isText(decision.message)) outcome.reason = bounded(decision.message)
      if (decision.interrupt === true) outcome.interrupt = true
      break
    }
    case "PostToolUse": {
      const updated = own.updatedToolOutput ?? undefined
      if (updated !== undefined) outcome.updatedToolOutput = updated
      else if (own.updatedMCPToolOutput !== undefined && own.updatedMCPToolOutput !== null)
        outcome.updatedMcpToolOutput = own.updatedMCPToolOutput
      break
    }
    case "Elicitation":
    case "ElicitationResult": {
      if (own.action === undefined) break
      const answer = readElicitationAnswer(own)
      if (answer === null) return "action must be accept, decline or cancel, content an object"
      outcome.elicitation = answer
      break
    }
    case "PermissionDenied":
      if (own.retry === true) outcome.retry = true
      break
    case "SessionStart":
      if (isText(own.initialUserMessage) && own.initialUserMessage.trim() !== "")
        outcome.initialUserMessage = own.initialUserMessage
      if (isText(own.sessionTitle)) outcome.sessionTitle = own.sessionTitle
      if (own.reloadSkills === true) outcome.reloadSkills = true
      return readWatchPaths(own, outcome)
    case "CwdChanged":
    case "FileChanged":
      return readWatchPaths(own, outcome)
    case "UserPromptSubmit":
    case "UserPromptExpansion":
      if (isText(own.sessionTitle)) outcome.sessionTitle = own.sessionTitle
      if (own.suppressOriginalPrompt === true) outcome.suppressPrompt = true
      break
    case "PreModelSwitch": {
      const { permissionDecision: decision, permissionDecisionReason: reason } = own
      if (decision !== undefined && decision !== "allow" && decision !== "deny" && decision !== "ask")
        return "permissionDecision must be allow, deny or ask"
      if (decision !== undefined) outcome.decision = decision
      if (isText(reason)) outcome.reason = bounded(reason)
      break
    }
    case "WorktreeCreate":
      if (isText(own.worktreePath) && own.worktreePath !== "") outcome.worktreePath = own.worktreePath
      break
    case "MessageDisplay":
      if (isText(own.displayContent)) outcome.displayContent = own.displayContent
      break
  }
  return outcome
}

function readWatchPaths({ watchPaths }: Json, outcome: Record<string, unknown>): HookOutcome | string {
  if (watchPaths === undefined || watchPaths === null) return outcome
  if (!Array.isArray(watchPaths) || !watchPaths.every(isText)) return "watchPaths must be a list of paths"
  outcome.watchPaths = watchPaths
  return outcome
}

const DECISIONS = new Set<unknown>(["allow", "deny", "ask", "defer"])

export function isText(value: unknown): value is string {
  return typeof value === "string"
}
