/** Prompts of servers as slash commands: `/mcp__server__prompt one two` (spec/mcp.md section 5). */
import type { CommandInfo, ExpandedCommand } from "../../model/intake.ts"
import { isObject, type Json, messageOf } from "../json.ts"
import type { McpLimits } from "./limits.ts"
import { shorten } from "./limits.ts"
import { toolName } from "./names.ts"
import { readResult } from "./read-result.ts"
import type { Server } from "./server.ts"

/** Time for a server to make a prompt. */
const PROMPT_MS = 60_000
/** Prompts of all servers that are offered. */
const MAX_PROMPTS = 500

interface ServerPrompt {
  readonly server: Server
  readonly raw: Json
  readonly name: string
}

function promptsOf(servers: readonly Server[]): readonly ServerPrompt[] {
  return servers
    .flatMap((server) =>
      server.prompts.flatMap((raw): ServerPrompt[] =>
        typeof raw.name === "string" && raw.name !== ""
          ? [{ server, raw, name: toolName(server.entry.name, raw.name) }]
          : [],
      ),
    )
    .slice(0, MAX_PROMPTS)
}

export function listPrompts(servers: readonly Server[]): readonly CommandInfo[] {
  return promptsOf(servers).map(({ server, raw, name }) => ({
    name,
    description:
      typeof raw.description === "string" ? shorten(raw.description) : `A prompt of ${server.entry.name}`,
    argumentHint: argumentsOf(raw)
      .map(({ name, required }) => (required ? `<${name}>` : `[${name}]`))
      .join(" "),
    skill: false,
  }))
}

/** Null when no server has a prompt of that name. What goes wrong is said in the text. */
export async function expandPrompt(
  servers: readonly Server[],
  name: string,
  args: string,
  options: { readonly limits: McpLimits; readonly spillDir: string; readonly signal: AbortSignal },
): Promise<ExpandedCommand | null> {
  const found = promptsOf(servers).find((one) => one.name === name)
  if (found === undefined) return null
  const { server, raw } = found
  const from = "mcp_prompt" as const
  try {
    const connection = await server.connection(options.signal)
    const params = { name: raw.name, arguments: fill(argumentsOf(raw), args) }
    const { messages } = await connection.request("prompts/get", params, {
      signal: options.signal,
      timeoutMs: PROMPT_MS,
    })
    const content = (Array.isArray(messages) ? messages.filter(isObject) : []).flatMap(contentOf)
    const { limits, spillDir } = options
    const output = await readResult(
      { content },
      { maxTokens: limits.outputTokens, spillDir, id: `prompt_${crypto.randomUUID()}` },
    )
    if (typeof output.content === "string") return { name, text: output.content, from }
    const texts = output.content.flatMap((block) => (block.type === "text" ? [String(block.text)] : []))
    return {
      name,
      text: texts.join("\n"),
      blocks: output.content.filter(({ type }) => type !== "text"),
      from,
    }
  } catch (error) {
    options.signal.throwIfAborted()
    return { name, text: `/${name} could not be made by its server: ${messageOf(error)}`, from }
  }
}

interface Argument {
  readonly name: string
  readonly required: boolean
}

function argumentsOf(raw: Json): readonly Argument[] {
  return (Array.isArray(raw.arguments) ? raw.arguments.filter(isObject) : []).flatMap(({ name, required }) =>
    typeof name === "string" ? [{ name, required: required === true }] : [],
  )
}

/** Words in the order of the arguments; the last one takes the rest. Throws one line when a required one is missing. */
function fill(wanted: readonly Argument[], args: string): Readonly<Record<string, string>> {
  const words = args.split(/\s+/).filter((word) => word !== "")
  const filled: Record<string, string> = {}
  for (const [at, { name, required }] of wanted.entries()) {
    const value = at === wanted.length - 1 ? words.slice(at).join(" ") : (words[at] ?? "")
    if (value !== "") filled[name] = value
    else if (required)
      throw new Error(`it needs ${wanted.map((one) => one.name).join(", ")}; ${name} is missing`)
  }
  return filled
}

function contentOf({ role, content }: Json): readonly Json[] {
  const blocks = Array.isArray(content) ? content.filter(isObject) : isObject(content) ? [content] : []
  if (role !== "assistant") return blocks
  // It all becomes one message of the person, so that what the assistant is to have said must be told apart.
  return [{ type: "text", text: "Assistant:" }, ...blocks]
}
