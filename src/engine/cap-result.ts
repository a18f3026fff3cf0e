/** The last line of defence against a result that would fill the window: tools have their own, smaller limits. */
import { mkdir, writeFile } from "node:fs/promises"
import { isBlock, type ResultContent, textOf } from "../model/block.ts"
import type { ToolOutput } from "../model/tool.ts"
import { firstChars, lastChars, spillPath } from "../tools/result.ts"

/** About 100,000 tokens: half of the smallest window (spec/tools.md has no limit for tools of others); own choice. */
const MAX_RESULT_CHARS = 400_000
/** What of it the model still sees: head and tail together, about 5,000 tokens; own choice. */
const PREVIEW_CHARS = 20_000

/**
 * Spills the text of an oversized result to `spillDir` and leaves head, tail and the place of the whole. Pictures and
 * documents stay: they are limited where the request is made.
 */
export async function capResult(output: ToolOutput, spillDir: string, id: string): Promise<ToolOutput> {
  const { content } = output
  const text = textOf(content)
  if (text.length <= MAX_RESULT_CHARS) return output
  const file = spillPath({ spillDir, toolUseId: id })
  const kept = await mkdir(spillDir, { recursive: true, mode: 0o700 })
    .then(() => writeFile(file, text, { mode: 0o600 }))
    .then(
      () => `The whole of it is in ${file}; read it by parts.`,
      () => "The rest could not be saved.",
    )
  const [head, tail] = [firstChars(text, PREVIEW_CHARS / 2), lastChars(text, PREVIEW_CHARS / 2)]
  const cut = `${head}\n\n[… ${text.length - head.length - tail.length} characters left out. ${kept} …]\n\n${tail}`
  if (typeof content === "string") return { ...output, content: cut }
  const others = content.filter((block: ResultContent) => !isBlock(block, "text"))
  return { ...output, content: [{ type: "text", text: cut }, ...others] }
}
