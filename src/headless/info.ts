/**
 * What hosts are told about a session besides what events say (spec/headless.md sections 4 and 5). The
 * composition fills it; it may be an object with getters, it is read anew each time.
 */
export interface HeadlessInfo {
  readonly version: string
  readonly apiKeySource: string
  readonly slashCommands: readonly SlashCommandInfo[]
  readonly skills: readonly string[]
  readonly agents: readonly AgentInfo[]
  readonly mcpServers: readonly McpServerInfo[]
  /** Bad `--mcp-config` entries. */
  readonly mcpServerErrors?: readonly {
    readonly name: string
    readonly type: string
    readonly message: string
  }[]
  readonly outputStyle: string
  readonly outputStyles: readonly string[]
  readonly plugins: readonly { readonly name: string; readonly path: string; readonly version?: string }[]
  readonly pluginErrors?: readonly {
    readonly plugin: string
    readonly type: string
    readonly message: string
  }[]
  readonly betas: readonly string[]
  readonly models: readonly HostModelInfo[]
  readonly account: AccountInfo
}

export interface SlashCommandInfo {
  /** Without the slash. */
  readonly name: string
  readonly description: string
  readonly argumentHint: string
  readonly aliases?: readonly string[]
  readonly builtin?: boolean
}

export interface AgentInfo {
  readonly name: string
  readonly description: string
  readonly model?: string
}

export interface McpServerInfo {
  readonly name: string
  readonly status: "connected" | "failed" | "needs-auth" | "pending" | "disabled"
  readonly source?: string
  readonly scope?: string
  readonly error?: string
  readonly serverInfo?: { readonly name: string; readonly version: string }
  readonly tools?: readonly { readonly name: string; readonly description?: string }[]
}

export interface HostModelInfo {
  readonly value: string
  readonly resolvedModel?: string
  readonly displayName: string
  readonly description: string
  readonly supportsEffort?: boolean
  readonly supportedEffortLevels?: readonly string[]
  readonly supportsAdaptiveThinking?: boolean
  readonly supportsFastMode?: boolean
  readonly supportsAutoMode?: boolean
}

export interface AccountInfo {
  readonly email?: string
  readonly organization?: string
  readonly subscriptionType?: string
  readonly tokenSource?: string
  readonly apiKeySource?: string
  readonly apiProvider?: string
}

/** A session without extensions, for tests and as a base to spread over. */
export const EMPTY_INFO: Omit<HeadlessInfo, "version"> = {
  apiKeySource: "none",
  slashCommands: [],
  skills: [],
  agents: [],
  mcpServers: [],
  outputStyle: "default",
  outputStyles: ["default"],
  plugins: [],
  betas: [],
  models: [],
  account: {},
}
