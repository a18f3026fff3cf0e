/** The limit of what one hook may say at once: a longer text goes to a file, and its beginning stands in. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Characters of one text (spec/hooks.md, input). */
export const MAX_TEXT_CHARS = 10_000
/** Of a text that went to a file. */
const PREVIEW_CHARS = 2_000

/** `folder` is made on first use; without one, or when it cannot be written, the rest of the text is lost and counted. */
export function boundText(text: string, folder: string | undefined): string {
  if (text.length <= MAX_TEXT_CHARS) return text
  const file = folder === undefined ? null : write(folder, text)
  if (file === null)
    return `${text.slice(0, MAX_TEXT_CHARS)}\n[… ${text.length - MAX_TEXT_CHARS} more characters of this hook's output were left out …]`
  return `${text.slice(0, PREVIEW_CHARS)}\n[… the output of this hook has ${text.length} characters; all of it is in ${file} …]`
}

function write(folder: string, text: string): string | null {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const file = join(folder, `hook-${crypto.randomUUID()}.txt`)
    writeFileSync(file, text, { mode: 0o600 })
    return file
  } catch {
    return null
  }
}
