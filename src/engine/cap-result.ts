import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { ToolOutput } from "../model/tool.ts"

/**
 * The last line of defence against a result that would fill the window: tools have their own, smaller limits.
 * About 100,000 tokens.
 */
const MAX_RESULT_CHARS = 400_000
/** What of it the model still sees. */
const PREVIEW_CHARS = 20_000

/** Spills an oversized text result to `spillDir` and leaves head, tail and the place of the whole. */
export async function capResult(output: ToolOutput, spillDir: string, id: string): Promise<ToolOutput> {
  const { content } = output
  if (typeof content !== "string" || content.length <= MAX_RESULT_CHARS) return output
  const file = join(spillDir, `${id.replace(/[^A-Za-z0-9_-]/g, "_")}.txt`)
  const half = PREVIEW_CHARS / 2
  const kept = await mkdir(spillDir, { recursive: true, mode: 0o700 })
    .then(() => writeFile(file, content, { mode: 0o600 }))
    .then(
      () => `The whole of it is in ${file}; read it by parts.`,
      () => "The rest could not be saved.",
    )
  return {
    ...output,
    content: `${content.slice(0, half)}\n\n[… ${content.length - PREVIEW_CHARS} characters left out. ${kept} …]\n\n${content.slice(-half)}`,
  }
}
