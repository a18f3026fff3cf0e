/**
 * The file a write really goes to, and what is in it now. Links are followed once, here; the write itself is refused
 * when anything about the target changed in between.
 */
import { lstat, readlink, realpath } from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import { TargetChanged, writeAtomic } from "../../lib/atomic-write.ts"
import { contentHash } from "../../lib/content-hash.ts"
import type { ToolContext } from "../../model/tool.ts"
import { explainError, LEADS_TO_ITSELF } from "./explain-error.ts"
import { EDITABLE_BYTES } from "./limits.ts"
import { NotReadable, readRegular } from "./open.ts"

/** As many as Linux follows (path_resolution(7)). */
const MAX_LINKS = 40

export interface Target {
  /** As the model named it, absolute. */
  readonly path: string
  /** Where it leads; nothing in it is a link. */
  readonly real: string
  /** Null when there is no file yet. */
  readonly now: { readonly bytes: Buffer; readonly hash: string } | null
}

/** Throws `NotReadable` with a text for the model. */
export async function findTarget(path: string, ctx: ToolContext): Promise<Target> {
  if (path.includes("\0")) throw new NotReadable("The path contains a NUL character.")
  const real = await resolveTarget(path)
  const judged = ctx.judged?.(path)
  if (judged !== undefined && judged !== real)
    throw new NotReadable(
      `${path} leads to ${real} now, but permission was given for ${judged}. Nothing was written.`,
    )
  try {
    const bytes = await readRegular(real, EDITABLE_BYTES)
    return { path, real, now: { bytes, hash: contentHash(bytes) } }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { path, real, now: null }
    if (error instanceof NotReadable && error.message.startsWith("EISDIR"))
      throw new NotReadable(`EISDIR: illegal operation on a directory, open '${path}'`)
    if (error instanceof NotReadable) throw error
    throw new NotReadable(explainError(error, path, "read"))
  }
}

/** Replaces the target's content and remembers it. Throws `NotReadable` when the target is not what it was. */
export async function writeTarget(target: Target, bytes: Uint8Array): Promise<void> {
  try {
    await writeAtomic({ path: target.real, bytes, verify: () => unchangedTarget(target) })
  } catch (error) {
    if (error instanceof TargetChanged) throw new NotReadable(`Nothing was written: ${error.message}.`)
    throw new NotReadable(`Nothing was written: ${explainError(error, target.path, "written")}`)
  }
}

/** Throws `TargetChanged` when the file is not what `findTarget` saw. */
export async function unchangedTarget(target: Target): Promise<void> {
  if ((await resolveTarget(target.path)) !== target.real)
    throw new TargetChanged(`${target.path} leads elsewhere now`)
  const now = await readRegular(target.real, EDITABLE_BYTES).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null
    throw error
  })
  if ((now === null) !== (target.now === null) || (now !== null && contentHash(now) !== target.now?.hash))
    throw new TargetChanged(`${target.path} was changed by someone else just now; read it again`)
}

/** Follows links, also a last one that leads nowhere; missing parents stay as they are written. */
export async function resolveTarget(path: string, links = 0): Promise<string> {
  if (links > MAX_LINKS) throw new NotReadable(`${path} ${LEADS_TO_ITSELF}`)
  try {
    return await realpath(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      throw new NotReadable(explainError(error, path, "written"))
  }
  const found = await lstat(path).catch(() => null)
  if (found?.isSymbolicLink()) return resolveTarget(resolve(dirname(path), await readlink(path)), links + 1)
  const folder = dirname(path)
  return folder === path ? path : join(await resolveTarget(folder, links), basename(path))
}
