/**
 * Guarantees that whatever a record holds (orphans, duplicates, garbage, lines of one reply apart) becomes turns the
 * service takes: user first, roles alternating, every call answered once at the head of the next turn. Turns only
 * grow at the end as the record grows, so the prompt cache holds.
 */
import { type Block, isBlock } from "../model/block.ts"
import type { MessageLine } from "../model/line.ts"
import {
  cleanAssistantBlock,
  cleanUserBlock,
  isServerCall,
  isServerResult,
  isThinking,
  placeholder,
  serverResultId,
} from "./clean-block.ts"
import { isSameModel } from "./model-table.ts"

/** A block and the line it came from; `uuid` is null for what was made up here. */
export interface Slot {
  readonly block: Block
  readonly uuid: string | null
  /** Position in the line's content. */
  readonly index: number
}

export interface Turn {
  readonly role: "user" | "assistant"
  slots: Slot[]
  /** `message.id` of the last reply in it. */
  id: string | null
  paused: boolean
}

export interface AssembleInput {
  readonly history: readonly MessageLine[]
  /** Whether thinking of earlier replies goes back. */
  readonly thinking: "keep" | "drop"
  readonly model: string
  readonly quarantined: ReadonlySet<string>
}

/** The official continuation words; they stand in when a record ends with the model's own message. */
const CONTINUE = "Continue from where you left off."
const CUT_START = "[The beginning of this conversation is not available.]"
const NO_RESULT = "The call was interrupted: there is no result."
const REJECTED = "content that the service rejected was left out"
/** Messages that programs write into the record in the model's name. */
const SYNTHETIC_MODEL = "<synthetic>"

export function assembleTurns(input: AssembleInput): readonly Turn[] {
  const collected = merge(collect(input).filter((turn) => turn.role === "user" || turn.slots.length > 0))
  const paired = pair(collected)
  const tidy = merge(paired.filter((turn) => turn.slots.length > 0))
  for (const turn of tidy) if (turn.role === "assistant") tidyReply(turn, turn === tidy.at(-1))
  return close(merge(tidy.filter((turn) => turn.slots.length > 0)))
}

function made(block: Block): Slot {
  return { block, uuid: null, index: 0 }
}

/** Reads the lines in order. Lines of one reply join even when results were recorded between them. */
function collect(input: AssembleInput): Turn[] {
  const turns: Turn[] = []
  for (const line of input.history) {
    const content: unknown = line.message?.content
    const blocks: readonly unknown[] = Array.isArray(content)
      ? content
      : typeof content === "string"
        ? [{ type: "text", text: content }]
        : []
    if (line.type === "user") {
      if (line.isVisibleInTranscriptOnly) continue
      const slots = cleanLine(blocks, line.uuid, input.quarantined, cleanUser)
      const last = turns.at(-1)
      if (last?.role === "user") last.slots.push(...slots)
      else turns.push({ role: "user", slots, id: null, paused: false })
      continue
    }
    if (line.type !== "assistant" || line.isApiErrorMessage) continue
    const { id, model, stop_reason: stop } = line.message ?? {}
    if (model === SYNTHETIC_MODEL) continue
    const keep = input.thinking === "keep" && (typeof model !== "string" || isSameModel(model, input.model))
    const slots = cleanLine(blocks, line.uuid, input.quarantined, cleanAssistant)
    const kept = keep ? slots : slots.filter((slot) => !isThinking(slot.block))
    addReply(turns, typeof id === "string" ? id : null, kept, stop === "pause_turn")
  }
  return turns
}

function addReply(turns: Turn[], id: string | null, slots: Slot[], paused: boolean) {
  const open = turns.findLast((turn) => turn.role === "assistant")
  const last = turns.at(-1)
  if (open && id !== null && open.id === id) {
    open.slots.push(...slots)
    open.paused ||= paused
    return
  }
  if (last?.role !== "assistant") {
    turns.push({ role: "assistant", slots, id, paused })
    return
  }
  if (last.slots.some((slot) => slot.block.type === "tool_use")) {
    // Its calls are answered before the next reply.
    turns.push({ role: "user", slots: [], id: null, paused: false })
    turns.push({ role: "assistant", slots, id, paused })
    return
  }
  last.slots.push(...slots)
  last.id = id
  last.paused = paused
}

function cleanLine(
  blocks: readonly unknown[],
  uuid: string,
  quarantined: ReadonlySet<string>,
  clean: (raw: unknown) => Block | null,
): Slot[] {
  // A loop, not a flatMap: this runs for every line of every request.
  const slots: Slot[] = []
  for (let index = 0; index < blocks.length; index++) {
    const block = clean(blocks[index])
    if (!block) continue
    const bad = quarantined.size > 0 && (quarantined.has(uuid) || quarantined.has(`${uuid}:${index}`))
    const sent = bad ? withoutContent(block) : block
    if (sent) slots.push({ block: sent, uuid, index })
  }
  return slots
}

/**
 * The record's blocks are the same objects from turn to turn, so each is judged once: checking 5 MB of base64 takes
 * longer than the rest of a request.
 */
function remember(clean: (raw: unknown) => Block | null): (raw: unknown) => Block | null {
  const cleaned = new WeakMap<object, Block | null>()
  return (raw) => {
    if (typeof raw !== "object" || raw === null) return null
    const known = cleaned.get(raw)
    if (known !== undefined) return known
    const block = clean(raw)
    cleaned.set(raw, block)
    return block
  }
}

const cleanUser = remember(cleanUserBlock)
const cleanAssistant = remember(cleanAssistantBlock)

/** What is left of a block the service rejected: calls and their results stay paired. */
function withoutContent(block: Block): Block | null {
  if (isBlock(block, "tool_use")) return { type: "tool_use", id: block.id, name: block.name, input: {} }
  if (isBlock(block, "tool_result"))
    return { type: "tool_result", tool_use_id: block.tool_use_id, content: `[${REJECTED}]` }
  if (isThinking(block) || isServerCall(block) || isServerResult(block)) return null
  return placeholder(REJECTED)
}

function merge(turns: readonly Turn[]): Turn[] {
  const out: Turn[] = []
  for (const turn of turns) {
    const last = out.at(-1)
    if (last?.role === turn.role) {
      last.slots.push(...turn.slots)
      last.id = turn.id
      last.paused = turn.paused
    } else out.push(turn)
  }
  return out
}

/** Gives every call one result, first in the next turn and in the order of the calls; drops all other results. */
function pair(turns: readonly Turn[]): Turn[] {
  const used = new Set<string>()
  const out: Turn[] = []
  let calls: Map<string, string> = new Map()
  for (const turn of turns) {
    if (turn.role === "assistant") {
      calls = renameCalls(turn, used)
      out.push(turn)
      continue
    }
    turn.slots = answer(calls, turn.slots)
    calls = new Map()
    out.push(turn)
  }
  if (calls.size > 0) out.push({ role: "user", slots: answer(calls, []), id: null, paused: false })
  return out
}

/** Makes ids unique over the conversation. Returns recorded id → sent id of this turn's calls. */
function renameCalls(turn: Turn, used: Set<string>): Map<string, string> {
  const calls = new Map<string, string>()
  if (!turn.slots.some((slot) => slot.block.type === "tool_use")) return calls
  turn.slots = turn.slots.flatMap((slot) => {
    if (!isBlock(slot.block, "tool_use")) return [slot]
    const { id } = slot.block
    // The same call recorded twice in one reply.
    if (calls.has(id)) return []
    let sent = id
    for (let copy = 2; used.has(sent); copy++) sent = `${id}_${copy}`
    used.add(sent)
    calls.set(id, sent)
    return [sent === id ? slot : { ...slot, block: { ...slot.block, id: sent } }]
  })
  return calls
}

function answer(calls: ReadonlyMap<string, string>, slots: readonly Slot[]): Slot[] {
  const results = new Map<string, Slot>()
  const rest: Slot[] = []
  for (const slot of slots) {
    if (!isBlock(slot.block, "tool_result")) rest.push(slot)
    else if (!results.has(slot.block.tool_use_id)) results.set(slot.block.tool_use_id, slot)
  }
  const answers = [...calls].map(([id, sent]): Slot => {
    const slot = results.get(id)
    if (!slot) return made({ type: "tool_result", tool_use_id: sent, content: NO_RESULT, is_error: true })
    return id === sent ? slot : { ...slot, block: { ...slot.block, tool_use_id: sent } as Block }
  })
  return [...answers, ...rest]
}

/** Inside one reply: service calls with their results, thinking first or not at all and never last. */
function tidyReply(turn: Turn, isLast: boolean) {
  const waiting = new Map<unknown, Slot>()
  const kept = new Set<Slot>()
  for (const slot of turn.slots) {
    const { block } = slot
    const answered = serverResultId(block)
    if (isServerCall(block)) {
      const { id } = block as { readonly id?: unknown }
      if (!waiting.has(id)) waiting.set(id, slot)
    } else if (answered === null) kept.add(slot)
    else {
      const call = waiting.get(answered)
      if (call) kept.add(call).add(slot)
      waiting.delete(answered)
    }
  }
  if (isLast && turn.paused) for (const call of waiting.values()) kept.add(call)
  turn.slots = turn.slots.filter((slot) => kept.has(slot))
  if (!isThinking(turn.slots[0]?.block)) turn.slots = turn.slots.filter(({ block }) => !isThinking(block))
  while (isThinking(turn.slots.at(-1)?.block)) turn.slots.pop()
}

/** The conversation starts and ends with the user, but for a reply the service itself paused. */
function close(turns: Turn[]): Turn[] {
  const user = (text: string): Turn => ({
    role: "user",
    slots: [made({ type: "text", text })],
    id: null,
    paused: false,
  })
  if (turns[0]?.role === "assistant") turns.unshift(user(CUT_START))
  const last = turns.at(-1)
  if (last?.role === "user") return turns
  const paused = last?.paused && last.slots.some(({ block }) => isServerCall(block))
  if (!paused) turns.push(user(CONTINUE))
  else {
    // The service refuses white space at the very end.
    const end = last.slots.at(-1)
    if (end && isBlock(end.block, "text"))
      last.slots.splice(-1, 1, { ...end, block: { ...end.block, text: end.block.text.trimEnd() } })
  }
  return turns
}
