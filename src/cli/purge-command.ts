/** `ccts purge`: shows what is stored about a project, asks, and deletes it. */
import { existsSync, readdirSync, realpathSync } from "node:fs"
import { rm } from "node:fs/promises"
import { join, resolve } from "node:path"
import { isObject } from "../config/key-type.ts"
import { type ConfigPaths, projectDirNames } from "../config/paths.ts"
import { openState, patchState } from "../config/state.ts"
import { deleteProjectData, findProjectData, forgetPrompts, type ProjectData } from "../sessions/purge.ts"
import { findPlace } from "./place.ts"
import { canAsk, createQuestions } from "./questions.ts"

export interface PurgeOptions {
  /** The current folder by default. */
  readonly path: string | undefined
  readonly all: boolean
  readonly dryRun: boolean
  /** Asks about every project by itself. */
  readonly interactive: boolean
  readonly yes: boolean
}

interface Target {
  readonly data: ProjectData
  /** Its path, where it is known. */
  readonly path: string | null
}

/** The exit code; what cannot be is thrown as one line. */
export async function purge(options: PurgeOptions): Promise<number> {
  const { paths, cwd } = findPlace()
  if (options.all && options.path !== undefined) throw new Error("purge takes a path or --all, not both.")
  if (options.yes && options.interactive) throw new Error("purge takes --yes or --interactive, not both.")
  const project = canonical(resolve(cwd, options.path ?? "."))
  const targets = options.all ? await everyProject(paths) : await oneProject(paths, project)
  if (targets.length === 0) {
    say(options.all ? "Nothing is stored about any project." : `Nothing is stored about ${project}.`)
    return 0
  }
  for (const target of targets) for (const line of describe(target)) say(line)
  if (options.dryRun) {
    say("Nothing was deleted (--dry-run).")
    return 0
  }
  const chosen = await choose(targets, options)
  if (chosen === null) {
    complain("Nothing was deleted: without a terminal say --yes, or look with --dry-run.")
    return 1
  }
  if (chosen.length === 0) {
    say("Nothing was deleted.")
    return 0
  }
  const failures: string[] = []
  for (const target of chosen) failures.push(...(await erase(paths, target)))
  for (const failure of failures) complain(failure)
  say(`Deleted what was stored about ${chosen.length === 1 ? "1 project" : `${chosen.length} projects`}.`)
  return failures.length === 0 ? 0 : 1
}

async function choose(targets: readonly Target[], { yes, interactive }: PurgeOptions) {
  if (yes) return targets
  if (!canAsk()) return null
  const questions = createQuestions()
  if (!interactive) return (await questions.confirm("Delete this for good?")) ? targets : []
  const chosen: Target[] = []
  for (const target of targets)
    if (await questions.confirm(`Delete what is stored about ${nameOf(target)} for good?`))
      chosen.push(target)
  return chosen
}

async function oneProject(paths: ConfigPaths, path: string): Promise<readonly Target[]> {
  const names = paths.projectDirName ? [paths.projectDirName] : projectDirNames(path)
  const found = await Promise.all(
    names.map((name) => findProjectData(paths, name, (cwd) => isOther(cwd, path, name))),
  )
  const targets = found.flatMap((data) => (data === null ? [] : [{ data, path }]))
  if (targets.length > 0 || !isKnown(paths, path)) return targets
  return [{ data: { name: names[0] ?? "", sessions: 0, items: [] }, path }]
}

/** Another project whose path is stored under the same name. */
function isOther(cwd: string, path: string, name: string): boolean {
  return cwd !== path && canonical(cwd) !== path && projectDirNames(cwd).includes(name)
}

async function everyProject(paths: ConfigPaths): Promise<readonly Target[]> {
  const folders = existsSync(paths.projectsDir) ? readdirSync(paths.projectsDir) : []
  const known = openState(paths).read(["projects"])
  const byName = new Map<string, string>()
  for (const path of isObject(known) ? Object.keys(known) : [])
    for (const name of projectDirNames(path)) byName.set(name, path)
  const targets: Target[] = []
  for (const name of folders) {
    const data = await findProjectData(paths, name, () => false)
    if (data !== null) targets.push({ data, path: byName.get(name) ?? null })
  }
  return targets
}

function isKnown(paths: ConfigPaths, path: string): boolean {
  return openState(paths).read(["projects", path]) !== undefined
}

async function erase(paths: ConfigPaths, { data, path }: Target): Promise<readonly string[]> {
  const failures = [...(await deleteProjectData(paths, data))]
  if (path === null) return failures
  const attempt = (work: Promise<unknown>) =>
    work.catch((error: unknown) => failures.push(error instanceof Error ? error.message : String(error)))
  await attempt(forgetPrompts(paths.historyFile, (project) => project === path))
  await attempt(
    patchState(paths, (read) =>
      read(["projects", path]) === undefined ? [] : [{ path: ["projects", path], value: undefined }],
    ),
  )
  await attempt(rm(join(paths.ownDir, "draft", `${Bun.hash(path).toString(36)}.txt`), { force: true }))
  return failures
}

function describe(target: Target): readonly string[] {
  const { data, path } = target
  const bytes = data.items.reduce((sum, item) => sum + item.bytes, 0)
  return [
    `${nameOf(target)}: ${data.sessions} sessions, ${megabytes(bytes)}`,
    ...data.items.map((item) => `  ${item.path}`),
    ...(path === null
      ? []
      : ["  its entry in the state file (trust, local MCP servers) and its prompts in the history"]),
  ]
}

function nameOf({ data, path }: Target): string {
  return path ?? data.name
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

function canonical(path: string): string {
  try {
    return realpathSync(path).normalize("NFC")
  } catch {
    return path
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`)
}
