import { never } from "../lib/never.ts"
import { isBlock } from "../model/block.ts"
import type { ContextReport, CostReport, Report, UsageReport } from "../model/report.ts"
import type { AnyTool } from "../model/tool.ts"
import { addUsage, NO_USAGE } from "../model/usage.ts"
import { contextEstimate } from "./compaction/compact.ts"
import { CHARS_PER_TOKEN, estimateTokens, thresholds } from "./compaction/tokens.ts"
import type { Ledger } from "./ledger.ts"
import type { SystemText } from "./prompt/system-prompt.ts"
import { isDeferred, offeredTools, toolSpecs } from "./request.ts"
import type { Run } from "./run.ts"

/** For `/cost` and hosts: totals, by model and by cause. */
export function costReport(ledger: Ledger): CostReport {
  const { costUsd, apiMs, models } = ledger.totals()
  const causes = Object.entries(ledger.byCause()).map(([cause, totals]) => ({ cause, ...totals }))
  const all = causes.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE)
  const input = all.input_tokens + all.cache_creation_input_tokens + all.cache_read_input_tokens
  return {
    costUsd,
    apiMs,
    models: Object.entries(models).map(([model, totals]) => ({ model, ...totals })),
    causes: causes.sort((a, b) => b.costUsd - a.costUsd),
    cacheShare: input === 0 ? 0 : all.cache_read_input_tokens / input,
  }
}

/** For hosts: what this process used and changed. `durationMs` since the start. */
export function usageReport(
  ledger: Ledger,
  facts: { readonly durationMs: number; readonly linesAdded: number; readonly linesRemoved: number },
): UsageReport {
  return { ...ledger.totals(), ...facts }
}

/** For `/context`: what the next request of this run is made of. */
export async function contextReport(run: Run): Promise<ContextReport> {
  const { model } = run.settings()
  const { options } = run.session
  const system = await run.system()
  // What is put off takes no room until it is found.
  const tools = offeredTools(run).filter((tool) => !isDeferred(tool))
  const specs = await toolSpecs(tools)
  const sized = specs.map((spec) => ({ name: spec.name, tokens: tokensOf(JSON.stringify(spec)) }))
  const mcpTools = sized
    .filter(({ name }) => isMcp(name))
    .map((tool) => ({ ...tool, server: tool.name.split("__")[1] ?? "" }))
  const own = sized.filter(({ name }) => !isMcp(name))
  const memoryFiles = system.flatMap((part) =>
    (part.memory ?? []).map(({ path, content, type }) => ({
      path,
      tokens: tokensOf(content),
      ...(type === undefined ? {} : { type }),
    })),
  )
  const memory = sum(system.filter((part) => part.memory !== undefined).map(size))
  const prompt = sum(system.filter((part) => part.memory === undefined).map(size))
  const fixed = prompt + memory + sum(sized.map(({ tokens }) => tokens))
  const known = run.meter.contextUsed > 0
  const used = known ? contextEstimate(run) : fixed + estimateTokens(run.history.lines)
  const { compact } = thresholds(model, options.compaction.window, options.compaction.share)
  const { auto } = options.compaction
  const buffer = auto ? Math.max(0, model.window - Math.max(compact, used)) : 0
  return {
    model: model.id,
    window: model.window,
    used,
    categories: [
      { id: "system_prompt", name: "System prompt", kind: "used", tokens: prompt },
      {
        id: "system_tools",
        name: "System tools",
        kind: "used",
        tokens: sum(own.map(({ tokens }) => tokens)),
      },
      { id: "mcp_tools", name: "MCP tools", kind: "used", tokens: sum(mcpTools.map(({ tokens }) => tokens)) },
      { id: "memory_files", name: "Memory files", kind: "used", tokens: memory },
      { id: "messages", name: "Messages", kind: "used", tokens: Math.max(0, used - fixed) },
      { id: "autocompact_buffer", name: "Autocompact buffer", kind: "buffer", tokens: buffer },
      {
        id: "free_space",
        name: "Free space",
        kind: "free",
        tokens: Math.max(0, model.window - used - buffer),
      },
    ],
    tools: own,
    mcpTools,
    memoryFiles,
    agents: options.agents.kinds.map(({ name, source, description }) => ({
      name,
      source,
      tokens: tokensOf(`${name}${description}`),
    })),
    messages: messageSizes(run),
    autoCompact: auto,
    compactAt: compact,
  }
}

function messageSizes(run: Run): ContextReport["messages"] {
  const sizes = { toolCalls: 0, toolResults: 0, assistant: 0, user: 0 }
  for (const line of run.history.lines) {
    const { content } = line.message
    const blocks = typeof content === "string" ? [{ type: "text", text: content }] : content
    for (const block of blocks) {
      const tokens = tokensOf(JSON.stringify(block))
      if (isBlock(block, "tool_use")) sizes.toolCalls += tokens
      else if (isBlock(block, "tool_result")) sizes.toolResults += tokens
      else if (line.type === "assistant") sizes.assistant += tokens
      else sizes.user += tokens
    }
  }
  return sizes
}

function isMcp(name: AnyTool["name"]): boolean {
  return name.startsWith("mcp__")
}

function size({ text }: SystemText): number {
  return tokensOf(text)
}

function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARS_PER_TOKEN)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

interface Facts {
  readonly ledger: Ledger
  readonly run: Run
  readonly durationMs: number
  readonly linesAdded: number
  readonly linesRemoved: number
}

/** The report a `report` command asks for. */
export async function makeReport(report: Report["report"], facts: Facts): Promise<Report> {
  const { ledger, run, durationMs, linesAdded, linesRemoved } = facts
  switch (report) {
    case "cost":
      return { report, data: costReport(ledger) }
    case "context":
      return { report, data: await contextReport(run) }
    case "usage":
      return { report, data: usageReport(ledger, { durationMs, linesAdded, linesRemoved }) }
    default:
      return never(report)
  }
}
