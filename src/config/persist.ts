/** Writes what "always allow" and `/config` decide into settings files: under a lock, everything else byte-equal. */
import { appendFile, mkdir, readFile, stat } from "node:fs/promises"
import { dirname, join, relative, sep } from "node:path"
import { never } from "../lib/never.ts"
import { type JsonEdit, patchJson } from "../lib/patch-json.ts"
import type { PermissionUpdate } from "../model/permission.ts"
import { check, describeType, isObject } from "./key-type.ts"
import { keyInfo } from "./keys.ts"
import type { Layer } from "./layers.ts"
import type { SettingsFiles } from "./load.ts"
import { findRepository } from "./repository.ts"

const SOURCE_OF = { user: "userSettings", project: "projectSettings", local: "localSettings" } as const
const FILE_OF = { userSettings: "user", projectSettings: "project", localSettings: "local" } as const

/** Where writes of ours into a trusted folder are remembered as agreed to. */
export type Agreement = (layer: Pick<Layer, "source" | "values">) => Promise<void>

/**
 * Updates for the session or the command line are left to the caller, who holds them in memory.
 * @throws Error naming the file when it is broken or cannot be written; files written before stay written.
 */
export async function persistUpdates(
  updates: readonly PermissionUpdate[],
  files: SettingsFiles,
  agree?: Agreement,
): Promise<void> {
  for (const update of updates) {
    const { destination: source } = update
    if (source !== "session" && source !== "cliArg") await agree?.({ source, values: valuesOf(update) })
  }
  const byFile = Map.groupBy(updates, (update) =>
    update.destination === "session" || update.destination === "cliArg"
      ? null
      : files[FILE_OF[update.destination]],
  )
  for (const [file, some] of byFile) {
    if (file === null) continue
    await patchJson(file, (read) => editsOf(some, read), { mode: 0o644 })
    if (file === files.local) await excludeFromGit(file)
  }
}

/**
 * Sets one key of the table (dotted), or removes it when `value` is undefined.
 * @throws Error when the key is unknown, may not stand in that file, or the value does not fit.
 */
export async function persistSetting(
  key: string,
  value: unknown,
  target: keyof SettingsFiles,
  files: SettingsFiles,
  agree?: Agreement,
): Promise<void> {
  const info = keyInfo(key)
  if (!info) throw new Error(`unknown setting: ${key}`)
  const allowed =
    info.scope === "any" || target === "user"
      ? info.scope !== "managed"
      : info.scope === "user-local" && target === "local"
  if (!allowed) throw new Error(`${key} cannot be set in ${target} settings`)
  if (value !== undefined && check(value, info.type).faults.length > 0)
    throw new Error(`${key} must be ${describeType(info.type)}`)
  if (value !== undefined) await agree?.({ source: SOURCE_OF[target], values: nested(key.split("."), value) })
  await patchJson(files[target], () => [{ path: key.split("."), value }], { mode: 0o644 })
  if (target === "local") await excludeFromGit(files.local)
}

function editsOf(
  updates: readonly PermissionUpdate[],
  read: (path: readonly string[]) => unknown,
): readonly JsonEdit[] {
  const lists = new Map<string, readonly unknown[]>()
  const list = (name: string): readonly unknown[] => {
    const known = lists.get(name)
    if (known) return known
    const permissions = read(["permissions"])
    const now = isObject(permissions) ? permissions[name] : undefined
    return Array.isArray(now) ? now : []
  }
  const edits: JsonEdit[] = []
  for (const update of updates) {
    switch (update.type) {
      case "addRules":
        lists.set(update.behavior, added(list(update.behavior), update.rules.map(ruleText)))
        break
      case "replaceRules":
        lists.set(update.behavior, added([], update.rules.map(ruleText)))
        break
      case "removeRules":
        lists.set(update.behavior, removed(list(update.behavior), update.rules.map(ruleText)))
        break
      case "addDirectories":
        lists.set("additionalDirectories", added(list("additionalDirectories"), update.directories))
        break
      case "removeDirectories":
        lists.set("additionalDirectories", removed(list("additionalDirectories"), update.directories))
        break
      case "setMode":
        edits.push({ path: ["permissions", "defaultMode"], value: update.mode })
        break
    }
  }
  for (const [name, value] of lists) edits.push({ path: ["permissions", name], value })
  return edits
}

/** What an update adds, in the shape of a settings file. */
function valuesOf(update: PermissionUpdate): Readonly<Record<string, unknown>> {
  switch (update.type) {
    case "addRules":
    case "replaceRules":
      return { permissions: { [update.behavior]: update.rules.map(ruleText) } }
    case "addDirectories":
      return { permissions: { additionalDirectories: update.directories } }
    case "setMode":
      return { permissions: { defaultMode: update.mode } }
    case "removeRules":
    case "removeDirectories":
      return {}
    default:
      return never(update)
  }
}

function nested(path: readonly string[], value: unknown): Readonly<Record<string, unknown>> {
  return path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Record<string, unknown>
}

function ruleText(rule: { readonly toolName: string; readonly ruleContent?: string }): string {
  return rule.ruleContent === undefined ? rule.toolName : `${rule.toolName}(${rule.ruleContent})`
}

function added(now: readonly unknown[], more: readonly string[]): readonly unknown[] {
  return [...new Set([...now, ...more])]
}

function removed(now: readonly unknown[], less: readonly string[]): readonly unknown[] {
  return now.filter((entry) => typeof entry !== "string" || !less.includes(entry))
}

const EXCLUDE_MAX_BYTES = 1024 * 1024

/**
 * Keeps the person's own settings out of commits through `.git/info/exclude`, which is itself never committed: the
 * project's `.gitignore` is not ours to change. Best effort.
 */
async function excludeFromGit(file: string): Promise<void> {
  const repository = findRepository(dirname(dirname(file)))
  if (!repository) return
  const pattern = `/${relative(repository.root, file)
    .split(sep)
    .join("/")
    .replace(/[\\*?[\]]/g, "\\$&")}`
  const exclude = join(repository.commonDir, "info", "exclude")
  try {
    const info = await stat(exclude).catch(() => null)
    if (info && (!info.isFile() || info.size > EXCLUDE_MAX_BYTES)) return
    const text = info ? await readFile(exclude, "utf8") : ""
    if (text.split("\n").some((line) => line.trim() === pattern)) return
    await mkdir(dirname(exclude), { recursive: true })
    await appendFile(exclude, `${text === "" || text.endsWith("\n") ? "" : "\n"}${pattern}\n`)
  } catch {
    // A read-only repository: the settings themselves are written, which is what was asked for.
  }
}
