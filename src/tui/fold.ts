/** Events to what changes on screen. The only place that writes `TuiState`; it paints nothing. */
import { never } from "../lib/never.ts"
import { isBlock, textOf } from "../model/block.ts"
import type { Event, Notice, PromptAdded, ReplyEnd, TurnEnd } from "../model/event.ts"
import type { Cell } from "./cells.ts"
import type { Change } from "./change.ts"
import { beginAsk, cutOff, endAsk, endTool, liveTool, seeTodos } from "./fold-tools.ts"
import { duration } from "./format.ts"
import { shellCell } from "./shell-prompt.ts"
import type { TuiState } from "./state.ts"
import { VERBS, verbFor } from "./verbs.ts"
import { reportText } from "./views/report.ts"

/** Characters of a token, on average; for the running estimate only. */
const CHARACTERS_PER_TOKEN = 4
/** Turns shorter than this end without a line saying how long they took. */
const WORTH_TELLING_MS = 5_000

/** What of the preferences matters here, and the time of day. */
export interface FoldOptions {
  readonly verbs: readonly string[]
  readonly showsTurnDuration: boolean
  /** Milliseconds since 1970. */
  readonly at?: number
}

const USUAL: FoldOptions = { verbs: VERBS, showsTurnDuration: true }

export function fold(state: TuiState, event: Event, now: number, options: FoldOptions = USUAL): Change[] {
  if (event.agent !== undefined) return foldAgent(state, event)
  switch (event.type) {
    case "turn.begin":
      state.turn = {
        startedAt: now,
        number: event.turn,
        verb: verbFor(event.turn, options.verbs),
        up: 0,
        down: 0,
        streamed: 0,
        silentMs: null,
        retry: null,
        phase: null,
        hooks: new Map(),
      }
      return [{ change: "turn", running: true, durationMs: 0 }]
    case "turn.end":
      return endTurn(state, event, options)
    case "prompt":
      return promptCells(event, options.at)
    case "reply.begin":
      awake(state)
      return []
    case "reply.end":
      return endReply(state, event)
    case "block.begin": {
      awake(state)
      if (event.kind === "tool_use") {
        const tool = isBlock(event.start, "tool_use") ? event.start.name : "tool"
        state.preparing.set(event.block, { tool, characters: 0 })
      }
      if (event.kind !== "text" && event.kind !== "thinking") return []
      const text = blockText(event.start)
      const open: Change = {
        change: "open",
        block: event.block,
        kind: event.kind,
        ...(options.at === undefined ? {} : { at: options.at }),
      }
      return text === "" ? [open] : [open, { change: "grow", block: event.block, text }]
    }
    case "block.grow": {
      awake(state)
      if (state.turn !== null) state.turn.streamed += event.text.length
      const preparing = state.preparing.get(event.block)
      if (preparing === undefined) return [{ change: "grow", block: event.block, text: event.text }]
      preparing.characters += event.text.length
      return []
    }
    case "block.end":
      state.preparing.delete(event.block)
      return [
        {
          change: "close",
          block: event.block,
          content: event.content ? (event.shown ?? blockText(event.content)) : null,
        },
      ]
    case "tool.begin":
      state.tools.set(event.id, {
        ...liveTool(event.id, event.tool, event.title, event.input, now),
        agent: state.tools.get(event.id)?.agent ?? null,
      })
      return []
    case "tool.grow": {
      const tool = state.tools.get(event.id)
      if (tool !== undefined) tool.tail = event.tail
      return []
    }
    case "tool.end":
      return endTool(state, event)
    case "ask":
      return beginAsk(state, event, now)
    case "ask.end":
      return endAsk(state, event.ask, now)
    case "elicit":
      return [{ change: "elicit", elicit: event.elicit, about: event.about }]
    case "elicit.end":
      return [{ change: "elicit.end", elicit: event.elicit }]
    case "notice":
      return foldNotice(state, event, now)
    case "queue":
      state.queued = event.queued
      return []
    case "task":
      if (event.change === "started") state.tasks.set(event.task.id, event.task)
      else state.tasks.delete(event.task.id)
      return event.change === "started" ? [] : [notice(taskLevel(event.task.status), taskText(event))]
    case "session": {
      const changed = state.session?.id !== event.session.id
      state.session = event.session
      if (changed) state.todos = []
      if (changed && event.why === "clear") forget(state)
      const why =
        event.why === "start" || event.why === "clear" || event.why === "resume" ? event.why : "other"
      return [{ change: "session", why }]
    }
    case "rewound":
      if (state.session !== null)
        state.session = { ...state.session, context: { ...state.session.context, used: event.used } }
      return [{ change: "rewound", to: event.to }]
    case "compacted":
      // Until the next reply counts exactly.
      if (state.session !== null)
        state.session = {
          ...state.session,
          context: { ...state.session.context, used: event.postTokens },
        }
      return [
        notice(
          "info",
          `Conversation compacted: ${event.preTokens.toLocaleString("en")} → ${event.postTokens.toLocaleString("en")} tokens in ${duration(event.durationMs)}`,
        ),
      ]
    case "report":
      return [notice("info", reportText(event))]
    default:
      return never(event)
  }
}

/** A subagent's work is told on the row of the call that started it. */
function foldAgent(state: TuiState, event: Event): Change[] {
  // A subagent has todos of its own; the tasks are the session's.
  if (event.type === "tool.end" && event.tool !== "TodoWrite") seeTodos(state, event)
  const parent = event.agent === undefined ? undefined : state.tools.get(event.agent.toolUseId)
  if (event.type === "tool.begin" && parent !== undefined)
    parent.agent = { uses: (parent.agent?.uses ?? 0) + 1, last: `${event.tool}(${event.title})` }
  if (event.type === "ask") {
    state.asks.push(event)
    return [{ change: "ask", ask: event }]
  }
  if (event.type === "ask.end") {
    state.asks = state.asks.filter((ask) => ask.ask !== event.ask)
    return [{ change: "ask.end", ask: event.ask }]
  }
  if (event.type === "notice" && event.level === "error")
    return [notice("error", `${event.agent?.description ?? "subagent"}: ${event.text}`)]
  return []
}

function endTurn(state: TuiState, event: TurnEnd, options: FoldOptions): Change[] {
  const leftover = [...state.tools.values()].map(
    (tool): Change => ({ change: "cell", cell: tool.done ?? cutOff(tool) }),
  )
  state.turn = null
  state.tools.clear()
  state.preparing.clear()
  state.totals = event.totals
  return [
    ...leftover,
    ...endNotice(event, options),
    { change: "turn", running: false, durationMs: event.durationMs },
  ]
}

function endNotice(event: TurnEnd, { showsTurnDuration }: FoldOptions): Change[] {
  switch (event.reason) {
    case "completed":
      return event.durationMs < WORTH_TELLING_MS || !showsTurnDuration
        ? []
        : [notice("info", `Worked for ${duration(event.durationMs)}`)]
    case "interrupted":
      return [notice("warning", "Interrupted. What should ccts do instead?")]
    case "refused":
      return [notice("warning", event.message ?? "The model declined to go on.")]
    case "max_turns":
    case "budget":
      return [notice("warning", event.message ?? "The limit of this session was reached.")]
    case "api_error":
    case "crashed":
      return [notice("error", event.message ?? event.failure?.message ?? "The turn ended with an error.")]
    default:
      return never(event.reason)
  }
}

function endReply(state: TuiState, event: ReplyEnd): Change[] {
  if (event.failed === undefined) state.usage = event.usage
  if (state.turn !== null) {
    const { usage } = event
    state.turn.up += usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens
    state.turn.down += usage.output_tokens
    state.turn.streamed = 0
  }
  if (state.session !== null && event.failed === undefined)
    state.session = { ...state.session, context: event.context }
  return []
}

function promptCells(event: PromptAdded, at: number | undefined): Change[] {
  // What was said earlier is shown from the session file, with the replies.
  if (event.replay === true) return []
  const text = textOf(event.content)
  const images =
    typeof event.content === "string" ? 0 : event.content.filter((block) => block.type === "image").length
  switch (event.origin) {
    case "person": {
      const ran = shellCell(text)
      if (ran !== null) return [{ change: "cell", cell: ran }]
      const shown = [text, ...Array.from({ length: images }, (_, index) => `[Image #${index + 1}]`)]
      return [
        {
          change: "cell",
          cell: {
            kind: "prompt",
            text: shown.filter((part) => part !== "").join("\n"),
            uuid: event.uuid,
            ...(at === undefined ? {} : { at }),
          },
        },
      ]
    }
    case "task":
    case "reminder":
    case "interrupt":
      return []
    default:
      return never(event.origin)
  }
}

function foldNotice(state: TuiState, event: Notice, now: number): Change[] {
  const data = event.data ?? {}
  const number = (key: string) => (typeof data[key] === "number" ? data[key] : 0)
  if (state.turn !== null && event.code === "silence") {
    state.turn.silentMs = number("silentMs")
    return []
  }
  if (state.turn !== null && event.code === "api_retry") {
    state.turn.streamed = 0
    state.turn.silentMs = null
    state.turn.retry = {
      attempt: number("attempt"),
      max: number("maxRetries"),
      until: now + number("delayMs"),
      why: typeof data.why === "string" ? data.why : event.text,
    }
    return []
  }
  if (state.turn !== null && event.code === "compacting") {
    state.turn.phase = event.text
    return []
  }
  const hook = String(data.hook_id)
  if (event.code === "hook_started" || event.code === "hook_progress") {
    state.turn?.hooks.set(hook, event.text)
    return []
  }
  if (event.code === "hook_terminal" && typeof data.sequence === "string")
    return [{ change: "terminal", sequence: data.sequence }]
  if (event.code === "hook_response") {
    state.turn?.hooks.delete(hook)
    return []
  }
  if (event.code === "opening" || event.code === "suggesting" || event.code === "prompt_suggestion") return []
  return event.code === "mode" ? [] : [notice(event.level, event.text)]
}

/** Bytes arrive again. */
function awake(state: TuiState): void {
  if (state.turn === null) return
  state.turn.silentMs = null
  state.turn.retry = null
  state.turn.phase = null
  state.turn.hooks.clear()
}

/** Tokens written in this turn so far, the streaming reply estimated. */
export function tokensDown(turn: { readonly down: number; readonly streamed: number }): number {
  return turn.down + Math.round(turn.streamed / CHARACTERS_PER_TOKEN)
}

function forget(state: TuiState): void {
  state.tools.clear()
  state.preparing.clear()
  state.asks = []
  state.agreed = []
}

function blockText(block: { readonly type: string; readonly [key: string]: unknown } | object): string {
  if ("text" in block && typeof block.text === "string") return block.text
  return "thinking" in block && typeof block.thinking === "string" ? block.thinking : ""
}

function notice(level: Extract<Cell, { kind: "notice" }>["level"], text: string): Change {
  return { change: "cell", cell: { kind: "notice", level, text } }
}

function taskLevel(status: string): "success" | "warning" {
  return status === "completed" ? "success" : "warning"
}

function taskText(event: Extract<Event, { type: "task" }>): string {
  const { description, status } = event.task
  const { summary } = event
  if (summary === undefined) return `Background task ${description} ${status}`
  // A summary that names the task says it all.
  return summary.includes(description) ? summary : `Background task ${description} ${status}: ${summary}`
}
