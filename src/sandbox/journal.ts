/**
 * What a sandbox leaves lying about when its session is killed outright: stand-ins for protected files that do not
 * exist, a temporary folder, processes. It is written down before it is made, and the next session clears it away.
 */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs"
import { basename, dirname, join } from "node:path"

interface Entry {
  readonly pid: number
  /** Texts that only processes of that session have in their command line: its temporary folder, its sockets. */
  readonly marks: readonly string[]
  readonly temporary: string
  /** Paths that were missing; a stand-in is an empty file or an empty folder. */
  readonly standIns: readonly string[]
}

export interface Journal {
  /** Call it before a command whose `missing` protected paths will get stand-ins. */
  note(missing: readonly string[], marks: readonly string[]): void
  close(): void
}

/** More than this is not a session's journal. */
const MAX_BYTES = 1024 * 1024
/** A mark is long and random; anything shorter could name a stranger. */
const MIN_MARK = 20

export function openJournal(folder: string, temporary: string): Journal {
  const file = join(folder, `${process.pid}-${basename(temporary)}.json`)
  const standIns = new Set<string>()
  let known = ""
  return {
    note(missing, marks) {
      for (const path of missing) standIns.add(firstMissing(path))
      const entry: Entry = {
        pid: process.pid,
        marks: [temporary, ...marks],
        temporary,
        standIns: [...standIns],
      }
      const text = JSON.stringify(entry)
      if (text === known) return
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      writeFileSync(file, text, { mode: 0o600 })
      known = text
    },
    close: () => rmSync(file, { force: true }),
  }
}

/** Ends and removes what sessions left that are no longer alive. Never throws: it is only tidying. */
export function clearAway(folder: string): void {
  for (const name of namesIn(folder)) {
    const file = join(folder, name)
    const entry = read(file)
    if (entry === null || isProcessAlive(entry.pid)) continue
    // First the processes: a stand-in protects for as long as a command runs.
    endProcesses(entry.marks.filter((mark) => mark.length >= MIN_MARK))
    for (const path of entry.standIns) removeEmpty(path)
    if (basename(entry.temporary).startsWith("ccts-sandbox-"))
      rmSync(entry.temporary, { recursive: true, force: true })
    rmSync(file, { force: true })
  }
}

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

function read(file: string): Entry | null {
  try {
    if (lstatSync(file).size > MAX_BYTES) return null
    const entry = JSON.parse(readFileSync(file, "utf8")) as Entry
    const texts = [...entry.marks, ...entry.standIns, entry.temporary]
    return Number.isInteger(entry.pid) && texts.every((one) => typeof one === "string") ? entry : null
  } catch {
    return null
  }
}

function endProcesses(marks: readonly string[]): void {
  if (process.platform !== "linux") return
  for (const name of namesIn("/proc")) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8")
      if (marks.some((mark) => line.includes(mark))) process.kill(pid, "SIGKILL")
    } catch {
      // It ended, or it is somebody else's.
    }
  }
}

function removeEmpty(path: string): void {
  try {
    const info = lstatSync(path)
    if (info.isFile() && info.size === 0) unlinkSync(path)
    else if (info.isDirectory()) rmdirSync(path)
  } catch {
    // Gone, or no longer empty: then it is somebody's.
  }
}

/** The topmost part of the path that does not exist: that is what gets the stand-in. */
function firstMissing(path: string): string {
  let at = path
  for (let above = dirname(at); above !== at && !exists(above); above = dirname(at)) at = above
  return at
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
