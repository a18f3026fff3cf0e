import {
  type Options,
  type Query,
  query,
  type SDKMessage,
  type SDKUserMessage,
} from "@anthropic-ai/claude-agent-sdk"

/** A session may take this long before its test fails instead of hanging. */
const DEADLINE_MS = 20_000

export interface SdkSession {
  /** Any executable that speaks the protocol. */
  readonly executable: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly prompt: string | AsyncIterable<SDKUserMessage>
  readonly options?: Options
  /** Called with every message as it comes. */
  readonly onMessage?: (message: SDKMessage, query: Query) => Promise<void> | void
}

export interface SdkOutcome {
  readonly messages: readonly SDKMessage[]
  /** What the SDK threw, after the messages. */
  readonly error: Error | null
  readonly stderr: string
}

/** Drives `executable` with the published Agent SDK until the session ends. */
export async function runSdk(session: SdkSession): Promise<SdkOutcome> {
  const { executable, cwd, env, prompt, options, onMessage } = session
  const abortController = new AbortController()
  const timer = setTimeout(() => abortController.abort(), DEADLINE_MS)
  const messages: SDKMessage[] = []
  let stderr = ""
  const running = query({
    prompt,
    options: {
      pathToClaudeCodeExecutable: executable,
      mcpServersDelivery: "argv",
      cwd,
      env: { ...env },
      abortController,
      stderr: (text) => {
        stderr += text
      },
      ...options,
    },
  })
  try {
    for await (const message of running) {
      messages.push(message)
      await onMessage?.(message, running)
    }
    return { messages, error: null, stderr }
  } catch (error) {
    return { messages, error: error instanceof Error ? error : new Error(String(error)), stderr }
  } finally {
    clearTimeout(timer)
  }
}

/** A prompt stream that yields what it is given and ends when told to. */
export function promptStream(...texts: readonly string[]) {
  const closed = Promise.withResolvers<void>()
  async function* stream(): AsyncGenerator<SDKUserMessage> {
    for (const text of texts) {
      const content = [{ type: "text" as const, text }]
      yield { type: "user", message: { role: "user", content }, parent_tool_use_id: null, session_id: "" }
    }
    await closed.promise
  }
  return { prompt: stream(), close: closed.resolve }
}

export function kinds(messages: readonly SDKMessage[]): string[] {
  return messages.map((m) => ("subtype" in m && m.subtype ? `${m.type}/${m.subtype}` : m.type))
}

/** The last result, as plain data. */
export function resultOf(messages: readonly SDKMessage[]): Readonly<Record<string, unknown>> {
  return { ...messages.findLast((message) => message.type === "result") }
}
