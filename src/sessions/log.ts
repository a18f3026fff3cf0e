/**
 * The append-only log of one session. A line is written whole or is recognisably cut: one `write` of complete lines on an
 * O_APPEND descriptor. The file is made at the first append, readable by its owner only.
 */
import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs"
import { join } from "node:path"
import type { Line } from "../model/line.ts"
import type { SessionLog } from "../model/session.ts"
import { isChainLine } from "./chain.ts"
import { SIDE_TYPES, type SideState, sideLines, takeSide } from "./side.ts"

/** Lists read the last 64 KB of a file only, so what they need is repeated before it drifts out of reach. */
const REPEAT_AFTER_BYTES = 48 * 1024
/** What is kept for a second try while the disk is full. */
const PENDING_MAX_BYTES = 4 * 1024 * 1024

export interface LogOptions {
  /** Folder of the file; made when missing. */
  readonly dir: string
  readonly id: string
  /** File name without `.jsonl`; default the id. Subagents use `agent-<id>`. */
  readonly name?: string
  /** The last line of the chain when an old session is continued. */
  readonly leaf?: string | null
  /** Titles, tag and last prompt of a continued session, to be repeated near the end. */
  readonly side?: SideState
  /** False: nothing reaches the disk (`--no-session-persistence`). */
  readonly persist?: boolean
  /** Called once, with one sentence for people, when lines could not be written. */
  readonly onLost?: (message: string) => void
}

export function openLog(options: LogOptions): SessionLog {
  const file = options.persist === false ? null : join(options.dir, `${options.name ?? options.id}.jsonl`)
  let leaf = options.leaf ?? null
  let side: SideState = options.side ?? {}
  let fd: number | null = null
  let cut = false
  let pending = ""
  let reported = false
  let sinceSide = 0

  /** True when all of `text` is on its way to the disk. */
  const write = (path: string, text: string): boolean => {
    try {
      if (fd === null) {
        mkdirSync(options.dir, { recursive: true, mode: 0o700 })
        fd = openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600)
        cut = endsInside(fd)
      }
      const bytes = Buffer.from(cut ? `\n${text}` : text)
      let done = 0
      while (done < bytes.length) {
        const written = writeSync(fd, bytes, done)
        // From here until the end a failure leaves a cut line, which the next write must close first.
        cut = true
        done += written
      }
      cut = false
      return true
    } catch (error) {
      if (!reported)
        options.onLost?.(`This session is not being saved: cannot write ${path} (${reasonOf(error)})`)
      reported = true
      return false
    }
  }

  const append = (lines: readonly Line[]) => {
    if (lines.length === 0) return
    let text = ""
    for (const line of lines) {
      if (isChainLine(line) && !line.isSidechain) leaf = line.uuid
      if (SIDE_TYPES.has(line.type)) {
        side = takeSide(side, line)
        sinceSide = 0
      }
      text += `${JSON.stringify(line)}\n`
    }
    if (file === null) return
    sinceSide += Buffer.byteLength(text)
    if (sinceSide > REPEAT_AFTER_BYTES) {
      for (const line of sideLines(side, options.id)) text += `${JSON.stringify(line)}\n`
      sinceSide = 0
    }
    if (write(file, pending + text)) {
      pending = ""
      return
    }
    if (pending.length + text.length <= PENDING_MAX_BYTES) pending += text
  }

  return {
    id: options.id,
    file,
    get leaf() {
      return leaf
    },
    append,
    sync() {
      if (file !== null && pending !== "" && write(file, pending)) pending = ""
      try {
        if (fd !== null) fdatasyncSync(fd)
      } catch {
        // Some file systems cannot; what was written stays written.
      }
    },
    close() {
      this.sync()
      if (fd !== null) closeSync(fd)
      fd = null
    },
  }
}

/** True when the file's last byte is no newline: a crash cut its last line. */
function endsInside(fd: number): boolean {
  const size = fstatSync(fd).size
  if (size === 0) return false
  const last = Buffer.alloc(1)
  return readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = "code" in error ? String(error.code) : ""
  return code === "ENOSPC" ? "the disk is full" : code || error.message
}
