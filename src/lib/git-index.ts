import { readFileSync, statSync } from "node:fs"
import { dirname, join, resolve } from "node:path"

/** An index of a hundred thousand files is about 10 MB. */
const MAX_INDEX_BYTES = 16 * 1024 * 1024
/** Folders above the start that may hold the repository. */
const MAX_PARENTS = 64
/** Bytes of an entry before its flags (git's Documentation/gitformat-index, SHA-1). */
const FLAGS_AT = 60

/**
 * The files that git tracks in the repository around `folder`, absolute. Null when that cannot be said: no repository,
 * or an index in a form that is not read here (version 4, split, sparse, SHA-256).
 */
export function listTracked(folder: string): readonly string[] | null {
  try {
    let root = folder
    for (let i = 0; i < MAX_PARENTS; i++) {
      const index = indexOf(join(root, ".git"))
      if (index !== null) return names(index, root)
      const parent = dirname(root)
      if (parent === root) return null
      root = parent
    }
    return null
  } catch {
    return null
  }
}

function indexOf(git: string): Buffer | null {
  const stat = statSync(git, { throwIfNoEntry: false })
  if (!stat) return null
  // A linked worktree has a file that names the folder.
  const pointed = stat.isFile() ? /^gitdir: (.+)$/m.exec(readFileSync(git, "utf8"))?.[1] : undefined
  const path = join(stat.isFile() ? resolve(dirname(git), pointed ?? "") : git, "index")
  if (statSync(path).size > MAX_INDEX_BYTES) throw new Error("the index is too large")
  return readFileSync(path)
}

function names(index: Buffer, root: string): readonly string[] | null {
  const version = index.readUInt32BE(4)
  if (index.toString("latin1", 0, 4) !== "DIRC" || (version !== 2 && version !== 3)) return null
  const out: string[] = []
  let at = 12
  for (let left = index.readUInt32BE(8); left > 0; left--) {
    const isFolder = index.readUInt32BE(at + 24) >>> 12 === 0o4
    const extended = (index.readUInt16BE(at + FLAGS_AT) & 0x4000) !== 0
    const from = at + FLAGS_AT + (extended ? 4 : 2)
    const end = index.indexOf(0, from)
    const name = index.toString("utf8", from, end)
    if (isFolder || end <= from || name.length === 0) return null
    out.push(join(root, name))
    at += Math.ceil((end - at + 1) / 8) * 8
  }
  // What follows are extensions; a shared index holds the other files.
  for (; at + 8 <= index.length - 20; at += 8 + index.readUInt32BE(at + 4))
    if (index.toString("latin1", at, at + 4) === "link") return null
  return out
}
