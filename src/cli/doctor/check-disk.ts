import { accessSync, constants, existsSync, lstatSync, readdirSync, statfsSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Check, Finding } from "./finding.ts"

const area = "disk"
/** Files that are counted; a folder with more is said to be larger. */
const MAX_FILES = 20_000
/** Milliseconds for all folders together. */
const BUDGET_MS = 80
const LOW_BYTES = 1024 ** 3
const LARGE_BYTES = 5 * 1024 ** 3
const FOLDERS = ["projects", "file-history", "tasks", "debug", "plans", "ccts"] as const

export const checkDisk: Check = ({ paths }) => {
  const { configDir } = paths
  const findings: Finding[] = []
  if (!existsSync(configDir))
    findings.push({
      area,
      level: "info",
      text: `${configDir} does not exist yet; it is made at the first session`,
    })
  const place = existsSync(configDir) ? configDir : dirname(configDir)
  if (!isWritable(place))
    findings.push({
      area,
      level: "error",
      text: `${place} cannot be written: sessions, settings and logins are not kept`,
      fix: `give yourself the right to write, or set CLAUDE_CONFIG_DIR to another folder`,
    })
  const mode = statSync(configDir, { throwIfNoEntry: false })?.mode ?? 0
  if (process.platform !== "win32" && (mode & 0o022) !== 0)
    findings.push({
      area,
      level: "warning",
      text: `${configDir} can be changed by other users (mode ${(mode & 0o777).toString(8)})`,
      fix: `chmod go-w ${configDir}`,
    })
  const end = performance.now() + BUDGET_MS
  const sizes = FOLDERS.flatMap((name) => {
    const size = sizeOf(join(configDir, name), end)
    return size === null ? [] : [{ name, ...size }]
  })
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  if (sizes.length > 0)
    findings.push({
      area,
      level: total > LARGE_BYTES ? "warning" : "ok",
      text: `${configDir}: ${sizes.map(({ name, bytes, cut }) => `${name} ${cut ? "over " : ""}${megabytes(bytes)}`).join(", ")}`,
      ...(total > LARGE_BYTES
        ? { fix: "lower cleanupPeriodDays: ccts config set cleanupPeriodDays 14" }
        : {}),
    })
  const free = freeBytes(place)
  if (free !== null && free < LOW_BYTES)
    findings.push({
      area,
      level: "warning",
      text: `only ${megabytes(free)} free`,
      fix: "make room on this disk",
    })
  return findings
}

interface FolderSize {
  readonly bytes: number
  /** There is more than was counted. */
  readonly cut: boolean
}

function sizeOf(folder: string, end: number): FolderSize | null {
  if (!existsSync(folder)) return null
  const open = [folder]
  let bytes = 0
  let files = 0
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const entry of entriesOf(at)) {
      if (files >= MAX_FILES || performance.now() > end) return { bytes, cut: true }
      const path = join(at, entry.name)
      if (entry.isDirectory()) open.push(path)
      else if (entry.isFile()) {
        files++
        bytes += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0
      }
    }
  }
  return { bytes, cut: false }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return null
  }
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
