import type { Run } from "./run.ts"
import { sideRequest } from "./side-request.ts"
import { plainRequest, smallModel } from "./small-model.ts"
import instructions from "./title.md" with { type: "text" }

/** Of the first prompt; a name needs no more. */
const PROMPT_CHARS = 2_000
const MAX_TITLE_CHARS = 80

/** A name for the session from its first prompt; null when the model gave none. A failure is nobody's news. */
export async function makeTitle(run: Run, prompt: string): Promise<string | null> {
  const text = `<request>\n${prompt.slice(0, PROMPT_CHARS)}\n</request>`
  const request = { ...plainRequest(smallModel(run), text, instructions), max_tokens: 100 }
  const reply = await sideRequest(run, request, { cause: "title" })
  if (!reply.ok) return null
  const line = (reply.text.split("\n")[0] ?? "").replace(/^["'#\s]+|["'.\s]+$/g, "")
  return line === "" ? null : line.slice(0, MAX_TITLE_CHARS)
}
