import { textOf } from "../model/block.ts"
import type { QueueChanged } from "../model/event.ts"
import type { Steering } from "./run.ts"

/** Prompts that wait. More than this many is a broken client, not a person. */
const MAX_QUEUED = 1_000

export interface PromptQueue {
  /** False when the queue is full. */
  add(prompt: Steering): boolean
  /** Takes everything that fits. */
  take(fits?: (prompt: Steering) => boolean): readonly Steering[]
  /** Takes the oldest. */
  next(): Steering | undefined
  /** Removes one by uuid, or the newest that a person typed. */
  remove(uuid?: string): Steering | undefined
  /** Drops everything, only what the person typed, or only news of what the old session had begun. */
  clear(which?: "person" | "news"): void
  readonly length: number
}

/** `onChange` is told after every change, for the readers. */
export function createPromptQueue(onChange: (queued: QueueChanged["queued"]) => void): PromptQueue {
  let queued: Steering[] = []
  const changed = () =>
    onChange(
      queued
        .filter((prompt) => prompt.origin === "person")
        .map((prompt) => ({ uuid: prompt.uuid, text: textOf(prompt.content) })),
    )
  const takeAll = (fits: (prompt: Steering) => boolean = () => true) => {
    const all = queued.filter(fits)
    queued = queued.filter((prompt) => !all.includes(prompt))
    if (all.length > 0) changed()
    return all
  }
  return {
    add(prompt) {
      if (queued.length >= MAX_QUEUED) return false
      if (prompt.priority === "now") queued.unshift(prompt)
      else queued.push(prompt)
      changed()
      return true
    },
    take: takeAll,
    clear(which) {
      if (which === undefined) return void takeAll()
      const before = queued.length
      queued = queued.filter((prompt) => (prompt.origin === "person") !== (which === "person"))
      if (queued.length < before) changed()
    },
    next() {
      const prompt = queued.shift()
      if (prompt !== undefined) changed()
      return prompt
    },
    remove(uuid) {
      const at = queued.findLastIndex((one) =>
        uuid === undefined ? one.origin === "person" : one.uuid === uuid,
      )
      if (at < 0) return undefined
      const [prompt] = queued.splice(at, 1)
      changed()
      return prompt
    },
    get length() {
      return queued.length
    },
  }
}

/** The prompt as the session list shows it. */
const EXCERPT_CHARS = 200
export function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim()
  return line.length <= EXCERPT_CHARS ? line : `${line.slice(0, EXCERPT_CHARS)}…`
}
