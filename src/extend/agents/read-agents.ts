/** Subagents that people and hosts define (spec/memory-skills-agents.md section 3, `AgentDefinition`). */
import type { AgentKind } from "../../model/agent.ts"
import { EFFORTS } from "../../model/model-info.ts"
import { PERMISSION_MODES } from "../../model/permission.ts"
import { isObject, isTexts, type Json } from "../json.ts"

export interface ReadAgents {
  readonly kinds: readonly AgentKind[]
  /** One line each, naming the agent and the field. */
  readonly problems: readonly string[]
}

/** Agents by name, as `--agents` and `initialize.agents` give them. */
export function readAgents(value: unknown, source: AgentKind["source"]): ReadAgents {
  if (!isObject(value)) return { kinds: [], problems: ["agents must be an object of agents by name"] }
  const kinds: AgentKind[] = []
  const problems: string[] = []
  for (const [name, raw] of Object.entries(value)) {
    const kind = isObject(raw) ? readAgent(name, raw, source) : "must be an object"
    if (typeof kind === "string") problems.push(`agent "${name}": ${kind}`)
    else kinds.push(kind)
  }
  return { kinds, problems }
}

/** The kind, or what is wrong with its definition. */
export function readAgent(name: string, raw: Json, source: AgentKind["source"]): AgentKind | string {
  const { description, prompt, model, maxTurns } = raw
  if (name.trim() === "" || name.length > 100) return "a name has 1 to 100 characters"
  if (typeof description !== "string" || description.trim() === "") return "needs a description"
  if (typeof prompt !== "string") return "needs a prompt"
  const tools = names(raw.tools)
  const disallowedTools = names(raw.disallowedTools)
  if (tools === null) return "tools must be a list of names"
  if (disallowedTools === null) return "disallowedTools must be a list of names"
  if (model !== undefined && typeof model !== "string") return "model must be text"
  if (maxTurns !== undefined && !(typeof maxTurns === "number" && Number.isInteger(maxTurns) && maxTurns > 0))
    return "maxTurns must be a whole number from 1"
  if (raw.hooks !== undefined && raw.hooks !== null && !isObject(raw.hooks))
    return "hooks must be an object of events"
  const skills = names(raw.skills)
  if (skills === null) return "skills must be a list of names"
  const permissionMode = PERMISSION_MODES.find((one) => one === raw.permissionMode)
  if (raw.permissionMode !== undefined && permissionMode === undefined)
    return `permissionMode must be one of ${PERMISSION_MODES.join(", ")}`
  const effort = EFFORTS.find((one) => one === raw.effort)
  // Hosts may give a number, which none of our models takes: it changes nothing.
  if (raw.effort !== undefined && effort === undefined && typeof raw.effort !== "number")
    return `effort must be one of ${EFFORTS.join(", ")}`
  return {
    name,
    description,
    prompt,
    source,
    ...(tools !== undefined && { tools }),
    ...(disallowedTools !== undefined && { disallowedTools }),
    ...(typeof model === "string" && { model }),
    ...(effort !== undefined && { effort }),
    ...(permissionMode !== undefined && { permissionMode }),
    ...(skills !== undefined && { skills }),
    ...(typeof maxTurns === "number" && { maxTurns }),
    ...(raw.background === true && { background: true }),
    ...(raw.hooks !== undefined && raw.hooks !== null && { hooks: raw.hooks }),
    ...(raw.omitClaudeMd === true && { omitMemory: true }),
  }
}

/** A list, or names after each other as files write them; undefined when absent, null when it is neither. */
function names(value: unknown): readonly string[] | undefined | null {
  if (value === undefined || value === null) return undefined
  if (isTexts(value)) return value
  if (typeof value !== "string") return null
  return value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
}

/** Kinds of several sources: a later one takes the place of an earlier one of the same name. */
export function mergeAgents(...sources: readonly (readonly AgentKind[])[]): readonly AgentKind[] {
  return [...new Map(sources.flat().map((kind) => [kind.name, kind])).values()]
}
