/**
 * Content blocks, in the shapes of the Messages API (spec/api.md sections 2 and 3).
 * A block this program does not know is kept verbatim, so narrowing goes through `isBlock`.
 */

export interface CacheControl {
  readonly type: "ephemeral"
  readonly ttl?: "5m" | "1h"
}

interface Cacheable {
  readonly cache_control?: CacheControl
}

export interface TextBlock extends Cacheable {
  readonly type: "text"
  readonly text: string
  readonly citations?: readonly unknown[] | null
}

export interface ThinkingBlock {
  readonly type: "thinking"
  readonly thinking: string
  readonly signature: string
}

export interface RedactedThinkingBlock {
  readonly type: "redacted_thinking"
  readonly data: string
}

export interface ToolUseBlock extends Cacheable {
  readonly type: "tool_use"
  readonly id: string
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
}

export type MediaSource =
  | { readonly type: "base64"; readonly media_type: string; readonly data: string }
  | { readonly type: "url"; readonly url: string }
  | { readonly type: "file"; readonly file_id: string }
  | { readonly type: "text"; readonly media_type: "text/plain"; readonly data: string }

export interface ImageBlock extends Cacheable {
  readonly type: "image"
  readonly source: MediaSource
}

export interface DocumentBlock extends Cacheable {
  readonly type: "document"
  readonly source: MediaSource
  readonly title?: string
}

/** What a `tool_result` may hold. */
export type ResultContent = TextBlock | ImageBlock | DocumentBlock | OpaqueBlock

export interface ToolResultBlock extends Cacheable {
  readonly type: "tool_result"
  readonly tool_use_id: string
  readonly content: string | readonly ResultContent[]
  readonly is_error?: boolean
}

export type KnownBlock =
  | TextBlock
  | ThinkingBlock
  | RedactedThinkingBlock
  | ToolUseBlock
  | ToolResultBlock
  | ImageBlock
  | DocumentBlock

/** Server tool calls and their results, compaction blocks, and whatever comes later: kept as received. */
export interface OpaqueBlock {
  readonly type: string
  readonly [key: string]: unknown
}

export type Block = KnownBlock | OpaqueBlock

/** True when `block` is of the named known kind. */
export function isBlock<T extends KnownBlock["type"]>(
  block: Block,
  type: T,
): block is Extract<KnownBlock, { type: T }> {
  return block.type === type
}

/** The text of all text blocks, joined by newlines; a plain string is returned as it is. */
export function textOf(content: string | readonly Block[]): string {
  if (typeof content === "string") return content
  return content.flatMap((block) => (isBlock(block, "text") ? [block.text] : [])).join("\n")
}
