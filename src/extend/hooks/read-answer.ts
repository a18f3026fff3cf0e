/** From what a handler came back with to what it means for its event (spec/hooks.md, output). */
import type { HookOutcome } from "../../model/hook.ts"
import { isObject, type Json } from "../json.ts"
import { canBlock, mayGuard, textIsContext } from "./events.ts"
import type { Handler, Ran } from "./handler.ts"
import { type Bound, isText, type Reading, readSpecific } from "./read-specific.ts"
import { readVerdict } from "./read-verdict.ts"
import type { Said } from "./said.ts"
import { safeSequence } from "./terminal-sequence.ts"

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
  if (event === "WorktreeCreate" && handler.type !== "http") return fromWorktree(reading, ran)
  return fromProcess(reading, ran)
}

/** The path stands on the last line that says something; whatever else happened, there is no worktree. */
function fromWorktree(reading: Reading, { stdout, stderr, exitCode = 0 }: Ran): Said {
  if (exitCode !== 0) {
    const reason = reading.bounded(stderr.trim()) || `exit code ${exitCode}`
    return { outcome: { block: true, reason }, status: "error" }
  }
  const json = parseObject(stdout)
  if (json !== null) return fromObject(reading, json)
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
