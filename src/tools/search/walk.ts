/**
 * Walks a folder in path order without holding the tree: one folder's names at a time. Links are not followed, so
 * it always ends.
 */
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import type ignoreFactory from "ignore"
import type { Ignore } from "ignore"

export interface WalkOptions {
  readonly root: string
  /** Honour .gitignore, .ignore and the like; needs the `ignore` library. */
  readonly ignore: typeof ignoreFactory | null
  /** Folder names never entered. */
  readonly skip: ReadonlySet<string>
  prunes(path: string): boolean
  /** True ends the walk. */
  expired(): boolean
}

/** One ignore file: patterns count for paths under `base`. */
interface Rules {
  readonly base: string
  readonly matcher: Ignore
}

/** ripgrep would read a larger one; nobody writes it. */
const MAX_IGNORE_BYTES = 1 << 20
const IGNORE_FILES = [".gitignore", ".ignore", ".rgignore"]

/** Paths relative to the root, with forward slashes. Folders that cannot be read are passed over. */
export function* walk(options: WalkOptions): Generator<string> {
  const inherited = options.ignore === null ? [] : parentRules(options.root, options.ignore)
  const git = options.ignore !== null && repositoryOf(options.root) !== null
  yield* walkFolder("", inherited, git, options)
}

function* walkFolder(
  folder: string,
  inherited: readonly Rules[],
  git: boolean,
  options: WalkOptions,
): Generator<string> {
  if (options.expired()) return
  const absolute = folder === "" ? options.root : join(options.root, folder)
  let entries: Dirent[]
  try {
    entries = readdirSync(absolute, { withFileTypes: true })
  } catch {
    return
  }
  let rules = inherited
  let inGit = git
  if (options.ignore !== null) {
    // Only what starts with a dot matters here: most folders have none of it.
    const dotted = entries.filter((entry) => entry.name.startsWith(".")).map((entry) => entry.name)
    if (dotted.includes(".git")) inGit = true
    for (const name of IGNORE_FILES) {
      if (!dotted.includes(name) || (name === ".gitignore" && !inGit)) continue
      const found = readRules(absolute, join(absolute, name), options.ignore)
      if (found) rules = [...rules, found]
    }
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  const inside = absolute.endsWith("/") ? absolute : `${absolute}/`
  for (const entry of entries) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      if (options.skip.has(entry.name) || options.prunes(path)) continue
      if (isIgnored(`${inside}${entry.name}/`, rules)) continue
      yield* walkFolder(path, rules, inGit, options)
    } else if (entry.isFile()) {
      if (!isIgnored(inside + entry.name, rules)) yield path
    }
  }
}

/** The nearest ignore file that has an opinion wins. */
function isIgnored(path: string, rules: readonly Rules[]): boolean {
  for (let i = rules.length - 1; i >= 0; i -= 1) {
    const rule = rules[i]
    if (rule === undefined) continue
    const way = path.slice(rule.base === "/" ? 1 : rule.base.length + 1)
    const verdict = rule.matcher.test(way)
    if (verdict.ignored) return true
    if (verdict.unignored) return false
  }
  return false
}

function parentRules(root: string, ignore: typeof ignoreFactory): Rules[] {
  const repository = repositoryOf(root)
  if (repository === null) return []
  const rules: Rules[] = []
  const exclude = readRules(repository, join(repository, ".git", "info", "exclude"), ignore)
  if (exclude) rules.push(exclude)
  const way = relative(repository, root)
  const steps = way === "" ? [] : way.split("/")
  let folder = repository
  for (const step of steps) {
    for (const name of IGNORE_FILES) {
      const found = readRules(folder, join(folder, name), ignore)
      if (found) rules.push(found)
    }
    folder = join(folder, step)
  }
  return rules
}

function repositoryOf(path: string): string | null {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder
    if (folder === dirname(folder)) return null
  }
}

function readRules(base: string, file: string, ignore: typeof ignoreFactory): Rules | null {
  try {
    if (statSync(file).size > MAX_IGNORE_BYTES) return null
    return { base, matcher: ignore().add(readFileSync(file, "utf8").replace(/^\uFEFF/, "")) }
  } catch {
    return null
  }
}
