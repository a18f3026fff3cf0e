/**
 * Copies of files as they were before this session changed them, in `file-history/<session>/`, and the way back to any
 * prompt. A copy is made before the first change after a prompt; links are never followed when files are brought back.
 */
import { createHash } from "node:crypto"
import { constants } from "node:fs"
import { copyFile, lstat, mkdir, readFile, stat, unlink } from "node:fs/promises"
import { join } from "node:path"
import { writeAtomic } from "../lib/atomic-write.ts"
import type { CheckpointPort } from "../model/checkpoint.ts"
import type { SideLine } from "../model/line.ts"
import { backwardLines } from "./backward.ts"
import { parseLine } from "./read-tail.ts"

/** Larger files are not copied: they are data, and the disk is not ours to fill. */
const FILE_MAX_BYTES = 64 * 1024 * 1024
/** Files of one session that are followed; a session that changes more is a generator. */
const TRACKED_MAX = 1_000
/** Snapshots that are remembered; one per prompt. */
const SNAPSHOTS_MAX = 1_000
/** How far back a transcript is searched for snapshots of an earlier process. */
const SEARCH_MAX_BYTES = 256 * 1024 * 1024

interface Backup {
  /** Null: there was no such file. */
  readonly backupFileName: string | null
  readonly version: number
  readonly backupTime: string
}

interface Snapshot {
  readonly messageId: string
  readonly files: Map<string, Backup>
}

/** The answer to `rewind_files` (spec/headless.md section 7). */
export interface RewindResult {
  readonly canRewind: boolean
  readonly error?: string
  readonly filesChanged?: readonly string[]
  readonly insertions?: number
  readonly deletions?: number
  readonly skippedLinks?: number
}

export interface Checkpoints extends CheckpointPort {
  /** Another session begins or goes on; `transcript` holds the snapshots of earlier processes. */
  use(session: { readonly id: string; readonly transcript: string | null }): void
  /** Brings every file back to what it was when the prompt `messageId` was sent. */
  rewind(messageId: string, options: { readonly dryRun: boolean }): Promise<RewindResult>
}

export function createCheckpoints(historyDir: string): Checkpoints {
  let dir = historyDir
  let transcript: string | null = null
  let snapshots: Snapshot[] | null = null
  /** What a file looked like when its newest copy was made. */
  let seen = new Map<string, { readonly backup: Backup; readonly mtimeMs: number; readonly size: number }>()

  const known = async () => {
    snapshots ??= transcript === null ? [] : await readSnapshots(transcript)
    return snapshots
  }

  /** The copy of `path` as it is now; an older one when nothing changed since. Null when it cannot be kept. */
  const backUp = async (path: string, last: Backup | undefined): Promise<Backup | null> => {
    const info = await lstat(path).catch(() => null)
    const backupTime = new Date().toISOString()
    const version = (last?.version ?? 0) + 1
    if (info === null) return { backupFileName: null, version, backupTime }
    if (!info.isFile() || info.size > FILE_MAX_BYTES) return null
    const before = seen.get(path)
    if (before && before.backup === last && before.mtimeMs === info.mtimeMs && before.size === info.size)
      return before.backup
    const backupFileName = `${createHash("sha256").update(path).digest("hex").slice(0, 16)}@v${version}`
    try {
      await mkdir(dir, { recursive: true, mode: 0o700 })
      await copyFile(path, join(dir, backupFileName), constants.COPYFILE_FICLONE)
    } catch {
      // A full disk must not stop the edit; the file is then not among what can be brought back.
      return null
    }
    const backup = { backupFileName, version, backupTime }
    seen.set(path, { backup, mtimeMs: info.mtimeMs, size: info.size })
    return backup
  }

  return {
    use(session) {
      dir = join(historyDir, session.id)
      transcript = session.transcript
      snapshots = null
      seen = new Map()
    },
    async begin(messageId) {
      const all = await known()
      const files = new Map<string, Backup>()
      for (const [path, last] of all.at(-1)?.files ?? []) {
        const backup = await backUp(path, last)
        if (backup !== null) files.set(path, backup)
      }
      all.push({ messageId, files })
      if (all.length > SNAPSHOTS_MAX) all.shift()
      return snapshotLine({ messageId, files }, false)
    },
    async before(paths) {
      const all = await known()
      if (all.length === 0) all.push({ messageId: crypto.randomUUID(), files: new Map() })
      const current = all.at(-1) as Snapshot
      let changed = false
      for (const path of paths) {
        if (current.files.has(path) || current.files.size >= TRACKED_MAX) continue
        const backup = await backUp(path, undefined)
        if (backup === null) continue
        current.files.set(path, backup)
        changed = true
      }
      return changed ? snapshotLine(current, true) : null
    },
    async rewind(messageId, { dryRun }) {
      const all = await known()
      const at = all.findIndex((snapshot) => snapshot.messageId === messageId)
      if (at < 0) return { canRewind: false, error: "No file checkpoint found for this message." }
      const wanted = new Map<string, Backup>()
      for (const { files } of all.slice(at)) {
        for (const [path, backup] of files) if (!wanted.has(path)) wanted.set(path, backup)
      }
      return await bringBack(wanted, dir, dryRun)
    },
  }
}

async function bringBack(
  wanted: ReadonlyMap<string, Backup>,
  dir: string,
  dryRun: boolean,
): Promise<RewindResult> {
  const filesChanged: string[] = []
  let [insertions, deletions, skippedLinks] = [0, 0, 0]
  for (const [path, { backupFileName }] of wanted) {
    const info = await lstat(path).catch(() => null)
    if (info?.isSymbolicLink()) {
      skippedLinks++
      continue
    }
    const now = info?.isFile() ? await readFile(path) : null
    const then =
      backupFileName === null ? null : await readFile(join(dir, backupFileName)).catch(() => undefined)
    if (then === undefined) {
      return {
        canRewind: false,
        error: `The copy of ${path} is gone; nothing more was brought back.`,
        filesChanged,
      }
    }
    if (now === null ? then === null : then !== null && now.equals(then)) continue
    const counts = await countLines(now, then)
    insertions += counts.added
    deletions += counts.removed
    filesChanged.push(path)
    if (dryRun) continue
    if (then === null) await unlink(path)
    else await writeAtomic({ path, bytes: then })
  }
  return {
    canRewind: true,
    filesChanged,
    insertions,
    deletions,
    ...(skippedLinks === 0 ? {} : { skippedLinks }),
  }
}

/** Files beyond this are counted as replaced whole: a line diff of them takes too long. */
const DIFF_MAX_BYTES = 1024 * 1024

async function countLines(
  now: Buffer | null,
  then: Buffer | null,
): Promise<{ readonly added: number; readonly removed: number }> {
  const lines = (bytes: Buffer | null) =>
    bytes === null ? 0 : bytes.toString("latin1").split("\n").length - 1
  if (now === null || then === null || now.length + then.length > DIFF_MAX_BYTES)
    return { added: lines(then), removed: lines(now) }
  const { diffLines } = await import("diff")
  const parts = diffLines(now.toString("utf8"), then.toString("utf8"))
  const sum = (kind: "added" | "removed") =>
    parts.reduce((total, part) => total + (part[kind] ? part.count : 0), 0)
  return { added: sum("added"), removed: sum("removed") }
}

function snapshotLine({ messageId, files }: Snapshot, isSnapshotUpdate: boolean): SideLine {
  return {
    type: "file-history-snapshot",
    messageId,
    snapshot: {
      messageId,
      trackedFileBackups: Object.fromEntries(files),
      timestamp: new Date().toISOString(),
    },
    isSnapshotUpdate,
  }
}

/** The snapshots of a transcript, oldest first; of one message the newest line counts. */
async function readSnapshots(file: string): Promise<Snapshot[]> {
  const found = new Map<string, Snapshot>()
  if ((await stat(file).catch(() => null)) === null) return []
  for await (const { bytes, oversized } of backwardLines(file, { maxBytes: SEARCH_MAX_BYTES })) {
    if (oversized || !bytes.includes('"file-history-snapshot"')) continue
    const line = parseLine(bytes) as SideLine | null
    if (line?.type !== "file-history-snapshot" || typeof line.messageId !== "string") continue
    if (found.has(line.messageId)) continue
    const { trackedFileBackups } = (line.snapshot ?? {}) as {
      readonly trackedFileBackups?: Readonly<Record<string, Backup>>
    }
    const files = Object.entries(trackedFileBackups ?? {}).filter(([, backup]) => isBackup(backup))
    found.set(line.messageId, { messageId: line.messageId, files: new Map(files) })
    if (found.size >= SNAPSHOTS_MAX) break
  }
  return [...found.values()].reverse()
}

/** A name from a file must not lead out of the folder of copies. */
function isBackup(backup: Backup): boolean {
  const { backupFileName: name } = backup
  return name === null || (typeof name === "string" && /^[A-Za-z0-9_@.-]+$/.test(name) && name !== "..")
}
