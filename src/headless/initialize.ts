import type { HostChannel } from "./host-channel.ts"
import type { HeadlessInfo } from "./info.ts"
import { isObject, isStrings, type Json } from "./shapes.ts"

/** The host's `initialize` (spec/headless.md section 5), checked as far as its top level goes. */
export interface InitializeRequest {
  readonly hooks?: Readonly<Record<string, readonly HookMatcher[]>>
  readonly sdkMcpServers?: readonly string[]
  readonly sdkMcpServerConfigs?: Json
  readonly sdkMcpServerManifests?: Json
  readonly sdkMcpServerManifestsOrigin?: string
  readonly jsonSchema?: Json
  /** Parts; may hold the boundary element. `[""]` is an empty custom prompt, absent is the default prompt. */
  readonly systemPrompt?: readonly string[]
  readonly appendSystemPrompt?: string
  readonly systemPromptSnapshot?: boolean
  readonly planModeInstructions?: string
  readonly toolAliases?: Json
  readonly excludeDynamicSections?: boolean
  readonly agents?: Json
  readonly title?: string
  readonly skills?: readonly string[]
  readonly promptSuggestions?: boolean
  readonly agentProgressSummaries?: boolean
  readonly forwardSubagentText?: boolean
  readonly supportedDialogKinds?: readonly string[]
  readonly perTaskStopAffordance?: boolean
  readonly plugins?: readonly unknown[]
  readonly mcpServers?: Json
}

export interface HookMatcher {
  readonly matcher?: string
  readonly hookCallbackIds: readonly string[]
  /** Seconds. */
  readonly timeout?: number
  readonly onFailure?: "continue" | "block"
}

/** What the composition says about it; it overrides what `info` would answer. */
export interface InitializeReply {
  readonly hooks_applied?: boolean
  readonly hook_on_failure_supported?: boolean
  readonly plugins_applied?: boolean
  readonly mcp_servers_applied?: boolean
  readonly sdk_mcp_manifests_parked?: Readonly<Record<string, string>>
}

/**
 * Applies an `initialize`. May use `channel` at once (MCP handshakes) and keep it (hooks). Called again when the
 * host reinitializes. A rejection becomes an error reply; the session goes on without.
 */
export type OnInitialize = (request: InitializeRequest, channel: HostChannel) => Promise<InitializeReply>

const CHECKS: Readonly<Record<keyof InitializeRequest, (value: unknown) => boolean>> = {
  hooks: isHooks,
  sdkMcpServers: isStrings,
  sdkMcpServerConfigs: isObject,
  sdkMcpServerManifests: isObject,
  sdkMcpServerManifestsOrigin: isText,
  jsonSchema: isObject,
  systemPrompt: isStrings,
  appendSystemPrompt: isText,
  systemPromptSnapshot: isBoolean,
  planModeInstructions: isText,
  toolAliases: isObject,
  excludeDynamicSections: isBoolean,
  agents: isObject,
  title: isText,
  skills: isStrings,
  promptSuggestions: isBoolean,
  agentProgressSummaries: isBoolean,
  forwardSubagentText: isBoolean,
  supportedDialogKinds: isStrings,
  perTaskStopAffordance: isBoolean,
  plugins: Array.isArray,
  mcpServers: isObject,
}

/** The typed request, or one line naming the field that is wrong. Null means absent; unknown fields are ignored. */
export function readInitialize(request: Json): InitializeRequest | { readonly error: string } {
  const read: Record<string, unknown> = {}
  for (const [key, fits] of Object.entries(CHECKS)) {
    const given = request[key]
    if (given === undefined || given === null) continue
    const value = key === "systemPrompt" && typeof given === "string" ? [given] : given
    if (!fits(value)) return { error: `initialize: the field ${key} has the wrong shape.` }
    read[key] = key === "hooks" ? withoutNulls(value as Json) : value
  }
  return read
}

/** The snapshot of the session that answers an `initialize`. */
export function initializeReply(info: HeadlessInfo, extra: InitializeReply): Json {
  return {
    commands: info.slashCommands,
    agents: info.agents,
    output_style: info.outputStyle,
    available_output_styles: info.outputStyles,
    models: info.models,
    account: info.account,
    claude_code_version: info.version,
    fast_mode_state: "off",
    ...extra,
  }
}

function isText(value: unknown): boolean {
  return typeof value === "string"
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean"
}

function isHooks(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.values(value).every(
      (matchers) =>
        Array.isArray(matchers) && matchers.every((one) => isObject(one) && isStrings(one.hookCallbackIds)),
    )
  )
}

/** The Python SDK sends null for an absent `matcher`. */
function withoutNulls(hooks: Json): Json {
  const clean = (matcher: Json) =>
    Object.fromEntries(Object.entries(matcher).filter(([, value]) => value !== null))
  return Object.fromEntries(
    Object.entries(hooks).map(([event, matchers]) => [event, (matchers as readonly Json[]).map(clean)]),
  )
}
