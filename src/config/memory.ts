/**
 * Finds the instruction files (CLAUDE.md, rules, AGENTS.md) that hold for a folder, in their documented order, with their
 * imports (spec/memory-skills-agents.md section 1). Files are read once; size, depth and number are limited.
 */
import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from "node:fs"
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path"
import type { SettingSource } from "./load.ts"
import { frontMatterPaths, importsOf, stripComments } from "./memory-text.ts"
import type { ConfigPaths } from "./paths.ts"

export type MemoryType = "Managed" | "User" | "Project" | "Local"

export interface MemoryFile {
  readonly path: string
  readonly type: MemoryType
  readonly content: string
  /** The file that imported this one. */
  readonly importedBy?: string
  /** Globs of a conditional rule. */
  readonly globs?: readonly string[]
}

export interface MemoryOptions {
  readonly cwd: string
  readonly paths: ConfigPaths
  readonly sources?: readonly SettingSource[]
  /** `claudeMdExcludes`: globs on absolute paths. */
  readonly excludes?: readonly string[]
  /** Managed key `claudeMd`. */
  readonly managedText?: string
  /** Project files may import from outside the folder (`hasClaudeMdExternalIncludesApproved`). */
  readonly externalApproved?: boolean
  /** Folders of `--add-dir` whose instructions count as well. */
  readonly extraDirs?: readonly string[]
}

export interface Memory {
  /** In the order in which they go to the model. */
  readonly files: readonly MemoryFile[]
  /** Imports that lead out of the project and await approval; absolute. */
  readonly external: readonly string[]
  /** One line each: files left out and why. */
  readonly notes: readonly string[]
  /** What becomes relevant when `path` (absolute) is touched: nested files and rules with matching globs; each once. */
  memoryFor(path: string): readonly MemoryFile[]
}

const FILE_MAX_BYTES = 4 * 1024 * 1024
const IMPORT_HOPS = 4
const IMPORTS_MAX = 200
const RULE_FILES_MAX = 500
const RULE_DEPTH_MAX = 8

interface Adding {
  readonly hop?: number
  readonly importedBy?: string
  /** A file below `rules/`, whose front matter may say when it holds. */
  readonly rule?: boolean
}

export function loadMemory(options: MemoryOptions): Memory {
  const { paths } = options
  const cwd = canonical(options.cwd) ?? options.cwd
  const sources = options.sources ?? ["user", "project", "local"]
  const files: MemoryFile[] = []
  const conditional: MemoryFile[] = []
  const external = new Set<string>()
  const notes: string[] = []
  const seen = new Set<string>()
  const excluded = (options.excludes ?? []).map((glob) => new Bun.Glob(glob))
  let imports = 0

  /** A project's file reads only from its own folder or the session's, links followed, until more was approved. */
  const mayRead = (real: string, file: string, type: MemoryType): boolean => {
    if (type === "Managed" || type === "User" || options.externalApproved) return true
    return isInside(real, cwd) || isInside(real, canonical(dirname(file)) ?? dirname(file))
  }
  /** Adds the file after what it imports is known; true when it exists. */
  const add = (file: string, type: MemoryType, into: MemoryFile[], more: Adding = {}): boolean => {
    const { hop = 0, importedBy } = more
    const path = canonical(file)
    if (path === null || seen.has(path)) return path !== null
    if (type !== "Managed" && excluded.some((glob) => glob.match(path) || glob.match(resolve(file))))
      return true
    if (!mayRead(path, file, type)) {
      external.add(path)
      return true
    }
    const text = readText(path, notes)
    if (text === null) return false
    seen.add(path)
    const { paths: globs, body } = more.rule ? frontMatterPaths(text) : { paths: null, body: text }
    const entry: MemoryFile = {
      path: resolve(file),
      type,
      content: stripComments(body).trim(),
      ...(importedBy === undefined ? {} : { importedBy }),
      ...(globs === null ? {} : { globs }),
    }
    const target = globs !== null && into === files ? conditional : into
    if (entry.content !== "") target.push(entry)
    if (hop >= IMPORT_HOPS) return true
    for (const name of importsOf(body)) {
      const from = name.startsWith("~/") ? join(paths.home, name.slice(2)) : resolve(dirname(path), name)
      const real = canonical(from)
      if (real === null || imports >= IMPORTS_MAX || !isFile(real)) continue
      if (!mayRead(real, path, type)) {
        external.add(real)
        continue
      }
      imports++
      add(from, type, target, { hop: hop + 1, importedBy: entry.path })
    }
    return true
  }
  const addRules = (dir: string, type: MemoryType, into: MemoryFile[]) => {
    for (const file of ruleFiles(dir)) add(file, type, into, { rule: true })
  }
  const addFolder = (dir: string, into: MemoryFile[], agents: boolean) => {
    if (sources.includes("project")) {
      const own = add(join(dir, "CLAUDE.md"), "Project", into)
      const inner = add(join(dir, ".claude", "CLAUDE.md"), "Project", into)
      if (agents && !own && !inner) add(join(dir, "AGENTS.md"), "Project", into)
      addRules(join(dir, ".claude", "rules"), "Project", into)
    }
    if (sources.includes("local")) add(join(dir, "CLAUDE.local.md"), "Local", into)
  }

  if (options.managedText)
    files.push({ path: "managed settings", type: "Managed", content: options.managedText })
  add(join(paths.managedDir, "CLAUDE.md"), "Managed", files)
  if (sources.includes("user")) {
    add(join(paths.configDir, "CLAUDE.md"), "User", files)
    addRules(join(paths.configDir, "rules"), "User", files)
  }
  for (const dir of foldersDownTo(cwd)) addFolder(dir, files, dir === cwd)
  for (const dir of options.extraDirs ?? []) addFolder(dir, files, false)

  return {
    files,
    external: [...external],
    notes,
    memoryFor(path) {
      const found: MemoryFile[] = []
      if (isInside(path, cwd)) {
        for (const dir of foldersDownTo(dirname(path)))
          if (dir !== cwd && isInside(dir, cwd)) addFolder(dir, found, false)
      }
      for (const rule of conditional.filter((one) => matches(one, path, options))) {
        conditional.splice(conditional.indexOf(rule), 1)
        found.push(rule)
      }
      const now = found.filter((file) => file.globs === undefined || matches(file, path, options))
      conditional.push(...found.filter((file) => !now.includes(file)))
      return now
    },
  }
}

/** A rule's globs are relative to the folder its `.claude` lies in; a user's to the session's folder. */
function matches(rule: MemoryFile, path: string, options: MemoryOptions): boolean {
  const at = rule.path.lastIndexOf(`${sep}.claude${sep}rules${sep}`)
  const base = rule.type === "User" || at < 0 ? options.cwd : rule.path.slice(0, at)
  const inner = relative(base, path)
  if (inner.startsWith("..") || isAbsolute(inner)) return false
  const name = inner.split(sep).join("/")
  return (rule.globs ?? []).some(
    (glob) =>
      new Bun.Glob(glob).match(name) || (!glob.includes("/") && new Bun.Glob(`**/${glob}`).match(name)),
  )
}

function ruleFiles(dir: string, depth = 0): string[] {
  if (depth > RULE_DEPTH_MAX) return []
  let entries: Dirent[]
  try {
    entries = readdirSync(dir, { withFileTypes: true })
  } catch {
    return []
  }
  const found: string[] = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(dir, entry.name)
    const info = entry.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : entry
    if (info?.isDirectory()) found.push(...ruleFiles(path, depth + 1))
    else if (info?.isFile() && entry.name.endsWith(".md")) found.push(path)
    if (found.length >= RULE_FILES_MAX) break
  }
  return found.slice(0, RULE_FILES_MAX)
}

/** From the root of the file system down to `dir`. */
function foldersDownTo(dir: string): readonly string[] {
  const folders: string[] = []
  for (let at = dir; ; at = dirname(at)) {
    folders.unshift(at)
    if (dirname(at) === at) return folders
  }
}

function readText(path: string, notes: string[]): string | null {
  try {
    const info = statSync(path)
    if (!info.isFile()) return null
    if (info.size > FILE_MAX_BYTES) {
      notes.push(`${path} is larger than 4 MiB and was not read`)
      return null
    }
    const bytes = readFileSync(path)
    if (bytes.includes(0)) {
      notes.push(`${path} is not text and was not read`)
      return null
    }
    return bytes.toString("utf8").replace(/^\uFEFF/, "")
  } catch {
    return null
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function canonical(path: string): string | null {
  try {
    return realpathSync.native(path)
  } catch {
    return null
  }
}

function isInside(path: string, dir: string): boolean {
  const inner = relative(dir, path)
  return inner === "" || (!inner.startsWith("..") && !isAbsolute(inner))
}
