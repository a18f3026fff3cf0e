/**
 * Changes members of a JSON file that several programs share: lock, read, change only the named members in the text, write
 * beside, rename. Everything else in the file stays byte-equal. A broken file is never overwritten.
 */
import { mkdir, readFile, stat } from "node:fs/promises"
import { dirname } from "node:path"
import { readMember, setMember } from "./json-text.ts"
import { type LockOptions, withLock } from "./lock.ts"
import { replaceFile } from "./replace-file.ts"

/** Sets the member at `path`; removes it when `value` is undefined. */
export interface JsonEdit {
  readonly path: readonly string[]
  readonly value: unknown
}

export interface PatchOptions extends LockOptions {
  /** Permission bits when the file is made; with `forceMode` also when it exists. */
  readonly mode?: number
  readonly forceMode?: true
}

/** Above this size the file is not parsed whole to check it (`.claude.json` of 200 MB was reported); its structure is. */
const CHECK_WHOLE_BYTES = 4 * 1024 * 1024

/**
 * `edits` is asked under the lock, with a reader of the file as it is then; no edits, no write.
 * @throws Error naming the file when it is not a JSON object, or the lock cannot be had.
 */
export async function patchJson(
  path: string,
  edits: (read: (member: readonly string[]) => unknown) => readonly JsonEdit[] | Promise<readonly JsonEdit[]>,
  options: PatchOptions = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await withLock(
    path,
    async (lock) => {
      const text = await readObject(path)
      const wanted = await edits((member) => readMember(text ?? EMPTY, member))
      let next = text ?? EMPTY
      for (const edit of wanted) next = setMember(next, edit.path, edit.value)
      if (wanted.length === 0 || (text && next.equals(text))) return
      if (!(await lock.stillHeld())) throw new Error(`${path} was not written: its lock was lost meanwhile`)
      const mode = text === null || options.forceMode ? options.mode : undefined
      await replaceFile(path, next, mode === undefined ? {} : { mode })
    },
    options,
  )
}

const EMPTY = Buffer.from("{}\n")

async function readObject(path: string): Promise<Buffer | null> {
  const found = await stat(path).catch(() => null)
  if (!found) return null
  if (!found.isFile()) throw new Error(`${path} is not a regular file`)
  const text = await readFile(path)
  if (text.toString("latin1").trim() === "") return null
  try {
    if (text.length <= CHECK_WHOLE_BYTES)
      checkObject(JSON.parse(text.toString("utf8").replace(/^\uFEFF/, "")))
    // One pass over the top level finds missing ends in a file of any size.
    else if (readMember(text, ["\u0000"]) !== undefined) throw new SyntaxError("unexpected key")
  } catch {
    throw new Error(`${path} is not a valid JSON object; repair it or move it away. It was not changed`)
  }
  return text
}

function checkObject(value: unknown): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new SyntaxError("not an object")
}
