import { readFileSync, statSync } from "node:fs"
import { resolve } from "node:path"
import type { Flags } from "./flags.ts"
import { StartError } from "./start-error.ts"

/** A prompt file beyond this is a mistake; it would fill the window. */
const MAX_PROMPT_BYTES = 2 * 1024 * 1024

/** The system prompt as flags give it: a replacement, an addition, or neither. Throws `StartError` for a bad file. */
export function readPromptFlags(flags: Flags, cwd: string): { custom?: readonly string[]; append?: string } {
  const custom = flags.systemPrompt ?? readText("--system-prompt-file", flags.systemPromptFile, cwd)
  const append = [
    flags.appendSystemPrompt,
    readText("--append-system-prompt-file", flags.appendSystemPromptFile, cwd),
  ]
    .filter((part) => part !== undefined)
    .join("\n\n")
  return { ...(custom === undefined ? {} : { custom: [custom] }), ...(append === "" ? {} : { append }) }
}

function readText(flag: string, file: string | undefined, cwd: string): string | undefined {
  if (file === undefined) return undefined
  const path = resolve(cwd, file)
  try {
    const info = statSync(path)
    if (!info.isFile()) throw new StartError(`${flag}: ${file} is not a file.`)
    if (info.size > MAX_PROMPT_BYTES) throw new StartError(`${flag}: ${file} is larger than 2 MiB.`)
    return readFileSync(path, "utf8")
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(
      `${flag}: ${file} cannot be read (${error instanceof Error ? error.message : String(error)}).`,
    )
  }
}
