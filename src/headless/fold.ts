import { never } from "../lib/never.ts"
import { textOf } from "../model/block.ts"
import type { AskEvent, Event, PromptAdded, ToolEnd } from "../model/event.ts"
import { foldBlockBegin, foldBlockEnd, foldBlockGrow, foldReplyEnd, fromAgent } from "./fold-blocks.ts"
import { agentKey, type FoldState, seal, system } from "./fold-state.ts"
import { foldCompacted, foldNotice, foldSession, foldTask } from "./fold-system.ts"
import { foldTurnBegin, foldTurnEnd } from "./fold-turn.ts"
import { denialText } from "./permission-texts.ts"
import type { SdkMessage } from "./sdk-message.ts"

/** A running call reports itself at most this often. */
const PROGRESS_EVERY_MS = 1_000

/**
 * The host's messages for one event, in order. It touches nothing but `state`: the same events give the same
 * messages, so every rule of spec/headless.md section 4 is a table row in the tests.
 */
export function toSdkMessages(state: FoldState, event: Event): readonly SdkMessage[] {
  switch (event.type) {
    case "turn.begin":
      return event.agent ? [] : foldTurnBegin(state, event)
    case "turn.end":
      return event.agent ? [] : foldTurnEnd(state, event)
    case "prompt":
      return foldPrompt(state, event)
    case "reply.begin":
      if (event.cause === "turn" || event.cause === "subagent")
        state.replies.set(event.reply, agentKey(event))
      return []
    case "reply.end":
      return foldReplyEnd(state, event)
    case "block.begin":
      return foldBlockBegin(state, event)
    case "block.grow":
      return foldBlockGrow(state, event)
    case "block.end":
      return foldBlockEnd(state, event)
    case "tool.begin":
      state.calls.set(event.id, { tool: event.tool, began: state.options.now(), told: state.options.now() })
      return []
    case "tool.grow":
      return foldProgress(state, event)
    case "tool.end":
      return foldToolEnd(state, event)
    case "ask":
      return foldAsk(state, event)
    case "ask.end":
      return state.options.sessionState && state.host !== "none"
        ? [system(state, "session_state_changed", { state: "running" })]
        : []
    case "elicit":
      return state.options.sessionState
        ? [system(state, "session_state_changed", { state: "requires_action" })]
        : []
    case "elicit.end":
      return state.options.sessionState
        ? [system(state, "session_state_changed", { state: state.turnBegan === null ? "idle" : "running" })]
        : []
    case "notice":
      return foldNotice(state, event)
    case "queue":
      state.queued = event.queued.length
      return []
    case "task":
      return foldTask(state, event)
    case "session":
      return foldSession(state, event)
    case "compacted":
      return event.agent ? [] : foldCompacted(state, event)
    case "rewound":
      return []
    case "report":
      state.reports.get(event.id)?.(event)
      return []
    default:
      return never(event)
  }
}

function foldPrompt(state: FoldState, event: Event & PromptAdded): readonly SdkMessage[] {
  if (event.replay) return []
  const message = { role: "user" as const, content: event.content }
  const user = { type: "user", message, ...fromAgent(event), uuid: event.uuid } as const
  if (event.agent) return state.subagentText ? [seal(state, user)] : []
  switch (event.origin) {
    case "person":
      state.answers.push(event.uuid)
      return state.options.replayUsers ? [seal(state, { ...user, isReplay: true })] : []
    case "task":
      state.origin = "task-notification"
      return []
    case "reminder":
      return []
    case "interrupt": {
      const text = textOf(event.content)
      return [seal(state, { ...user, message: { role: "user", content: [{ type: "text", text }] } })]
    }
    default:
      return never(event.origin)
  }
}

function foldProgress(state: FoldState, event: Event & { readonly id: string }): readonly SdkMessage[] {
  const call = state.calls.get(event.id)
  const now = state.options.now()
  if (call === undefined || now - call.told < PROGRESS_EVERY_MS) return []
  call.told = now
  return [
    seal(state, {
      type: "tool_progress",
      tool_use_id: event.id,
      tool_name: call.tool,
      parent_tool_use_id: event.agent?.toolUseId ?? null,
      elapsed_time_seconds: Math.round((now - call.began) / 100) / 10,
      ...(event.agent && { subagent_type: event.agent.type }),
    }),
  ]
}

function foldToolEnd(state: FoldState, event: Event & ToolEnd): readonly SdkMessage[] {
  state.calls.delete(event.id)
  const result = seal(state, {
    type: "user",
    message: { role: "user", content: [event.result] },
    ...fromAgent(event),
    uuid: event.uuid,
    tool_use_result: event.data,
  })
  const told = state.denied.delete(event.id)
  const refused = event.refused
  if (told || refused === undefined || (refused.by !== "rule" && refused.by !== "policy")) return [result]
  const denied = system(state, "permission_denied", {
    tool_name: event.tool,
    tool_use_id: event.id,
    ...(event.agent && { agent_id: event.agent.id }),
    decision_reason_type: refused.kind,
    decision_reason: refused.text,
    message: refused.text,
  })
  return [denied, result]
}

function foldAsk(state: FoldState, event: Event & AskEvent): readonly SdkMessage[] {
  if (state.host !== "none") {
    return state.options.sessionState
      ? [system(state, "session_state_changed", { state: "requires_action" })]
      : []
  }
  state.denied.add(event.toolUseId)
  return [
    system(state, "permission_denied", {
      tool_name: event.tool,
      tool_use_id: event.toolUseId,
      ...(event.agent && { agent_id: event.agent.id }),
      decision_reason_type: event.decision.reason.kind,
      decision_reason: event.decision.reason.text,
      message: denialText(event),
    }),
  ]
}
