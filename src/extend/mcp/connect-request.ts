/** What one connection to a server is made from. */
import type { HostRequest } from "../host-request.ts"
import type { Elicit } from "./elicitation.ts"
import type { Manifest } from "./sdk-transport.ts"
import type { ServerAuth } from "./server-auth.ts"
import type { ServerEntry } from "./server-config.ts"

export interface Surroundings {
  /** For children. */
  readonly env: Readonly<Record<string, string>>
  /** Servers over stdio get a bare environment besides that of their entry (CLAUDE_CODE_MCP_ALLOWLIST_ENV). */
  readonly plainEnv?: boolean
  readonly projectDir: string
  /** `~/.claude`, where helpers of the person's own servers run. */
  readonly configDir?: string
  /** Folders of the session, answered to `roots/list`. */
  readonly roots: readonly string[]
  readonly sessionId: string
}

/** What a server has lists of. */
export type ListName = "tools" | "resources" | "prompts"

export interface ConnectRequest {
  readonly entry: ServerEntry
  around(): Surroundings
  /** Of the host; servers of type sdk need it. */
  readonly channel: HostRequest | null
  readonly manifest?: Manifest
  /** Null where nobody can have signed in. */
  readonly auth: ServerAuth | null
  readonly deadlineMs: number
  /** For the first byte of an answer of a remote server. */
  readonly firstByteMs: number
  readonly signal: AbortSignal
  /** The connection was lost; why. Not called by `close`. */
  onLost(why: string): void
  onListChanged(list: ListName): void
  /** The server asks the person something. Never rejects. */
  onElicit: Elicit
  /** What was asked for in a browser is done. */
  onElicited(id: string): void
}
