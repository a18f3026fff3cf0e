/** Lines beside the conversation that lists need: titles, tag, last prompt (spec/auth-and-storage.md section 5). */
import type { Line, SideLine } from "../model/line.ts"

export interface SideState {
  readonly customTitle?: string
  readonly aiTitle?: string
  readonly tag?: string
  readonly lastPrompt?: string
}

export const SIDE_TYPES: ReadonlySet<string> = new Set(["custom-title", "ai-title", "tag", "last-prompt"])

/** A list row shows one line; the rest of a long prompt is in the conversation itself. */
const LAST_PROMPT_CHARS = 500

/** `state` with what `line` says; the newest line wins. */
export function takeSide(state: SideState, line: Line): SideState {
  const key = sideKey(line.type)
  const value = key && (line as SideLine)[key]
  return key && typeof value === "string" ? { ...state, [key]: value } : state
}

/** What `state` knows and `newer` does not say again. */
export function mergeSide(state: SideState, newer: SideState): SideState {
  return { ...state, ...newer }
}

/** The key order matters: the SDK recognises a tag line by its first bytes. */
export function sideLines(state: SideState, sessionId: string): readonly SideLine[] {
  const lines: SideLine[] = []
  if (state.lastPrompt !== undefined) lines.push(lastPromptLine(state.lastPrompt, sessionId))
  if (state.aiTitle !== undefined) lines.push({ type: "ai-title", aiTitle: state.aiTitle, sessionId })
  if (state.customTitle !== undefined) lines.push(titleLine(state.customTitle, sessionId))
  if (state.tag !== undefined) lines.push(tagLine(state.tag, sessionId))
  return lines
}

export function titleLine(customTitle: string, sessionId: string): SideLine {
  return { type: "custom-title", customTitle, sessionId }
}

/** An empty tag removes it. */
export function tagLine(tag: string, sessionId: string): SideLine {
  return { type: "tag", tag, sessionId }
}

export function lastPromptLine(prompt: string, sessionId: string): SideLine {
  return { type: "last-prompt", lastPrompt: prompt.slice(0, LAST_PROMPT_CHARS), sessionId }
}

function sideKey(type: string): keyof SideState | null {
  if (type === "custom-title") return "customTitle"
  if (type === "ai-title") return "aiTitle"
  if (type === "tag") return "tag"
  return type === "last-prompt" ? "lastPrompt" : null
}
