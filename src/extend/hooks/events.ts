/** What is particular to single events (the tables of spec/hooks.md). */

/** Events whose exit code 2 or `decision: "block"` means: do not go on as planned. */
const BLOCKS: ReadonlySet<string> = new Set([
  "UserPromptSubmit",
  "UserPromptExpansion",
  "PostToolUse",
  "PostToolUseFailure",
  "PostToolBatch",
  "Stop",
  "SubagentStop",
  "PreCompact",
  "ConfigChange",
  "Elicitation",
  "ElicitationResult",
  "TaskCreated",
  "TaskCompleted",
  "TeammateIdle",
])

/** Events whose plain stdout is text for the model. */
const TEXT_IS_CONTEXT: ReadonlySet<string> = new Set([
  "UserPromptSubmit",
  "UserPromptExpansion",
  "SessionStart",
])

/** Events of one tool call: only they know `if`. */
const TOOL_EVENTS: ReadonlySet<string> = new Set([
  "PreToolUse",
  "PostToolUse",
  "PostToolUseFailure",
  "PermissionRequest",
  "PermissionDenied",
])

/** Events with a matcher; elsewhere it is ignored. */
const MATCHED: ReadonlySet<string> = new Set([
  ...TOOL_EVENTS,
  "SessionStart",
  "Setup",
  "SessionEnd",
  "Notification",
  "SubagentStart",
  "SubagentStop",
  "PreCompact",
  "PostCompact",
  "ConfigChange",
  "StopFailure",
  "InstructionsLoaded",
  "UserPromptExpansion",
  "Elicitation",
  "ElicitationResult",
  "FileChanged",
  "DirectoryAdded",
  "PreModelSwitch",
  "PostModelSwitch",
])

const OTHERS = [
  "CwdChanged",
  "WorktreeCreate",
  "WorktreeRemove",
  "MessageDisplay",
  "UserPromptSubmit",
  "PostToolBatch",
  "Stop",
  "TeammateIdle",
  "TaskCreated",
  "TaskCompleted",
]

/** Every event there is, fired here or not. */
export const HOOK_EVENTS: ReadonlySet<string> = new Set([...MATCHED, ...OTHERS])

/** Events that a model may be asked about: there its answer can still change something. */
const MODEL_EVENTS: ReadonlySet<string> = new Set([
  ...TOOL_EVENTS,
  "PostToolBatch",
  "Stop",
  "SubagentStop",
  "TaskCompleted",
  "TaskCreated",
  "TeammateIdle",
  "UserPromptExpansion",
  "UserPromptSubmit",
])

/** Whether a handler of `type` may listen to `event` (the type support of spec/hooks.md). */
export function supports(event: string, type: string): boolean {
  if (type === "command" || type === "mcp_tool") return true
  if (type === "http") return event !== "SessionStart" && event !== "Setup"
  return MODEL_EVENTS.has(event)
}

/** Events whose failed handlers never stop anything: they would keep a turn from ending. */
const NEVER_GUARDED: ReadonlySet<string> = new Set(["Stop", "SubagentStop", "TaskCompleted", "TeammateIdle"])
export const mayGuard = (event: string): boolean => !NEVER_GUARDED.has(event)

export const canBlock = (event: string): boolean => BLOCKS.has(event)
export const textIsContext = (event: string): boolean => TEXT_IS_CONTEXT.has(event)
export const isToolEvent = (event: string): boolean => TOOL_EVENTS.has(event)
export const hasMatcher = (event: string): boolean => MATCHED.has(event)

/** Seconds a handler of `type` may take when it does not say (spec/hooks.md, handler fields). */
export function defaultTimeout(event: string, type: string): number {
  switch (event) {
    case "UserPromptSubmit":
      return 30
    case "MessageDisplay":
      return 10
    case "SessionEnd":
      return SESSION_END_SECONDS
    default:
      return type === "prompt" ? 30 : type === "agent" ? 60 : 600
  }
}

/** What all SessionEnd hooks together get: they hold up the person's shell. */
const SESSION_END_SECONDS = 1.5

/** Nothing a handler says makes it wait longer. */
export function maxTimeout(event: string): number {
  return event === "SessionEnd" ? 60 : 86_400
}
