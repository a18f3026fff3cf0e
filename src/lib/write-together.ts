/**
 * Several files are replaced all or none: every new content is on the disk and every target looked at before the first
 * rename, and a rename that fails takes the earlier ones back. Only the death of the process between two renames (some
 * microseconds each) can leave a part; each file is whole even then.
 */
import { randomBytes } from "node:crypto"
import { copyFile, link, rename, unlink } from "node:fs/promises"
import { type AtomicWrite, type StagedWrite, stageWrite } from "./atomic-write.ts"

/** Throws like `writeAtomic`; then every file has its old content, or the message names those that could not be restored. */
export async function writeTogether(writes: readonly AtomicWrite[]): Promise<void> {
  const staged: StagedWrite[] = []
  const undo: { readonly path: string; readonly backup: string | null }[] = []
  let committed = 0
  try {
    for (const write of writes) staged.push(await stageWrite(write))
    for (const one of staged) await one.verify()
    for (const { path } of writes) undo.push({ path, backup: await keep(path) })
    for (const one of staged) {
      await one.commit()
      committed += 1
    }
  } catch (error) {
    const stuck = await takeBack(undo.slice(0, committed))
    for (const one of staged) await one.discard()
    if (stuck.length === 0) throw error
    throw new Error(`${(error as Error).message}; these files could not be put back: ${stuck.join(", ")}`)
  } finally {
    await Promise.all(undo.map(({ backup }) => (backup === null ? null : unlink(backup).catch(() => {}))))
  }
}

/** A second name of the present content, null when there is none. */
async function keep(path: string): Promise<string | null> {
  const backup = `${path}.${randomBytes(6).toString("hex")}.bak`
  try {
    await link(path, backup).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") throw error
      // A file system without hard links.
      return copyFile(path, backup)
    })
    return backup
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null
    throw error
  }
}

async function takeBack(done: readonly { readonly path: string; readonly backup: string | null }[]) {
  const stuck: string[] = []
  for (const { path, backup } of done) {
    try {
      if (backup === null) await unlink(path)
      else await rename(backup, path)
    } catch {
      stuck.push(path)
    }
  }
  return stuck
}
