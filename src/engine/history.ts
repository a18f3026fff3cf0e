import type { Block } from "../model/block.ts"
import type {
  AssistantLine,
  AssistantMessage,
  Line,
  LineCommon,
  MessageLine,
  SideLine,
  SystemLine,
  UserLine,
} from "../model/line.ts"
import type { SessionLog } from "../model/session.ts"

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
  /** What stays the same on every line; `cwd` and `gitBranch` may move. */
  readonly stamp: () => Pick<LineCommon, "cwd" | "version" | "gitBranch"> &
    Partial<Pick<LineCommon, "entrypoint">>
  /** The resumed conversation, oldest first. */
  readonly lines?: readonly Line[]
  readonly leaf?: string | null
  readonly agentId?: string
  readonly now?: () => Date
  /** Called with every line that was written (session mirror). */
  readonly onLines?: (lines: readonly Line[]) => void
}

export function createHistory(options: HistoryOptions): History {
  const { log } = options
  let lines: MessageLine[] = (options.lines ?? []).filter(isMessage)
  let leaf: string | null = options.leaf ?? lines.at(-1)?.uuid ?? null

  function write(line: Line): void {
    log.append([line])
    options.onLines?.([line])
  }

  function common(uuid?: string): LineCommon {
    return {
      parentUuid: leaf,
      isSidechain: options.agentId !== undefined,
      userType: "external",
      ...options.stamp(),
      sessionId: log.id,
      ...(options.agentId === undefined ? {} : { agentId: options.agentId }),
      uuid: uuid ?? crypto.randomUUID(),
      timestamp: (options.now?.() ?? new Date()).toISOString(),
    }
  }

  function keep(line: MessageLine): void {
    write(line)
    lines.push(line)
    leaf = line.uuid
  }

  return {
    sessionId: log.id,
    file: log.file,
    get lines() {
      return lines
    },
    get leaf() {
      return leaf
    },
    addUser(content, extra = {}) {
      const { uuid, ...rest } = extra
      const line: UserLine = { ...common(uuid), type: "user", message: { role: "user", content }, ...rest }
      keep(line)
      return line
    },
    addAssistant(message, requestId, extra = {}) {
      const line: AssistantLine = {
        ...common(),
        type: "assistant",
        message,
        ...(requestId === null ? {} : { requestId }),
        ...extra,
      }
      keep(line)
      return line
    },
    addSystem(subtype, extra) {
      const line: SystemLine = { ...common(), type: "system", subtype, ...extra }
      write(line)
      leaf = line.uuid
      return line
    },
    addSide: write,
    mark: () => ({ length: lines.length, leaf }),
    rewind(mark) {
      lines = lines.slice(0, mark.length)
      leaf = mark.leaf
    },
    restart({ trigger, preTokens, postTokens }) {
      const old = leaf
      leaf = null
      lines = []
      const boundary: SystemLine = {
        ...common(),
        type: "system",
        subtype: "compact_boundary",
        content: "Conversation compacted",
        level: "info",
        ...(old === null ? {} : { logicalParentUuid: old }),
        compactMetadata: { trigger, preTokens, ...(postTokens === undefined ? {} : { postTokens }) },
      }
      write(boundary)
      leaf = boundary.uuid
    },
    copy(line) {
      keep({ ...line, ...common() })
    },
    swap(uuid, line) {
      const at = lines.findIndex((other) => other.uuid === uuid)
      if (at >= 0) lines[at] = line
    },
    sync: () => log.sync(),
    close: () => log.close(),
  }
}

function isMessage(line: Line): line is MessageLine {
  return (
    (line.type === "user" || line.type === "assistant") &&
    typeof line.message === "object" &&
    line.message !== null
  )
}
