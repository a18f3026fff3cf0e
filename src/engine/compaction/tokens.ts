import type { MessageLine } from "../../model/line.ts"
import type { ModelInfo } from "../../model/model-info.ts"

/** Characters of JSON per token, on the safe side for code. */
export const CHARS_PER_TOKEN = 3.5
/** Tokens an image is counted as; the API's own rule of thumb is width × height / 750, at most about 1,600. */
const IMAGE_TOKENS = 1_600

/** A rough count; real usage replaces it with every reply. */
export function estimateTokens(lines: readonly MessageLine[]): number {
  let tokens = 0
  for (const line of lines) tokens += lineTokens(line)
  return Math.ceil(tokens)
}

function lineTokens(line: MessageLine): number {
  const { content } = line.message
  if (typeof content === "string") return content.length / CHARS_PER_TOKEN
  let tokens = 0
  for (const block of content) {
    if (block.type === "image" || block.type === "document") tokens += IMAGE_TOKENS
    else tokens += JSON.stringify(block).length / CHARS_PER_TOKEN
  }
  return tokens
}

/** Room kept for the reply to a summary request and the summary itself. */
const RESERVED_FOR_REPLY = 20_000
/** Distance kept to the edge, because counts are estimates between two replies. */
const SAFETY = 13_000
/** Old tool results are trimmed from here on, as a share of the compaction threshold. */
const TRIM_SHARE = 0.75

export interface Thresholds {
  /** Old tool results are trimmed above this. */
  readonly trim: number
  /** The conversation is summarised above this. */
  readonly compact: number
}

/** In tokens. `window` overrides the model's own (setting autoCompactWindow, `--autocompact`). */
/** `share` of the window instead of its end (CLAUDE_AUTOCOMPACT_PCT_OVERRIDE); it can only be sooner. */
export function thresholds(model: ModelInfo, window: number | null, share = 1): Thresholds {
  const size = Math.min(window ?? model.compactWindow ?? model.window, model.window)
  const end = Math.max(size * 0.5, size - Math.min(model.maxOutput, RESERVED_FOR_REPLY) - SAFETY)
  const compact = Math.min(end, size * share)
  return { trim: Math.floor(compact * TRIM_SHARE), compact: Math.floor(compact) }
}
