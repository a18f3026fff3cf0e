/** The part of the fold that is about calls: they begin, wait for an answer, end, and are told in order. */
import { isBlock, textOf } from "../model/block.ts"
import { countLines } from "../model/count-lines.ts"
import type { ToolEnd } from "../model/event.ts"
import { clip, type ToolCell } from "./cells.ts"
import type { Change } from "./change.ts"
import { inputText } from "./input-text.ts"
import type { Ask, LiveTool, TuiState } from "./state.ts"

export function endTool(state: TuiState, event: ToolEnd): Change[] {
  const live = state.tools.get(event.id) ?? liveTool(event.id, event.tool, "", {}, 0)
  live.done = {
    kind: "tool",
    id: event.id,
    tool: event.tool,
    title: live.title,
    input: live.input,
    view: event.view,
    isError: event.isError,
    durationMs: event.durationMs,
    detail: clip(resultText(event)),
    ...(event.refused === undefined ? {} : { refused: event.refused }),
    ...(live.agent === null ? {} : { agent: live.agent }),
  }
  state.tools.set(event.id, live)
  countLines(event.view, state.edits)
  seeTodos(state, event)
  return finishedTools(state)
}

/** The list as it is now, for the live region. */
export function seeTodos(state: TuiState, { view }: ToolEnd): void {
  if (view.kind === "todos") state.todos = view.todos
}

/** Calls go to the scrollback in the order they began, so parallel ones stay together. */
function finishedTools(state: TuiState): Change[] {
  const changes: Change[] = []
  for (const [id, tool] of state.tools) {
    if (tool.done === null) break
    changes.push({ change: "cell", cell: tool.done })
    state.tools.delete(id)
  }
  return changes
}

export function beginAsk(state: TuiState, event: Ask, now: number): Change[] {
  state.asks.push(event)
  // A question that is about no call (a switch of models) has no row.
  if (event.toolUseId === event.ask) return [{ change: "ask", ask: event }]
  const tool =
    state.tools.get(event.toolUseId) ?? liveTool(event.toolUseId, event.tool, event.title, event.input, now)
  state.tools.set(event.toolUseId, { ...tool, running: false })
  return [{ change: "ask", ask: event }]
}

/** The time it waited for the answer is not time it ran. */
export function endAsk(state: TuiState, ask: string, now: number): Change[] {
  const asked = state.asks.find((one) => one.ask === ask)
  const tool = asked === undefined ? undefined : state.tools.get(asked.toolUseId)
  if (tool !== undefined) state.tools.set(tool.id, { ...tool, running: true, startedAt: now })
  state.asks = state.asks.filter((one) => one.ask !== ask)
  return [{ change: "ask.end", ask }]
}

export function liveTool(id: string, tool: string, title: string, input: object, now: number): LiveTool {
  const shown = clip(inputText(input))
  return { id, tool, title, input: shown, startedAt: now, running: true, tail: "", agent: null, done: null }
}

export function cutOff(tool: LiveTool): ToolCell {
  const { id, title, input } = tool
  const view = { kind: "text", text: "interrupted" } as const
  return {
    kind: "tool",
    id,
    tool: tool.tool,
    title,
    input,
    view,
    isError: true,
    durationMs: 0,
    detail: tool.tail,
  }
}

function resultText(event: ToolEnd): string {
  return isBlock(event.result, "tool_result") ? textOf(event.result.content) : ""
}
