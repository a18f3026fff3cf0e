/** What a session asks of its MCP servers (`create-servers.ts`). */
import type { CommandInfo, ExpandedCommand } from "../../model/intake.ts"
import type { AnyTool } from "../../model/tool.ts"
import type { HostRequest } from "../host-request.ts"
import type { Json } from "../json.ts"
import type { Surroundings } from "./connect-request.ts"
import type { Elicit } from "./elicitation.ts"
import type { McpLimits } from "./limits.ts"
import type { ServerAuth } from "./server-auth.ts"
import type { ServerEntry, ServerProblem } from "./server-config.ts"
import type { ServerStatus } from "./status.ts"
import type { Deferral } from "./tool-search.ts"

export interface ServersOptions {
  readonly entries: readonly ServerEntry[]
  readonly problems: readonly ServerProblem[]
  readonly around: Surroundings
  readonly limits: McpLimits
  /** Tools or states changed. */
  onChange(): void
  onNotice(line: string): void
  /** Tools are put off until the model looks for them; null: never. */
  readonly deferral?: Deferral | null
  /** How requests to a remote server are signed; null: not at all. */
  auth?(entry: ServerEntry): ServerAuth | null
  /** Without it servers get no answers. */
  elicit?: Elicit
  onElicited?(server: string, id: string): void
}

/** What flags and files name. */
export interface FileServers {
  readonly entries: readonly ServerEntry[]
  readonly problems: readonly ServerProblem[]
  /** For children that start from now on. */
  readonly env: Readonly<Record<string, string>>
}

/** What a host's `initialize` says about servers. */
export interface HostServers {
  readonly sdkMcpServers?: readonly string[] | undefined
  readonly sdkMcpServerConfigs?: Json | undefined
  readonly sdkMcpServerManifests?: Json | undefined
  readonly mcpServers?: Json | undefined
}

export interface Servers {
  /** Starts connecting, at most once for each server; returns at once. */
  start(): void
  tools(): readonly AnyTool[]
  status(): readonly ServerStatus[]
  /** Where a server was configured, in the words of the SDK (`McpServerProvenance`). */
  sourceOf(name: string): string | undefined
  /** As configured; what is on the screen only. */
  entries(): readonly ServerEntry[]
  readonly problems: readonly ServerProblem[]
  /** Takes over what the files say now; those of the host stay. Returns what came of it, by name. */
  reload(next: FileServers): { added: string[]; removed: string[]; changed: string[] }
  /** Somebody signed in: servers that wait for it are tried again. */
  signedIn(): void
  /** The folders of the session, answered to `roots/list` from now on. */
  setRoots(roots: readonly string[]): void
  /** What connected servers say about themselves, for the system prompt; empty when they say nothing. */
  instructions(): string
  /** Settles when every first connection did, at the latest when the time for one is over. Null: nothing to wait for. */
  ready(): Promise<void> | null
  /** @returns what became of each manifest. */
  setHost(host: HostServers, channel: HostRequest): Readonly<Record<string, string>>
  /** Replaces the host's dynamic servers. */
  setDynamic(servers: Json): Promise<{ added: string[]; removed: string[]; errors: Record<string, string> }>
  reconnect(name: string): Promise<void>
  toggle(name: string, enabled: boolean): Promise<void>
  /** Prompts of connected servers, as slash commands. */
  prompts(): readonly CommandInfo[]
  /** Null when there is no such prompt. */
  expandPrompt(
    name: string,
    args: string,
    options: { readonly spillDir: string; readonly signal: AbortSignal },
  ): Promise<ExpandedCommand | null>
  /** `server:uri` of what connected servers offer to read, for completion. Never rejects. */
  resourceNames(): Promise<readonly string[]>
  readResource(name: string, uri: string, signal: AbortSignal): Promise<readonly Json[]>
  /** Calls a tool by its full name (`--permission-prompt-tool`); the server's raw result. */
  call(fullName: string, input: Json, signal: AbortSignal): Promise<Json>
  message(name: string, message: Json, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}
