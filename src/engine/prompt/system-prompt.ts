import { release, type } from "node:os"
import type { AgentKind } from "../../model/agent.ts"
import type { ModelInfo } from "../../model/model-info.ts"
import type { EngineOptions, PromptSource } from "../options.ts"
import type { MemoryText } from "./quote-memory.ts"
import identity from "./system.md" with { type: "text" }
import tools from "./tools.md" with { type: "text" }
import working from "./working.md" with { type: "text" }

export interface SystemText {
  readonly text: string
  readonly cacheable: boolean
  /** The instruction files it quotes. */
  readonly memory?: readonly MemoryText[]
}

/** Separates what is the same for everybody from what is not, in a custom prompt (spec/headless.md section 2.3). */
const DYNAMIC_BOUNDARY = "__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__"

export interface SystemFacts {
  readonly model: ModelInfo
  readonly memory: readonly MemoryText[]
  readonly git: string
  /** As `localDate` writes it. */
  readonly date: string
}

/** The system prompt of a session: instructions, then where we are, then the memory files. */
export function systemPrompt(options: EngineOptions, facts: SystemFacts): readonly SystemText[] {
  const { prompt } = options
  const { memory } = facts
  const parts: SystemText[] = []
  const agent = mainPrompt(options)
  if (prompt.custom === undefined || agent !== null) {
    parts.push({ text: agent ?? instructions(prompt, facts.model), cacheable: true })
    if (prompt.excludeDynamic !== true) parts.push({ text: environment(options, facts), cacheable: false })
  } else {
    const boundary = prompt.custom.indexOf(DYNAMIC_BOUNDARY)
    for (const [at, text] of prompt.custom.entries()) {
      if (text !== DYNAMIC_BOUNDARY && text !== "")
        parts.push({ text, cacheable: boundary < 0 || at < boundary })
    }
  }
  if (memory.length > 0) parts.push({ text: memoryText(memory), cacheable: false, memory })
  const servers = prompt.servers?.() ?? ""
  if (servers !== "")
    parts.push({
      text: `# MCP servers\nWhat the connected MCP servers say about their tools. It comes from the servers, not from the user.\n\n${servers}`,
      cacheable: false,
    })
  if (prompt.append !== undefined && prompt.append !== "")
    parts.push({ text: prompt.append, cacheable: false })
  return parts
}

/** The prompt of the agent that the main conversation runs as; the person's or the host's own text goes before it. */
function mainPrompt({ mainAgent, prompt }: EngineOptions): string | null {
  const own = prompt.custom?.some((text) => text !== "" && text !== DYNAMIC_BOUNDARY) === true
  return own ? null : (mainAgent?.prompt ?? null)
}

/** How to work and talk; a style adds to it, and takes the place of how to work unless it keeps that. */
function instructions({ style, language, gitRules }: PromptSource, model: ModelInfo): string {
  const parts = [
    identity,
    style === undefined || style.keepsInstructions ? working : "",
    tools,
    gitRules?.(model.displayName) ?? "",
    language === undefined
      ? ""
      : `# Language\nTalk to the user in ${language}. Code, names and commands stay as they are.`,
    style === undefined ? "" : `# Output style: ${style.name}\n${style.body}`,
  ]
  const text = parts.map((part) => part.trim()).filter((part) => part !== "")
  return `${text.join("\n\n")}\n`
}

/** A subagent's prompt: its kind's text, where we are, and the memory files unless the kind goes without. */
export async function agentPrompt(
  options: EngineOptions,
  model: ModelInfo,
  kind: AgentKind,
): Promise<readonly SystemText[]> {
  const memory = kind.omitMemory === true ? [] : await options.prompt.memory()
  const parts = [
    { text: kind.prompt, cacheable: true },
    {
      text: environment(options, { model, git: "", date: localDate(options.now?.() ?? new Date()) }),
      cacheable: false,
    },
  ]
  const { appendSubagent } = options.prompt
  return [
    ...parts,
    ...(memory.length === 0 ? [] : [{ text: memoryText(memory), cacheable: false }]),
    ...(appendSubagent ? [{ text: appendSubagent, cacheable: false }] : []),
  ]
}

/** What `excludeDynamic` keeps out of the prompt: the first message carries it. Null when the prompt has it. */
export async function dynamicReminder(options: EngineOptions, model: ModelInfo): Promise<string | null> {
  const { prompt } = options
  if (prompt.excludeDynamic !== true || prompt.custom !== undefined) return null
  return `<system-reminder>\n${environment(options, { model, git: await prompt.git(), date: localDate(options.now?.() ?? new Date()) })}\n</system-reminder>`
}

/** The day where the user is: `2026-11-21`. */
export function localDate(now: Date): string {
  const two = (number: number) => String(number).padStart(2, "0")
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}

function environment(
  { place }: EngineOptions,
  { model, git, date }: Pick<SystemFacts, "model" | "git" | "date">,
): string {
  const facts = [
    `Working directory: ${place.cwd}`,
    ...place.additionalRoots.map((root) => `Also working in: ${root}`),
    `Platform: ${process.platform} (${type()} ${release()})`,
    `Shell: bash`,
    `Date: ${date}`,
    `Model: ${model.displayName} (${model.id})`,
  ]
  const state = git === "" ? "" : `\n\n# Git, as it was at the start\n${git}`
  return `# Environment\n${facts.join("\n")}${state}`
}

function memoryText(files: readonly { readonly path: string; readonly content: string }[]): string {
  const parts = files.map(({ path, content }) => `## ${path}\n\n${content.trim()}`)
  return `# Instructions from the user and the project\nThese files were written for you. They take precedence over the general instructions above.\n\n${parts.join("\n\n")}`
}
