import { writeFile } from "node:fs/promises"
import { resolve } from "node:path"
import { findSession, type SessionPlaces } from "../sessions/list.ts"
import { readTail } from "../sessions/read-tail.ts"
import { toMarkdown } from "../sessions/to-markdown.ts"

/** Of a session's file, the newest; beyond it a document is no longer read by anyone. */
const MAX_BYTES = 64 * 1024 * 1024
const MAX_NAME_CHARS = 40

/** Writes a session as Markdown, never over a file that is there; the path. Rejects with one line. */
export async function exportSession(options: {
  readonly id: string
  readonly title: string | undefined
  readonly places: SessionPlaces
  readonly cwd: string
  /** As typed; empty for a name of its own. */
  readonly target: string
  readonly now?: Date
}): Promise<string> {
  const { id, places, cwd, target, now = new Date() } = options
  const file = await findSession(id, places)
  if (file === null) throw new Error("Nothing of this session is on disk yet.")
  const title = options.title ?? "A session with ccts"
  const { lines } = await readTail(file, { maxBytes: MAX_BYTES })
  const path = resolve(cwd, target === "" ? `${now.toISOString().slice(0, 10)}-${slug(title)}.md` : target)
  // Who may read the conversation is for its owner to widen.
  await writeFile(path, toMarkdown(lines, title), { flag: "wx", mode: 0o600 }).catch((error) => {
    if (error.code === "EEXIST") throw new Error(`${path} exists already; name another file: /export <file>`)
    throw new Error(`${path} could not be written: ${error.message}`)
  })
  return path
}

function slug(title: string): string {
  const words = title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return words.join("-").slice(0, MAX_NAME_CHARS).replace(/-+$/, "") || "session"
}
