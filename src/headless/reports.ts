import type { Engine } from "../model/engine.ts"
import type { ContextReport, Report, UsageReport } from "../model/report.ts"
import { contextGrid } from "./context-grid.ts"
import type { FoldState } from "./fold-state.ts"
import { modelUsage } from "./fold-turn.ts"
import type { Json } from "./shapes.ts"

/** Longest wait for the engine's own count; it needs milliseconds. */
const REPORT_MS = 10_000

interface ReportContext {
  readonly engine: Pick<Engine, "send">
  readonly state: FoldState
}

/** `get_context_usage`, `get_session_cost` and `get_usage` in the shapes of spec/headless.md section 7. */
export function reportControls(
  context: ReportContext,
): Readonly<Record<string, (request: Json, signal: AbortSignal) => Promise<Json>>> {
  return {
    async get_context_usage(_, signal) {
      return contextUsage(await ask(context, "context", signal, contextOf))
    },
    async get_session_cost(_, signal) {
      return sessionUsage(await ask(context, "usage", signal, usageOf))
    },
    async get_usage(_, signal) {
      return {
        session: sessionUsage(await ask(context, "usage", signal, usageOf)),
        subscription_type: null,
        rate_limits_available: false,
        rate_limits: null,
        behaviors: null,
      }
    },
  }
}

const contextOf = (answer: Report) => (answer.report === "context" ? answer.data : null)
const usageOf = (answer: Report) => (answer.report === "usage" ? answer.data : null)

/** `pick` takes the data out of the right kind of answer. */
function ask<T>(
  { engine, state }: ReportContext,
  report: Report["report"],
  signal: AbortSignal,
  pick: (answer: Report) => T | null,
): Promise<T> {
  const id = crypto.randomUUID()
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", onAbort)
      state.reports.delete(id)
    }
    const onAbort = () => {
      done()
      reject(new Error("withdrawn"))
    }
    const timer = setTimeout(() => {
      done()
      reject(new Error(`The session gave no ${report} report within ${REPORT_MS / 1000} s.`))
    }, REPORT_MS)
    signal.addEventListener("abort", onAbort, { once: true })
    state.reports.set(id, (answer) => {
      done()
      const data = pick(answer)
      if (data !== null) resolve(data)
      else reject(new Error(`The session answered ${answer.report} instead of ${report}.`))
    })
    engine.send({ type: "report", report, id })
  })
}

const COLORS: Readonly<Record<ContextReport["categories"][number]["id"], string>> = {
  system_prompt: "blue",
  system_tools: "cyan",
  mcp_tools: "magenta",
  memory_files: "yellow",
  messages: "green",
  autocompact_buffer: "gray",
  free_space: "gray",
}

function contextUsage(report: ContextReport): Json {
  const { used, window, messages } = report
  const categories = report.categories
    .filter(({ kind, tokens }) => kind === "free" || tokens > 0)
    .map((category) => ({ ...category, color: COLORS[category.id] }))
  return {
    categories,
    totalTokens: used,
    maxTokens: window,
    rawMaxTokens: window,
    percentage: window === 0 ? 0 : Math.round((used / window) * 1000) / 10,
    gridRows: contextGrid(categories, window),
    model: report.model,
    memoryFiles: report.memoryFiles.map((file) => ({ type: "Project", ...file })),
    mcpTools: report.mcpTools.map(({ name, server, tokens }) => ({ name, serverName: server, tokens })),
    systemTools: report.tools,
    agents: report.agents.map(({ name, source, tokens }) => ({ agentType: name, source, tokens })),
    autoCompactThreshold: report.compactAt,
    isAutoCompactEnabled: report.autoCompact,
    messageBreakdown: {
      toolCallTokens: messages.toolCalls,
      toolResultTokens: messages.toolResults,
      attachmentTokens: 0,
      assistantMessageTokens: messages.assistant,
      userMessageTokens: messages.user,
      redirectedContextTokens: 0,
      unattributedTokens: 0,
      toolCallsByType: [],
      attachmentsByType: [],
    },
    apiUsage: null,
  }
}

function sessionUsage(report: UsageReport): Json {
  return {
    total_cost_usd: report.costUsd,
    total_api_duration_ms: Math.round(report.apiMs),
    total_duration_ms: Math.round(report.durationMs),
    total_lines_added: report.linesAdded,
    total_lines_removed: report.linesRemoved,
    model_usage: modelUsage(report),
  }
}
