import { buildTurnRequest } from "./request.ts"
import type { Run } from "./run.ts"
import { sideRequest } from "./side-request.ts"
import instructions from "./suggestion.md" with { type: "text" }

/** A suggestion that comes later than this comes too late. */
const PATIENCE_MS = 15_000
/** A prompt longer than this is no suggestion but an essay. */
const MAX_CHARS = 200

/**
 * What the person may want to say next; null when there is nothing obvious. The request is the conversation's own with
 * one message more, so nearly all of it is read from the prompt cache. Nothing is recorded; a failure is nobody's news.
 */
export async function suggestPrompt(run: Run, signal: AbortSignal): Promise<string | null> {
  const request = await buildTurnRequest(run)
  const messages = [
    ...request.messages,
    { role: "user" as const, content: [{ type: "text" as const, text: instructions.trim() }] },
  ]
  const reply = await sideRequest(
    run,
    { ...request, messages },
    { cause: "suggestion", signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) },
  )
  if (!reply.ok || reply.content.some(({ type }) => type === "tool_use")) return null
  const line = (reply.text.split("\n")[0] ?? "").replace(/^["'`\s]+|["'`\s]+$/g, "")
  return line === "" || line.toUpperCase() === "NONE" || line.length > MAX_CHARS ? null : line
}
