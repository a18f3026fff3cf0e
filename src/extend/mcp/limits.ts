/** Limits of MCP (spec/mcp.md section 3, spec/cli.md section 5), from the environment or their defaults. */
import { envInt } from "../../config/env.ts"

export interface McpLimits {
  /** Milliseconds for a server to connect and list its tools; also how long a first turn waits. */
  readonly connectMs: number
  /** Milliseconds for one call when the server's entry does not say. */
  readonly callMs: number
  /** The same where the person chose it. */
  readonly givenCallMs?: number
  /** Milliseconds without a sign of life after which a call is given up; absent: never. */
  readonly idleMs?: number
  /** Milliseconds after which a call goes on in the background; absent: never. */
  readonly backgroundMs?: number
  readonly outputTokens: number
  /** Servers that connect at the same time. */
  readonly stdioBatch: number
  readonly remoteBatch: number
}

/** Longest time a timer can hold. */
const MAX_TIMER_MS = 2_147_483_647

export function mcpLimits(env: Readonly<Record<string, string | undefined>>): McpLimits {
  const read = (name: string, fallback: number) => envInt(env, name, 1, MAX_TIMER_MS) ?? fallback
  const given = envInt(env, "MCP_TOOL_TIMEOUT", 1, MAX_TIMER_MS)
  const idle = envInt(env, "CLAUDE_CODE_MCP_TOOL_IDLE_TIMEOUT", 0, MAX_TIMER_MS)
  const background = envInt(env, "CLAUDE_CODE_MCP_AUTO_BACKGROUND_MS", 0, MAX_TIMER_MS) ?? 120_000
  return {
    ...(given !== undefined && { givenCallMs: given }),
    ...(idle !== undefined && idle > 0 && { idleMs: idle }),
    ...(background > 0 && { backgroundMs: background }),
    connectMs: read("MCP_TIMEOUT", 30_000),
    callMs: given ?? 100_000_000,
    outputTokens: read("MAX_MCP_OUTPUT_TOKENS", 25_000),
    stdioBatch: read("MCP_SERVER_CONNECTION_BATCH_SIZE", 3),
    remoteBatch: read("MCP_REMOTE_SERVER_CONNECTION_BATCH_SIZE", 20),
  }
}

/** One message of a server; images and files travel in them. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024

/** Characters of a tool's description or a server's instructions that the model sees. */
export const MAX_DESCRIPTION_CHARS = 2_048

export function shorten(text: string): string {
  return text.length <= MAX_DESCRIPTION_CHARS ? text : `${text.slice(0, MAX_DESCRIPTION_CHARS - 1)}…`
}
