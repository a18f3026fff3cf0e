/**
 * A file is replaced whole or not at all: the new bytes go to a temporary file beside the target, reach the
 * disk, and take the target's place in one rename. The mode of an existing file is kept.
 */
import { randomBytes } from "node:crypto"
import { lstat, mkdir, open, realpath, rename, rmdir, unlink } from "node:fs/promises"
import { basename, dirname, join } from "node:path"

export interface AtomicWrite {
  /** Absolute and already resolved: when it is a link at the moment of writing, the write is refused. */
  readonly path: string
  readonly bytes: Uint8Array
  /** Mode of a file that does not exist yet, before the umask. */
  readonly mode?: number
  /** Runs after the bytes are on disk and before the rename; what it throws stops the write. */
  readonly verify?: () => Promise<void>
}

/** The target is not what the caller judged. Nothing was written. */
export class TargetChanged extends Error {}

/** Creates missing parents. Throws `TargetChanged`, or the system's error; the old content is intact then. */
export async function writeAtomic(request: AtomicWrite): Promise<void> {
  const staged = await stageWrite(request)
  try {
    await staged.verify()
    await staged.commit()
  } catch (error) {
    await staged.discard()
    throw error
  }
}

/** New bytes on the disk, beside a target that still has its old content. */
export interface StagedWrite {
  /** Throws when the target is not what it was. */
  verify(): Promise<void>
  commit(): Promise<void>
  /** Takes the new bytes away again (after `commit` there are none), and folders made for them that are empty. */
  discard(): Promise<void>
}

/** The first half of `writeAtomic`; whoever stages must commit or discard. */
export async function stageWrite({ path, bytes, mode = 0o666, verify }: AtomicWrite): Promise<StagedWrite> {
  const folder = dirname(path)
  const made = await mkdir(folder, { recursive: true })
  const home = await realpath(folder)
  const present = await statTarget(path)
  const temporary = join(home, `.${basename(path).slice(0, 100)}.${randomBytes(6).toString("hex")}.tmp`)
  const discard = async () => {
    await unlink(temporary).catch(() => {})
    if (made !== undefined) await removeEmpty(folder, made)
  }
  // "wx" never follows a link that someone planted at the temporary name.
  const file = await open(temporary, "wx", present ? present.mode & 0o777 : mode).catch(async (error) => {
    await discard()
    throw error
  })
  try {
    await file.writeFile(bytes)
    // open() applies the umask; an existing file keeps exactly its mode.
    if (present) await file.chmod(present.mode & 0o7777)
    await file.sync()
  } catch (error) {
    await discard()
    throw error
  } finally {
    await file.close()
  }
  return {
    async verify() {
      await verify?.()
      if ((await realpath(folder)) !== home) throw new TargetChanged(`${folder} now leads elsewhere`)
      await statTarget(path)
    },
    commit: () => rename(temporary, join(home, basename(path))),
    discard,
  }
}

/** `folder` and those above it down to `top`, as far as nothing is in them. */
async function removeEmpty(folder: string, top: string): Promise<void> {
  for (let at = folder; at.startsWith(top); at = dirname(at)) {
    const gone = await rmdir(at).then(
      () => true,
      () => false,
    )
    if (!gone) return
  }
}

async function statTarget(path: string) {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null
    throw error
  })
  if (found === null) return null
  if (found.isSymbolicLink()) throw new TargetChanged(`${path} has become a symbolic link`)
  if (!found.isFile()) throw new TargetChanged(`${path} is not a regular file`)
  return found
}
