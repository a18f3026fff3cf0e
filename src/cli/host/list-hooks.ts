/** The hooks of a session as a host's listing of them (`get_hooks_listing` of the protocol). */
import type { Config } from "../../config/load.ts"
import { HOOK_EVENTS, hasMatcher } from "../../extend/hooks/events.ts"
import type { Json } from "../../headless/shapes.ts"
import type { HookRow } from "../../model/hook.ts"
import type { Flags } from "../flags.ts"

/** What an event is about, in the order of a session's course; events without a row come last under their name. */
const SUMMARIES: Readonly<Record<string, string>> = {
  Setup: "Before the session starts, with --init or --maintenance",
  SessionStart: "When a session starts or goes on",
  InstructionsLoaded: "When an instruction file is read",
  UserPromptSubmit: "When a prompt is sent",
  UserPromptExpansion: "When a slash command becomes a prompt",
  PreModelSwitch: "Before the model changes",
  PostModelSwitch: "After the model changed",
  PreToolUse: "Before a tool runs",
  PermissionRequest: "When a call needs approval",
  PermissionDenied: "When a call was refused",
  PostToolUse: "After a tool ran",
  PostToolUseFailure: "After a tool failed",
  PostToolBatch: "After all calls of one reply",
  SubagentStart: "When a subagent starts",
  SubagentStop: "When a subagent ends",
  TaskCreated: "When a task is created",
  TaskCompleted: "When a task is completed",
  Elicitation: "When an MCP server asks something",
  ElicitationResult: "When that was answered",
  Notification: "When the person is needed",
  MessageDisplay: "When a message is shown",
  PreCompact: "Before the conversation is compacted",
  PostCompact: "After it was compacted",
  Stop: "When the model has finished",
  StopFailure: "When a turn failed",
  TeammateIdle: "When a teammate has nothing to do",
  CwdChanged: "When the working folder changed",
  FileChanged: "When a watched file changed",
  DirectoryAdded: "When a working folder was added",
  WorktreeCreate: "When a worktree is made",
  WorktreeRemove: "When a worktree is removed",
  ConfigChange: "When settings changed",
  SessionEnd: "When a session ends",
}

const LABELS: Readonly<Record<string, string>> = {
  command: "Command",
  http: "URL",
  prompt: "Prompt",
  agent: "Prompt",
  mcp_tool: "Tool",
}

/** Hooks of a managed layer are counted, not shown, where only they may run. */
export function listHooks(rows: readonly HookRow[], config: Config, flags: Flags): Json {
  const managed = config.layers.filter(({ source }) => source === "policySettings")
  const says = (key: string) => managed.some(({ values }) => values[key] === true)
  const managedOnly = says("allowManagedHooksOnly")
  const order = [...new Set([...Object.keys(SUMMARIES), ...HOOK_EVENTS])].filter((name) =>
    HOOK_EVENTS.has(name),
  )
  const shown = rows.filter(({ source }) => !managedOnly || source !== "policySettings")
  const hooks = order.flatMap((event) => shown.filter((row) => row.event === event).map(describe))
  const about = (name: string) => ({
    name,
    summary: SUMMARIES[name] ?? name,
    supportsMatcher: hasMatcher(name),
  })
  const counted = order.map((name) => ({
    ...about(name),
    hookCount: hooks.filter(({ event }) => event === name).length,
  }))
  return {
    events: counted.filter(({ hookCount }) => hookCount > 0),
    hooks,
    eventCatalog: order.map(about),
    policy: {
      disabledByPolicy: says("disableAllHooks"),
      managedOnly,
      pluginOnly: false,
      allDisabled: config.settings.disableAllHooks === true,
      policyHookCount: rows.filter(({ source }) => source === "policySettings").length,
    },
    ...(flags.safeMode === true && {
      safeMode: { managedHooksStillApply: false, exitHint: "Start without --safe-mode." },
    }),
    ...(flags.bare === true && { bareMode: { exitHint: "Start without --bare." } }),
  }
}

function describe(row: HookRow) {
  const { event, source, label, type, timeout } = row
  const commandText = revealed(row.text)
  const status = row.statusMessage === undefined ? undefined : revealed(row.statusMessage)
  return {
    event,
    matcher: revealed(row.matcher),
    source,
    sourceLabel: label,
    type,
    displayText: (status ?? commandText).split("\n")[0] ?? "",
    commandText,
    contentLabel: LABELS[type] ?? "Hook",
    ...(row.if !== undefined && { condition: revealed(row.if) }),
    ...(timeout !== undefined && { timeout }),
    ...(status !== undefined && { statusMessage: status }),
    ...(row.once === true && { runsOnce: true }),
    ...(row.background === true && { runsInBackground: true }),
    ...(row.disabled === true && { disabled: true }),
  }
}

/** Control characters as one can see them, `\\u001b`; lines stay lines. */
function revealed(text: string): string {
  return [...text].map((char) => (isControl(char) ? JSON.stringify(char).slice(1, -1) : char)).join("")
}

function isControl(char: string): boolean {
  const code = char.codePointAt(0) ?? 0
  return (code < 32 && char !== "\n" && char !== "\t") || (code >= 127 && code < 160)
}
