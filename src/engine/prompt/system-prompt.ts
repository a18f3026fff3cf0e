import { release, type } from "node:os"
import type { AgentKind } from "../../model/agent.ts"
import type { ModelInfo } from "../../model/model-info.ts"
import type { EngineOptions } from "../options.ts"
import instructions from "./system.md" with { type: "text" }

export interface SystemText {
  readonly text: string
  readonly cacheable: boolean
}

/** Separates what is the same for everybody from what is not, in a custom prompt (spec/headless.md section 2.3). */
const DYNAMIC_BOUNDARY = "__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__"

/**
 * The system prompt of a session: instructions, then where we are, then the memory files. It is made once per
 * session and model and stays the same to the byte, because every request's cache prefix starts with it.
 */
export async function systemPrompt(options: EngineOptions, model: ModelInfo): Promise<readonly SystemText[]> {
  const { prompt } = options
  const [memory, git] = await Promise.all([prompt.memory(), prompt.custom === undefined ? prompt.git() : ""])
  const parts: SystemText[] = []
  if (prompt.custom === undefined) {
    const rules = prompt.gitRules?.(model.displayName) ?? ""
    parts.push({
      text: rules === "" ? instructions : `${instructions.trimEnd()}\n\n${rules}`,
      cacheable: true,
    })
    parts.push({ text: environment(options, model, git), cacheable: false })
  } else {
    const boundary = prompt.custom.indexOf(DYNAMIC_BOUNDARY)
    for (const [at, text] of prompt.custom.entries()) {
      if (text !== DYNAMIC_BOUNDARY && text !== "")
        parts.push({ text, cacheable: boundary < 0 || at < boundary })
    }
  }
  if (memory.length > 0) parts.push({ text: memoryText(memory), cacheable: false })
  if (prompt.append !== undefined && prompt.append !== "")
    parts.push({ text: prompt.append, cacheable: false })
  return parts
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
    { text: environment(options, model, ""), cacheable: false },
  ]
  return memory.length === 0 ? parts : [...parts, { text: memoryText(memory), cacheable: false }]
}

function environment({ place }: EngineOptions, model: ModelInfo, git: string): string {
  const facts = [
    `Working directory: ${place.cwd}`,
    ...place.additionalRoots.map((root) => `Also working in: ${root}`),
    `Platform: ${process.platform} (${type()} ${release()})`,
    `Shell: bash`,
    `Date: ${new Date().toISOString().slice(0, 10)}`,
    `Model: ${model.displayName} (${model.id})`,
  ]
  const state = git === "" ? "" : `\n\n# Git, as it was at the start\n${git}`
  return `# Environment\n${facts.join("\n")}${state}`
}

function memoryText(files: readonly { readonly path: string; readonly content: string }[]): string {
  const parts = files.map(({ path, content }) => `## ${path}\n\n${content.trim()}`)
  return `# Instructions from the user and the project\nThese files were written for you. They take precedence over the general instructions above.\n\n${parts.join("\n\n")}`
}
