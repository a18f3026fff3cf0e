/**
 * History in, a request the service accepts out: pure, total, and byte-stable. The messages of one turn are a prefix
 * of the messages of the next one, so that the prompt cache holds.
 */
import type {
  ApiMessage,
  MessagesRequest,
  RequestSettings,
  ServerToolSpec,
  SystemPart,
  ToolSpec,
} from "../model/api.ts"
import type { CacheControl } from "../model/block.ts"
import type { MessageLine } from "../model/line.ts"
import { EFFORTS, type Effort, type ModelInfo } from "../model/model-info.ts"
import { assembleTurns, type Turn } from "./assemble-turns.ts"
import { isThinking } from "./clean-block.ts"
import { limitMedia } from "./limit-media.ts"
import { betasOf } from "./models.ts"
import { settleReferences } from "./tool-references.ts"

export interface RequestInput {
  readonly history: readonly MessageLine[]
  /** `cacheable`: the same in every session of this kind; the mark goes to the end of the last such part. */
  readonly system: readonly { readonly text: string; readonly cacheable: boolean }[]
  readonly tools: readonly (ToolSpec | ServerToolSpec)[]
  readonly settings: RequestSettings
  readonly metadata?: { readonly user_id: string }
  readonly betas?: readonly string[]
  /** Keys made by `quarantineKey`: `${uuid}` or `${uuid}:${blockIndex}`. */
  readonly quarantined?: ReadonlySet<string>
  /** How long the prompt cache lives; `off` sends no marks. Default `5m`. */
  readonly ttl?: "5m" | "1h" | "off"
}

/** Smallest thinking budget the service takes. */
const MIN_BUDGET = 1024
/** For models that think by budget when the person named none. */
const DEFAULT_BUDGET = 16_000

/** spec/api.md section 4. */
const TASK_BUDGET_BETA = "task-budgets-2026-03-13"
const FAST_BETA = "fast-mode-2026-02-01"

export function buildRequest(input: RequestInput): MessagesRequest {
  const { model, effort } = input.settings
  const maxTokens = maxTokensOf(input.settings)
  const { turns, thinking } = assemble(input, maxTokens)
  const mark = markOf(input.ttl)
  const system = markSystem(input.system, mark)
  const tools = mark && system.length === 0 ? markLast(input.tools, mark) : input.tools
  const level = effort === undefined ? null : nearestEffort(effort, model)
  const { taskBudget } = input.settings
  const output = {
    ...(level ? { effort: level } : {}),
    ...(taskBudget === undefined ? {} : { task_budget: { type: "tokens", total: taskBudget } }),
  }
  const budgetBeta = taskBudget === undefined ? [] : [TASK_BUDGET_BETA]
  const isFast = input.settings.fast === true && model.fast === true
  const fastBeta = isFast ? [FAST_BETA] : []
  const betas = [...new Set([...betasOf(model), ...budgetBeta, ...fastBeta, ...(input.betas ?? [])])]
  return {
    model: model.id,
    max_tokens: maxTokens,
    messages: markMessages(turns, mark),
    ...(system.length > 0 ? { system } : {}),
    ...(tools.length > 0 ? { tools } : {}),
    ...(thinking ? { thinking } : {}),
    ...(Object.keys(output).length > 0 ? { output_config: output } : {}),
    ...(input.metadata ? { metadata: input.metadata } : {}),
    ...(isFast ? { speed: "fast" as const } : {}),
    stream: true,
    ...(betas.length > 0 ? { betas } : {}),
  }
}

/** A line of the record, and the block in it when the service named one. */
export interface Place {
  readonly uuid: string
  readonly block: number | null
}

/**
 * Maps a place the service named (`messages.3.content.1`) back to the record. Without a block it is the first image or
 * document of the message, as these are what is rejected in practice, else its first line. Null for what was made up.
 */
export function placeOf(
  input: RequestInput,
  place: { readonly message: number; readonly block?: number },
): Place | null {
  const { turns } = assemble(input, maxTokensOf(input.settings))
  const slots = turns[place.message]?.slots ?? []
  if (place.block !== undefined) {
    const slot = slots[place.block]
    return slot?.uuid ? { uuid: slot.uuid, block: slot.index } : null
  }
  const media = slots.find(({ block, uuid }) => uuid && JSON.stringify(block).includes('"source":'))
  if (media?.uuid) return { uuid: media.uuid, block: media.index }
  const uuid = slots.find((slot) => slot.uuid)?.uuid
  return uuid ? { uuid, block: null } : null
}

/** The form `RequestInput.quarantined` holds. */
export function quarantineKey(place: Place): string {
  return place.block === null ? place.uuid : `${place.uuid}:${place.block}`
}

interface Assembled {
  readonly turns: readonly Turn[]
  readonly thinking: Readonly<Record<string, unknown>> | null
}

function assemble(input: RequestInput, maxTokens: number): Assembled {
  const { history, settings, quarantined = new Set<string>() } = input
  const model = settings.model.id
  const wanted = thinkingOf(settings, maxTokens)
  const isOn = wanted !== null && wanted.type !== "disabled"
  let turns = assembleTurns({ history, model, quarantined, thinking: isOn ? "keep" : "drop" })
  let thinking = wanted
  if (wanted?.type === "enabled" && !canThink(turns)) {
    thinking = null
    turns = assembleTurns({ history, model, quarantined, thinking: "drop" })
  }
  limitMedia(turns)
  settleReferences(turns, input.tools)
  return { turns, thinking }
}

/** With a budget, a reply whose calls are being answered must start with its thinking; it may be lost or foreign. */
function canThink(turns: readonly Turn[]): boolean {
  const answers = turns.at(-1)
  if (!answers?.slots.some(({ block }) => block.type === "tool_result")) return true
  return isThinking(turns.findLast((turn) => turn.role === "assistant")?.slots[0]?.block)
}

function maxTokensOf({ model, maxTokens }: RequestSettings): number {
  const wanted = Math.max(1, Math.floor(maxTokens ?? model.maxOutput))
  return model.costBasis === "unknown" ? wanted : Math.min(wanted, model.maxOutput)
}

function thinkingOf(
  { model, thinking, display = "summarized" }: RequestSettings,
  maxTokens: number,
): Readonly<Record<string, unknown>> | null {
  switch (model.thinking) {
    case "none":
      return null
    case "adaptive":
      if (thinking.type !== "off") return { type: "adaptive", display }
      // These always think and refuse to be told otherwise.
      return /fable|mythos/.test(model.id) ? { type: "adaptive", display } : { type: "disabled" }
    case "budget": {
      if (thinking.type === "off") return null
      const wanted = thinking.type === "budget" ? thinking.tokens : DEFAULT_BUDGET
      const budget = Math.min(Math.max(MIN_BUDGET, Math.floor(wanted)), maxTokens - 1)
      return budget < MIN_BUDGET ? null : { type: "enabled", budget_tokens: budget }
    }
  }
}

/** The level itself, or the nearest lower one the model has; null for a model without levels. */
function nearestEffort(effort: Effort, model: ModelInfo): Effort | null {
  const levels = EFFORTS.slice(0, EFFORTS.indexOf(effort) + 1)
  return levels.findLast((level) => model.efforts.includes(level)) ?? model.efforts[0] ?? null
}

function markOf(ttl: RequestInput["ttl"]): CacheControl | null {
  if (ttl === "off") return null
  return ttl === "1h" ? { type: "ephemeral", ttl } : { type: "ephemeral" }
}

function markSystem(parts: RequestInput["system"], mark: CacheControl | null): readonly SystemPart[] {
  const full = parts.filter(({ text }) => text.trim() !== "")
  const last = full.findLastIndex(({ cacheable }) => cacheable)
  return full.map(({ text }, at) => ({
    type: "text",
    text: text.toWellFormed(),
    ...(mark && at === last ? { cache_control: mark } : {}),
  }))
}

function markLast<T extends object>(list: readonly T[], mark: CacheControl): readonly T[] {
  return list.map((item, at) => (at === list.length - 1 ? { ...item, cache_control: mark } : item))
}

/** Marks the ends of the last two user messages: what the previous request wrote, and what this one writes. */
function markMessages(turns: readonly Turn[], mark: CacheControl | null): readonly ApiMessage[] {
  const users = turns.flatMap((turn, at) => (turn.role === "user" ? [at] : []))
  const marked = new Set(mark ? users.slice(-2) : [])
  return turns.map(({ role, slots }, at) => {
    const content = slots.map(({ block }) => block)
    return { role, content: mark && marked.has(at) ? markLast(content, mark) : content }
  })
}
