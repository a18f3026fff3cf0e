/** A file is replaced whole or not at all: written beside, forced to the disk, renamed over the old one. */
import { randomBytes } from "node:crypto"
import { open, realpath, rename, stat, unlink } from "node:fs/promises"
import { basename, dirname, join } from "node:path"

export interface ReplaceOptions {
  /** Permission bits of the new file. Default: those of the file it replaces, else 0644 less the umask. */
  readonly mode?: number
}

/**
 * Replaces `path`. A link is followed, so that a settings file linked into a dotfiles folder stays a link.
 * @throws the file system's error (ENOSPC, EACCES …); the old content is then untouched and no temporary file is left.
 */
export async function replaceFile(
  path: string,
  data: string | Uint8Array,
  options: ReplaceOptions = {},
): Promise<void> {
  const target = await realpath(path).catch(() => path)
  const old = await stat(target).catch(() => null)
  if (old && !old.isFile()) throw new Error(`${path} is not a regular file`)
  const mode = options.mode ?? (old ? old.mode & 0o777 : undefined)
  const beside = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`)
  const file = await open(beside, "wx", mode ?? 0o644)
  try {
    try {
      // `open` applies the umask; an exact mode was asked for.
      if (mode !== undefined) await file.chmod(mode)
      await file.writeFile(data)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, target)
  } catch (error) {
    await unlink(beside).catch(() => undefined)
    throw error
  }
}
