/** Makes the lines of a conversation: each with its own uuid, a time stamp, and the line before it as parent. */
import { randomUUID } from "node:crypto"
import type { Block } from "../model/block.ts"
import type { AssistantLine, AssistantMessage, ChainLine, Line, SystemLine, UserLine } from "../model/line.ts"

export interface ChainOptions {
  readonly sessionId: string
  readonly cwd: string
  readonly version: string
  readonly gitBranch?: string
  readonly entrypoint?: string
  /** Set for a subagent: its lines are a side chain of the session. */
  readonly agentId?: string
  /** The last line when an old conversation is continued. */
  readonly leaf?: string | null
}

/** `uuid` is made up unless the caller has named the line already. */
type Own<T extends ChainLine> = Partial<Omit<T, "type" | "message" | "sessionId">>

export interface Chain {
  readonly leaf: string | null
  user(content: string | readonly Block[], extra?: Own<UserLine>): UserLine
  assistant(message: AssistantMessage, extra?: Own<AssistantLine>): AssistantLine
  system(subtype: string, extra?: Own<SystemLine>): SystemLine
  /** A summary begins a new tree; the old leaf is only noted. */
  boundary(content: string, extra?: Own<SystemLine>): SystemLine
  /** The working folder or the branch changed; later lines carry the new one. */
  move(to: { readonly cwd?: string; readonly gitBranch?: string }): void
  /** Continue from another line (rewind); null starts a new tree. */
  rewind(leaf: string | null): void
}

/** Links and stamps lines; it does not write them. `now` is the clock, for tests. */
export function createChain(options: ChainOptions, now: () => Date = () => new Date()): Chain {
  let leaf = options.leaf ?? null
  let cwd = options.cwd
  let gitBranch = options.gitBranch ?? ""

  // The parent comes first and the uuid late, as in the format: readers look for them in the head and tail of long lines.
  const head = (parentUuid: string | null) => ({
    parentUuid,
    isSidechain: options.agentId !== undefined,
    userType: "external" as const,
    cwd,
    sessionId: options.sessionId,
    version: options.version,
    gitBranch,
    ...(options.agentId === undefined ? {} : { agentId: options.agentId }),
    ...(options.entrypoint === undefined ? {} : { entrypoint: options.entrypoint }),
  })
  const foot = (uuid: string = randomUUID()) => {
    leaf = uuid
    return { uuid, timestamp: now().toISOString() }
  }
  const system = (parentUuid: string | null, subtype: string, extra: Own<SystemLine>): SystemLine => ({
    ...head(parentUuid),
    type: "system",
    subtype,
    ...extra,
    ...foot(extra.uuid),
  })

  return {
    get leaf() {
      return leaf
    },
    user: (content, extra = {}) => ({
      ...head(leaf),
      type: "user",
      message: { role: "user", content },
      ...extra,
      ...foot(extra.uuid),
    }),
    assistant: (message, extra = {}) => ({
      ...head(leaf),
      message,
      type: "assistant",
      ...extra,
      ...foot(extra.uuid),
    }),
    system: (subtype, extra = {}) => system(leaf, subtype, extra),
    boundary: (content, extra = {}) =>
      system(null, "compact_boundary", {
        content,
        isMeta: false,
        level: "info",
        ...(leaf === null ? {} : { logicalParentUuid: leaf }),
        ...extra,
      }),
    move(to) {
      cwd = to.cwd ?? cwd
      gitBranch = to.gitBranch ?? gitBranch
    },
    rewind(to) {
      leaf = to
    },
  }
}

/** Kinds of lines that form the tree; the last two are written by other programs. */
const CHAIN_TYPES: ReadonlySet<string> = new Set(["user", "assistant", "system", "progress", "attachment"])

/** A line of the tree. Kinds we do not write ourselves have at least a uuid and a parent too. */
export function isChainLine(line: Line): line is ChainLine {
  return CHAIN_TYPES.has(line.type) && typeof line.uuid === "string"
}
