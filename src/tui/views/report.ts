/** What the engine tells of itself, as lines for the conversation. */
import { never } from "../../lib/never.ts"
import type { ContextReport, CostReport, Report, UsageReport } from "../../model/report.ts"
import { dollars, duration, tokens } from "../format.ts"

const BAR = 40
/** Entries of one list; the rest is counted. */
const MAX_LISTED = 10

export function reportText(report: Report): string {
  switch (report.report) {
    case "cost":
      return costText(report.data)
    case "context":
      return contextText(report.data)
    case "usage":
      return usageText(report.data)
    default:
      return never(report)
  }
}

function costText({ costUsd, apiMs, models, causes, cacheShare }: CostReport): string {
  if (models.length === 0) return "Nothing has been asked of a model yet."
  const unknown = models.some(({ costBasis }) => costBasis === "unknown")
  const perModel = models.map(({ model, usage, costUsd: cost }) => {
    const read = `${tokens(usage.input_tokens)} in, ${tokens(usage.cache_creation_input_tokens)} cache write, ${tokens(usage.cache_read_input_tokens)} cache read`
    return `${model}: ${read}, ${tokens(usage.output_tokens)} out (${dollars(cost)})`
  })
  const why = causes.map(
    ({ cause, requests, costUsd: cost }) =>
      `${cause} ${dollars(cost)} (${requests} ${requests === 1 ? "request" : "requests"})`,
  )
  return [
    `Total: ${dollars(costUsd)}${unknown ? ", without models of unknown price" : ""}, ${duration(apiMs)} waiting for the model`,
    ...perModel,
    `For: ${why.join(", ")}`,
    `From the cache: ${Math.round(100 * cacheShare)}% of what went in`,
  ].join("\n")
}

function contextText(report: ContextReport): string {
  const { window, used } = report
  const share = window <= 0 ? 0 : Math.min(1, used / window)
  const full = Math.round(share * BAR)
  const rows = report.categories
    .filter((category) => category.tokens > 0)
    .map(({ name, tokens: count }) => `${name}: ${tokens(count)} (${percent(count, window)})`)
  const lists = [
    ["Memory files", report.memoryFiles.map(({ path, tokens: count }) => `${path} ${tokens(count)}`)],
    ["MCP tools", report.mcpTools.map(({ name, tokens: count }) => `${name} ${tokens(count)}`)],
  ] as const
  return [
    `${"█".repeat(full)}${"░".repeat(BAR - full)}`,
    `${tokens(used)} of ${tokens(window)} tokens (${percent(used, window)})`,
    ...rows,
    ...lists.flatMap(([name, items]) => (items.length === 0 ? [] : [`${name}: ${listed(items)}`])),
    report.autoCompact
      ? `The conversation is summarised at ${tokens(report.compactAt)} tokens.`
      : "Automatic summaries are off.",
  ].join("\n")
}

function usageText(report: UsageReport): string {
  const { costUsd, apiMs, durationMs, linesAdded, linesRemoved } = report
  return [
    `Cost: ${dollars(costUsd)}`,
    `Time: ${duration(durationMs)}, ${duration(apiMs)} of it waiting for the model`,
    `Changed lines: ${linesAdded} added, ${linesRemoved} removed`,
  ].join("\n")
}

function percent(part: number, whole: number): string {
  return whole <= 0 ? "?" : `${Math.round((1000 * part) / whole) / 10}%`
}

function listed(items: readonly string[]): string {
  const more = items.length - MAX_LISTED
  return `${items.slice(0, MAX_LISTED).join(", ")}${more > 0 ? `, and ${more} more` : ""}`
}
