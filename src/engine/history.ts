import type { Block } from "../model/block.ts"
import {
  type AssistantLine,
  type AssistantMessage,
  isMessageLine,
  type Line,
  type MessageLine,
  type SideLine,
  type SystemLine,
  type UserLine,
} from "../model/line.ts"
import type { SessionLog } from "../model/session.ts"
import { createChain } from "../sessions/chain.ts"

/**
 * The conversation as the next request sees it, and the only place that appends to its log. A line is on disk
 * before it is in memory, and in memory before anyone is told.
 */
export interface History {
  readonly sessionId: string
  /** Of the log; null when nothing is kept. */
  readonly file: string | null
  /** What the request builder reads: everything since the last compaction. */
  readonly lines: readonly MessageLine[]
  addUser(content: string | readonly Block[], extra?: UserExtra): UserLine
  addAssistant(
    message: AssistantMessage,
    requestId: string | null,
    extra?: { readonly isApiErrorMessage?: boolean },
  ): AssistantLine
  addSystem(subtype: string, extra: Partial<SystemLine>): SystemLine
  addSide(line: SideLine): void
  /** A place to return to; lines after it become a dead branch of the log and leave memory. */
  mark(): HistoryMark
  rewind(mark: HistoryMark): void
  /** The place before a prompt of the person; null when the conversation does not hold it (any more). */
  markBefore(uuid: string): HistoryMark | null
  /** After a compaction: the boundary starts a new root, `lines` is what is kept. */
  restart(boundary: {
    readonly trigger: "manual" | "auto"
    readonly preTokens: number
    readonly postTokens?: number
  }): void
  /** Appends a line again under the current leaf, with a new uuid. */
  copy(line: MessageLine): void
  /** Replaces a line in memory only (old tool results trimmed); the log keeps the original. */
  swap(uuid: string, line: MessageLine): void
  readonly leaf: string | null
  sync(): void
  close(): void
}

export interface HistoryMark {
  readonly length: number
  readonly leaf: string | null
}

export type UserExtra = Partial<
  Pick<
    UserLine,
    | "uuid"
    | "isMeta"
    | "isCompactSummary"
    | "isVisibleInTranscriptOnly"
    | "toolUseResult"
    | "sourceToolUseID"
    | "permissionMode"
  >
>

export interface HistoryOptions {
  readonly log: SessionLog
  readonly version: string
  readonly entrypoint: string
  /** Where the next line is written from; both may move. */
  readonly place: () => { readonly cwd: string; readonly gitBranch: string }
  /** The resumed conversation, oldest first. */
  readonly lines?: readonly Line[]
  readonly leaf?: string | null
  readonly agentId?: string
}

export function createHistory(options: HistoryOptions): History {
  const { log } = options
  let lines: MessageLine[] = (options.lines ?? []).filter(isMessageLine)
  const chain = createChain({
    sessionId: log.id,
    version: options.version,
    entrypoint: options.entrypoint,
    ...options.place(),
    leaf: options.leaf ?? lines.at(-1)?.uuid ?? null,
    ...(options.agentId === undefined ? {} : { agentId: options.agentId }),
  })

  /** On disk first, then in memory. */
  function keep<T extends MessageLine>(line: T): T {
    log.append([line])
    lines.push(line)
    return line
  }

  return {
    sessionId: log.id,
    file: log.file,
    get lines() {
      return lines
    },
    get leaf() {
      return chain.leaf
    },
    addUser(content, extra = {}) {
      chain.move(options.place())
      return keep(chain.user(content, extra))
    },
    addAssistant(message, requestId, extra = {}) {
      return keep(chain.assistant(message, { ...(requestId === null ? {} : { requestId }), ...extra }))
    },
    addSystem(subtype, extra) {
      const line = chain.system(subtype, extra)
      log.append([line])
      return line
    },
    addSide: (line) => log.append([line]),
    mark: () => ({ length: lines.length, leaf: chain.leaf }),
    rewind(mark) {
      lines = lines.slice(0, mark.length)
      chain.rewind(mark.leaf)
    },
    markBefore(uuid) {
      const at = lines.findIndex((line) => line.type === "user" && line.uuid === uuid)
      const line = lines[at]
      return line === undefined ? null : { length: at, leaf: line.parentUuid }
    },
    restart({ trigger, preTokens, postTokens }) {
      lines = []
      const compactMetadata = { trigger, preTokens, ...(postTokens === undefined ? {} : { postTokens }) }
      log.append([chain.boundary("Conversation compacted", { compactMetadata })])
    },
    copy({ parentUuid: _, uuid: __, timestamp: ___, ...rest }) {
      keep(
        rest.type === "user" ? chain.user(rest.message.content, rest) : chain.assistant(rest.message, rest),
      )
    },
    swap(uuid, line) {
      const at = lines.findIndex((other) => other.uuid === uuid)
      if (at >= 0) lines[at] = line
    },
    sync: () => log.sync(),
    close: () => log.close(),
  }
}
