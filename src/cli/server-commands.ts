/** Commands of a session: skills and commands from files, and the prompts that MCP servers offer. */

import { messageOf } from "../extend/json.ts"
import type { Servers } from "../extend/mcp/servers.ts"
import type { Block } from "../model/block.ts"
import type { CommandPort } from "../model/intake.ts"

export interface ServerCommandOptions {
  servers(): Servers | null
  /** Where what is too long goes, by session. */
  spillDir(sessionId: string): string
}

/** Files first: a server cannot take the name of a command. */
export function withServerPrompts(files: CommandPort | null, options: ServerCommandOptions): CommandPort {
  return {
    list: () => [...(files?.list() ?? []), ...(options.servers()?.prompts() ?? [])],
    async expand(name, args, turn) {
      const own = (await files?.expand(name, args, turn)) ?? null
      if (own !== null || !name.startsWith("mcp__")) return own
      const servers = options.servers()
      const { signal = new AbortController().signal, sessionId } = turn
      return (
        (await servers?.expandPrompt(name, args, { spillDir: options.spillDir(sessionId), signal })) ?? null
      )
    },
    preload: async (name, turn) => (await files?.preload?.(name, turn)) ?? null,
  }
}

/** `server:uri` of a mention as the words the model reads; null when no server is called that. */
export async function readMentionedResource(
  servers: Servers | null,
  word: string,
  where: { readonly maxTokens: number; readonly spillDir: string; readonly signal: AbortSignal },
): Promise<readonly Block[] | null> {
  const [, server = "", uri = ""] = /^([A-Za-z0-9_-]+):([a-z][a-z0-9+.-]*:.+)$/i.exec(word) ?? []
  if (servers === null || !servers.entries().some(({ name }) => name === server)) return null
  const text = (content: string): Block => ({ type: "text", text: content })
  try {
    const { readContents } = await import("../extend/mcp/read-result.ts")
    const contents = await servers.readResource(server, uri, where.signal)
    const { content } = await readContents(contents, { ...where, id: `mention_${crypto.randomUUID()}` })
    const head = text(`The person attached the resource ${uri} of the MCP server ${server}.`)
    return typeof content === "string" ? [head, text(content)] : [head, ...content]
  } catch (error) {
    where.signal.throwIfAborted()
    return [
      text(
        `The person attached the resource ${uri} of ${server}, but it cannot be read: ${messageOf(error)}`,
      ),
    ]
  }
}
