/**
 * Where the repository of a folder is, read from files: no process is started and nothing in the repository decides more
 * than it may. A worktree counts as part of another checkout only when that checkout points back at it.
 */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"

export interface Repository {
  /** Canonical folder that holds `.git`. */
  readonly root: string
  /** The main checkout when `root` is a verified worktree of it, else `root`. */
  readonly mainRoot: string
  /** Folder with HEAD. */
  readonly gitDir: string
  /** Folder with config, refs and info; shared by worktrees. */
  readonly commonDir: string
}

/** `.git` files and HEAD are one short line. */
const POINTER_MAX_BYTES = 4096

/** The repository that `cwd` is in; null outside of one. */
export function findRepository(cwd: string): Repository | null {
  for (let dir = canonical(cwd); ; dir = dirname(dir)) {
    const found = repositoryAt(dir)
    if (found) return found
    if (dirname(dir) === dir) return null
  }
}

function repositoryAt(root: string): Repository | null {
  const entry = join(root, ".git")
  const info = statSync(entry, { throwIfNoEntry: false })
  if (info?.isDirectory()) {
    return existsSync(join(entry, "HEAD")) ? { root, mainRoot: root, gitDir: entry, commonDir: entry } : null
  }
  const pointer = info?.isFile() ? /^gitdir: (.+)$/m.exec(readShort(entry) ?? "")?.[1] : undefined
  if (pointer === undefined) return null
  const gitDir = canonical(resolve(root, pointer.trim()))
  if (!existsSync(join(gitDir, "HEAD"))) return null
  const common = readShort(join(gitDir, "commondir"))?.trim()
  const commonDir = common ? canonical(resolve(gitDir, common)) : gitDir
  const back = readShort(join(gitDir, "gitdir"))?.trim()
  const pointsBack = back !== undefined && canonical(dirname(resolve(gitDir, back))) === root
  const mainRoot = pointsBack && basename(commonDir) === ".git" ? dirname(commonDir) : root
  return { root, mainRoot, gitDir, commonDir }
}

/** The branch checked out; `HEAD` when none is (detached); null when it cannot be read. */
export function readBranch(repository: Repository): string | null {
  const head = readShort(join(repository.gitDir, "HEAD"))?.trim()
  if (!head) return null
  const branch = /^ref: refs\/heads\/(.+)$/.exec(head)?.[1]
  // The reftable format leaves a placeholder here.
  if (branch === ".invalid") return null
  return branch ?? (/^[0-9a-f]{40,64}$/.test(head) ? "HEAD" : null)
}

/** What `origin`'s HEAD points to, as `origin/main`; "" when there is none, null when only git itself could tell. */
export function readRemoteHead({ commonDir }: Repository): string | null {
  if (existsSync(join(commonDir, "reftable"))) return null
  const head = readShort(join(commonDir, "refs", "remotes", "origin", "HEAD"))?.trim()
  return /^ref: refs\/remotes\/(.+)$/.exec(head ?? "")?.[1] ?? ""
}

function readShort(path: string): string | null {
  try {
    const info = statSync(path)
    if (!info.isFile() || info.size > POINTER_MAX_BYTES) return null
    return readFileSync(path, "utf8")
  } catch {
    return null
  }
}

function canonical(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    return resolve(path)
  }
}
