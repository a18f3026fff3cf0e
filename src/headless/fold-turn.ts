import { never } from "../lib/never.ts"
import type { FailureCategory } from "../model/api.ts"
import type { Totals, TurnBegin, TurnEnd } from "../model/event.ts"
import { NO_USAGE, type Usage } from "../model/usage.ts"
import { type FoldState, seal, system } from "./fold-state.ts"
import type { ModelUsage, ResultSubtype, SdkMessage } from "./sdk-message.ts"

/** What hosts may count on beyond the base protocol. */
const CAPABILITIES = ["interrupt_receipt_v1", "interrupt_cancel_queued_v1"]

export function foldTurnBegin(state: FoldState, event: TurnBegin): readonly SdkMessage[] {
  state.turnBegan = state.options.now()
  state.firstToken = null
  const { info } = state.options
  const { session } = state
  const init = system(state, "init", {
    cwd: session?.cwd ?? "",
    tools: (session?.tools ?? []).map((name) => (name === "Agent" ? "Task" : name)),
    mcp_servers: info.mcpServers.map(({ name, status, source }) => ({
      name,
      status,
      ...(source && { source }),
    })),
    ...(info.mcpServerErrors?.length && { mcp_server_errors: info.mcpServerErrors }),
    model: event.model,
    permissionMode: event.mode,
    slash_commands: info.slashCommands.map(({ name }) => name),
    apiKeySource: info.apiKeySource,
    ...(info.betas.length > 0 && { betas: info.betas }),
    claude_code_version: info.version,
    output_style: info.outputStyle,
    agents: info.agents.map(({ name }) => name),
    skills: info.skills,
    plugins: info.plugins,
    ...(info.pluginErrors?.length && { plugin_errors: info.pluginErrors }),
    effort: session?.effort ?? null,
    fast_mode_state: session?.fast === true ? "on" : "off",
    capabilities: CAPABILITIES,
  })
  const told = [init, ...foldCommands(state)]
  return state.options.sessionState
    ? [...told, system(state, "session_state_changed", { state: "running" })]
    : told
}

/** The whole list once more when it is not the one the host has: skills came or went. */
function foldCommands(state: FoldState): readonly SdkMessage[] {
  const commands = state.options.info.slashCommands
  const now = JSON.stringify(commands)
  const before = state.commands
  state.commands = now
  return before === null || before === now ? [] : [system(state, "commands_changed", { commands })]
}

export function foldTurnEnd(state: FoldState, event: TurnEnd): readonly SdkMessage[] {
  state.totals = event.totals
  const out: SdkMessage[] = [...foldCommands(state)]
  const ending = endingOf(event)
  if (event.reason === "api_error" && event.failure) {
    out.push(
      seal(state, {
        type: "assistant",
        message: {
          id: state.options.newUuid(),
          type: "message",
          role: "assistant",
          model: "<synthetic>",
          content: [{ type: "text", text: ending.text }],
          stop_reason: null,
          stop_sequence: null,
          usage: NO_USAGE,
        },
        parent_tool_use_id: null,
        error: assistantError(event.failure.category),
      }),
    )
  }
  const { turnBegan, firstToken, answers } = state
  const [first] = answers
  out.push(
    seal(state, {
      type: "result",
      subtype: ending.subtype,
      is_error: ending.isError,
      duration_ms: Math.round(event.durationMs),
      duration_api_ms: Math.round(event.apiMs),
      ...(turnBegan !== null && firstToken !== null && { ttft_ms: Math.round(firstToken - turnBegan) }),
      num_turns: event.requests,
      ...(ending.subtype === "success" ? { result: ending.text } : { errors: [ending.text] }),
      ...(event.reason === "api_error" && { api_error_status: event.failure?.status ?? null }),
      stop_reason: event.reason === "interrupted" ? null : event.stopReason,
      total_cost_usd: event.totals.costUsd,
      usage: filled(event.usage),
      modelUsage: modelUsage(event.totals),
      permission_denials: event.denials.map(({ tool, toolUseId, input }) => ({
        tool_name: tool,
        tool_use_id: toolUseId,
        tool_input: input,
      })),
      ...(event.structuredOutput !== undefined && { structured_output: event.structuredOutput }),
      ...(event.localCommand !== undefined && { local_command: event.localCommand }),
      ...(event.deferred && { deferred_tool_use: event.deferred }),
      ...(ending.terminal !== null && { terminal_reason: ending.terminal }),
      queued_turn_count: state.queued,
      result_index: state.results,
      fast_mode_state: "off",
      ...(first !== undefined && { user_message_uuid: first, user_message_uuids: answers }),
      ...(state.origin && { origin: { kind: state.origin } }),
    }),
  )
  state.results++
  forgetTurn(state)
  if (state.options.sessionState && state.queued === 0) {
    out.push(system(state, "session_state_changed", { state: "idle" }))
  }
  return out
}

/** A result for a run that could not get as far as a turn's end. */
export function failureResult(state: FoldState, errors: readonly string[], startup?: string): SdkMessage {
  return seal(state, {
    type: "result",
    subtype: "error_during_execution",
    is_error: true,
    duration_ms: state.turnBegan === null ? 0 : Math.round(state.options.now() - state.turnBegan),
    duration_api_ms: 0,
    num_turns: 0,
    errors,
    stop_reason: null,
    total_cost_usd: state.totals.costUsd,
    usage: filled(NO_USAGE),
    modelUsage: modelUsage(state.totals),
    permission_denials: [],
    ...(startup !== undefined && { startup_failure_reason: startup }),
  })
}

function forgetTurn(state: FoldState): void {
  state.answers = []
  state.origin = null
  state.turnBegan = null
  // Background subagents stream across turns, so only the main conversation is dropped.
  state.messages.delete("")
  for (const [number, block] of state.blocks) if (block.key === "") state.blocks.delete(number)
}

interface Ending {
  readonly subtype: ResultSubtype
  readonly isError: boolean
  readonly text: string
  readonly terminal: string | null
}

/** Failed requests end as `success` with `is_error`; limits and crashes have their own subtypes. */
function endingOf(event: TurnEnd): Ending {
  const { terminal } = event
  const message = event.message ?? event.result
  switch (event.reason) {
    case "completed":
      return {
        subtype: "success",
        isError: false,
        text: event.result,
        terminal: event.localCommand === undefined ? (terminal ?? "completed") : null,
      }
    case "interrupted": {
      const aborted = event.during === "tools" ? "aborted_tools" : "aborted_streaming"
      const text = event.message ?? "The turn was interrupted."
      return { subtype: "error_during_execution", isError: true, text, terminal: terminal ?? aborted }
    }
    case "refused":
      return { subtype: "success", isError: true, text: message, terminal: terminal ?? "model_error" }
    case "api_error": {
      const text = failureText(event)
      const reason = event.failure?.category === "prompt_too_long" ? "prompt_too_long" : "api_error"
      return { subtype: "success", isError: true, text, terminal: terminal ?? reason }
    }
    case "max_turns":
      return {
        subtype: "error_max_turns",
        isError: true,
        text: event.message ?? `Reached the limit of ${event.requests} turns.`,
        terminal: terminal ?? "max_turns",
      }
    case "budget":
      return {
        subtype: "error_max_budget_usd",
        isError: true,
        text: event.message ?? "The budget is spent.",
        terminal: terminal ?? "budget_exhausted",
      }
    case "crashed": {
      const retries = terminal === "structured_output_retry_exhausted"
      const subtype = retries ? "error_max_structured_output_retries" : "error_during_execution"
      return { subtype, isError: true, text: message || "The turn failed.", terminal: terminal ?? null }
    }
    default:
      return never(event.reason)
  }
}

/** Scripts and hosts look for the first two words of a failed request's text, and for its status. */
function failureText({ failure, message }: TurnEnd): string {
  const text = message ?? failure?.message ?? "the request failed"
  const status = failure?.status ?? null
  if (text.startsWith("API Error")) return text
  return status === null || text.includes(String(status))
    ? `API Error: ${text}`
    : `API Error: ${status} ${text}`
}

/** Categories that hosts know by the same name. */
const SAME = new Set<unknown>([
  "authentication_failed",
  "billing_error",
  "rate_limit",
  "invalid_request",
  "model_not_found",
  "server_error",
] satisfies FailureCategory[])

/** Our failure categories to those of spec/headless.md section 4. */
export function assistantError(category: unknown): string {
  if (SAME.has(category)) return String(category)
  if (category === "overloaded") return "server_error"
  return category === "prompt_too_long" || category === "request_too_large" ? "invalid_request" : "unknown"
}

function filled(usage: Usage): Readonly<Record<string, unknown>> {
  return { ...usage, service_tier: usage.service_tier ?? "standard" }
}

export function modelUsage(totals: Pick<Totals, "models">): Readonly<Record<string, ModelUsage>> {
  const entries = Object.entries(totals.models).map(([model, total]): [string, ModelUsage] => [
    model,
    {
      inputTokens: total.usage.input_tokens,
      outputTokens: total.usage.output_tokens,
      cacheReadInputTokens: total.usage.cache_read_input_tokens,
      cacheCreationInputTokens: total.usage.cache_creation_input_tokens,
      webSearchRequests: total.usage.server_tool_use.web_search_requests,
      costUSD: total.costUsd,
      contextWindow: total.window,
      maxOutputTokens: total.maxOutput,
      costBasis: total.costBasis,
    },
  ])
  return Object.fromEntries(entries)
}
