/** From what a handler came back with to what it means for its event (spec/hooks.md, output). */
import { readElicitationAnswer } from "../../model/elicitation.ts"
import type { HookOutcome } from "../../model/hook.ts"
import type { PermissionUpdate } from "../../model/permission.ts"
import { isObject, type Json } from "../json.ts"
import { canBlock, mayGuard, textIsContext } from "./events.ts"
import type { Handler, Ran } from "./handler.ts"
import { readVerdict } from "./read-verdict.ts"
import type { Said } from "./said.ts"
import { safeSequence } from "./terminal-sequence.ts"

/** Cuts a text to what one hook may give to the model or the person at once. */
export type Bound = (text: string) => string

/** What an answer is read by. */
interface Reading {
  readonly event: string
  readonly handler: Handler
  readonly bounded: Bound
}

const NOTHING: HookOutcome = {}

/** Never throws: what cannot be understood is an error and no answer. */
export function readAnswer(
  event: string,
  handler: Handler,
  ran: Ran,
  { timeoutMs, bounded }: { readonly timeoutMs: number; readonly bounded: Bound },
): Said {
  const reading = { event, handler, bounded }
  if (ran.background) return { outcome: NOTHING, status: "success" }
  if (ran.cut === "interrupted") return { outcome: NOTHING, status: "cancelled" }
  if (ran.cut === "timeout") {
    const error = `did not end within ${Math.round(timeoutMs / 100) / 10} s`
    // A host that does not answer about a call it wants to watch over has not agreed to it.
    const guards = handler.type === "callback" && (event === "PreToolUse" || event === "UserPromptSubmit")
    return failed(reading, error, "cancelled", guards)
  }
  if (ran.error !== undefined) return failed(reading, ran.error, "error")
  if (ran.verdict !== undefined) return readVerdict(event, handler, ran.verdict)
  if ("answer" in ran) return fromObject(reading, ran.answer)
  if (event === "WorktreeCreate" && handler.type === "command") return fromWorktree(reading, ran)
  return fromProcess(reading, ran)
}

/** The path stands on the last line that says something; whatever else happened, there is no worktree. */
function fromWorktree(reading: Reading, { stdout, stderr, exitCode = 0 }: Ran): Said {
  if (exitCode !== 0) {
    const reason = reading.bounded(stderr.trim()) || `exit code ${exitCode}`
    return { outcome: { block: true, reason }, status: "error" }
  }
  const worktreePath = stdout
    .split("\n")
    .map((line) => line.trim())
    .findLast((line) => line !== "")
  return { outcome: worktreePath === undefined ? NOTHING : { worktreePath }, status: "success" }
}

function fromProcess(reading: Reading, { stdout, stderr, exitCode = 0 }: Ran): Said {
  const { event, bounded } = reading
  const json = parseObject(stdout)
  if (exitCode === 2) {
    const said = json === null ? null : fromObject(reading, json)
    const own = said !== null && isBlocking(said.outcome) ? said.outcome.reason : undefined
    const reason = own ?? (bounded(stderr.trim()) || `a ${event} hook said no`)
    const outcome = blocking(event, reason)
    const told = outcome === NOTHING && !SILENT.has(event) ? { message: reason } : {}
    return { outcome, status: "error", ...told }
  }
  if (json !== null) return fromObject(reading, json)
  if (exitCode !== 0) {
    const line = stderr.trim().split("\n", 1)[0] ?? ""
    return failed(reading, line === "" ? `exit code ${exitCode}` : bounded(line), "error")
  }
  const text = stdout.trim()
  if (text === "" || !textIsContext(event)) return { outcome: NOTHING, status: "success" }
  return { outcome: { context: [bounded(text)] }, status: "success" }
}

/** Events where exit code 2 changes nothing and is nobody's news. */
const SILENT = new Set(["PermissionRequest", "PermissionDenied", "MessageDisplay"])

function failed(
  { event, handler }: Reading,
  error: string,
  status: "error" | "cancelled",
  guards = false,
): Said {
  const asked = handler.onFailure === "block" && mayGuard(event)
  if (!guards && !asked) return { outcome: NOTHING, status, error }
  const reason = `a ${event} hook ${error}`
  const outcome: HookOutcome =
    event === "PermissionRequest" ? { decision: "deny", reason } : blocking(event, reason)
  return { outcome, status, error }
}

function blocking(event: string, reason: string): HookOutcome {
  if (event === "PreToolUse" || event === "PreModelSwitch") return { decision: "deny", reason }
  if (event === "PostToolBatch") return { stop: true, stopReason: reason, reason }
  return canBlock(event) ? { block: true, reason } : NOTHING
}

function isBlocking({ decision, block, stop }: HookOutcome): boolean {
  return decision === "deny" || block === true || stop === true
}

function parseObject(stdout: string): Json | null {
  const text = stdout.trim()
  if (!text.startsWith("{")) return null
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  continue: (value) => typeof value === "boolean",
  suppressOutput: (value) => typeof value === "boolean",
  stopReason: isText,
  decision: (value) => value === "approve" || value === "block",
  systemMessage: isText,
  terminalSequence: isText,
  reason: isText,
  hookSpecificOutput: isObject,
}

function fromObject(reading: Reading, value: unknown): Said {
  const { event, bounded } = reading
  const bad = (what: string) => failed(reading, `gave JSON that is not understood: ${what}`, "error")
  if (value === undefined || value === null) return { outcome: NOTHING, status: "success" }
  if (!isObject(value)) return bad("no object")
  if (value.async === true) return { outcome: NOTHING, status: "success" }
  for (const [name, fits] of Object.entries(FIELDS)) {
    const given = value[name]
    if (given !== undefined && given !== null && !fits(given)) return bad(`${name} has the wrong type`)
  }
  const own = isObject(value.hookSpecificOutput) ? value.hookSpecificOutput : {}
  if (own.hookEventName !== undefined && own.hookEventName !== event)
    return bad(`hookSpecificOutput is for ${JSON.stringify(own.hookEventName)}, not ${event}`)
  const specific = readSpecific(reading, own)
  if (typeof specific === "string") return bad(specific)

  const reason = isText(value.reason) ? bounded(value.reason) : undefined
  const base: HookOutcome =
    value.decision === "block"
      ? blocking(event, reason ?? `a ${event} hook said no`)
      : value.decision === "approve" && event === "PreToolUse"
        ? { decision: "allow", ...(reason !== undefined && { reason }) }
        : NOTHING
  const stopReason = isText(value.stopReason) ? bounded(value.stopReason) : undefined
  const stop: HookOutcome =
    value.continue === false ? { stop: true, ...(stopReason !== undefined && { stopReason }) } : NOTHING
  const message =
    isText(value.systemMessage) && value.systemMessage !== "" ? { message: bounded(value.systemMessage) } : {}
  const sequence = isText(value.terminalSequence) ? safeSequence(value.terminalSequence) : ""
  return {
    outcome: { ...base, ...specific, ...stop },
    status: "success",
    ...message,
    ...(sequence !== "" && { sequence }),
  }
}

/** The event's own part, or the name of what is wrong in it. */
function readSpecific({ event, handler, bounded }: Reading, own: Json): HookOutcome | string {
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
        if (!decision.updatedPermissions.every(isUpdate))
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
      if (handler.type !== "command" && isText(own.worktreePath) && own.worktreePath !== "")
        outcome.worktreePath = own.worktreePath
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
const UPDATES = new Set<unknown>([
  "addRules",
  "replaceRules",
  "removeRules",
  "setMode",
  "addDirectories",
  "removeDirectories",
])
const DESTINATIONS = new Set<unknown>([
  "userSettings",
  "projectSettings",
  "localSettings",
  "session",
  "cliArg",
])

function isUpdate(value: unknown): value is PermissionUpdate {
  if (!isObject(value) || !UPDATES.has(value.type) || !DESTINATIONS.has(value.destination)) return false
  if (value.type === "setMode") return isText(value.mode)
  const list = value.directories ?? value.rules
  if (!Array.isArray(list)) return false
  return value.rules === undefined
    ? list.every(isText)
    : list.every((rule) => isObject(rule) && isText(rule.toolName))
}

function isText(value: unknown): value is string {
  return typeof value === "string"
}
