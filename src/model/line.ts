import type { Block } from "./block.ts"
import type { PermissionMode } from "./permission.ts"
import type { Usage } from "./usage.ts"

/**
 * Transcript lines, one JSON object per line of `projects/<cwd>/<session>.jsonl`
 * (spec/auth-and-storage.md section 5). Readers keep lines and keys they do not understand.
 */
export interface LineCommon {
  readonly parentUuid: string | null
  readonly isSidechain: boolean
  readonly userType: "external"
  readonly cwd: string
  readonly sessionId: string
  readonly version: string
  readonly gitBranch: string
  readonly uuid: string
  /** ISO 8601, UTC, milliseconds. */
  readonly timestamp: string
  readonly agentId?: string
  readonly entrypoint?: string
}

export interface UserLine extends LineCommon {
  readonly type: "user"
  readonly message: { readonly role: "user"; readonly content: string | readonly Block[] }
  /** Written by the program, not by the person: reminders, continuation notes. */
  readonly isMeta?: boolean
  readonly isCompactSummary?: boolean
  readonly isVisibleInTranscriptOnly?: boolean
  /** The tool's structured output object (spec/tools.md), or `Error: …` for a failed call. */
  readonly toolUseResult?: unknown
  readonly sourceToolUseID?: string
  readonly permissionMode?: PermissionMode
}

export interface AssistantMessage {
  readonly id: string
  readonly type: "message"
  readonly role: "assistant"
  readonly model: string
  /** One block per line is normal. */
  readonly content: readonly Block[]
  readonly stop_reason: string | null
  readonly stop_sequence: string | null
  readonly usage: Usage
}

export interface AssistantLine extends LineCommon {
  readonly type: "assistant"
  readonly message: AssistantMessage
  readonly requestId?: string
  readonly isApiErrorMessage?: boolean
}

export interface SystemLine extends LineCommon {
  readonly type: "system"
  readonly subtype: string
  readonly content?: string
  readonly level?: "info" | "warning" | "error"
  readonly isMeta?: boolean
  readonly logicalParentUuid?: string
  readonly compactMetadata?: {
    readonly trigger: "manual" | "auto"
    readonly preTokens: number
    readonly postTokens?: number
  }
  readonly durationMs?: number
}

/** A line of the conversation tree: it has a uuid and a parent. */
export type ChainLine = UserLine | AssistantLine | SystemLine

/** Bookkeeping beside the tree: titles, tags, the last prompt, mode changes, and kinds we do not know. */
export interface SideLine {
  readonly type: string
  readonly [key: string]: unknown
}

export type Line = ChainLine | SideLine

/** What the request builder reads: the lines that carry a message. */
export type MessageLine = UserLine | AssistantLine

export function isMessageLine(line: Line): line is MessageLine {
  if (line.type !== "user" && line.type !== "assistant") return false
  const message: unknown = line.message
  return typeof message === "object" && message !== null && "content" in message
}
