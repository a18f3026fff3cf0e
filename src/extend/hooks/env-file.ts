/**
 * The file in which hooks of the session's course leave variables for later commands (CLAUDE_ENV_FILE in
 * spec/hooks.md); read before each of them.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"

const EVENTS: ReadonlySet<string> = new Set(["SessionStart", "Setup", "CwdChanged", "FileChanged"])

/** @returns `file` for an event that may write it, made when it is not there; null for every other event. */
export function envFileFor(event: string, file: string, own: string | undefined): string | null {
  if (!EVENTS.has(event)) return null
  try {
    if (!existsSync(file)) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      // What the person's own file says still holds; what hooks say comes after it.
      writeFileSync(file, own === undefined || own === "" ? "" : `. ${quote(own)}\n`, { mode: 0o600 })
    }
    return file
  } catch {
    return null
  }
}

function quote(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`
}
