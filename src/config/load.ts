/** Merges all settings layers into what the program reads, and can say which layer gave a value. */
import { statSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import type { Rule, RuleSource } from "../model/permission.ts"
import type { Settings } from "../model/settings.ts"
import type { Trust } from "./check-layer.ts"
import { openFolderApprovals } from "./folder-approvals.ts"
import { holdsUnattended, withoutItems } from "./gated-items.ts"
import { fromEntries, isObject } from "./key-type.ts"
import {
  flagLayer,
  type Layer,
  lineOf,
  type Problem,
  type Read,
  readFlagLayer,
  readLayer,
  readManagedLayers,
  readPolicyFlag,
} from "./layers.ts"
import { type ConfigPaths, configPaths, type Env } from "./paths.ts"
import { profileLayer } from "./profiles.ts"
import { findRepository, type Repository } from "./repository.ts"

export type SettingSource = "user" | "project" | "local"

export interface ConfigFlags {
  /** `--settings`: a file or JSON. */
  readonly settings?: string
  /** `--setting-sources`; default all three. */
  readonly sources?: readonly SettingSource[]
  /** `--profile`. */
  readonly profile?: string
  /** `--managed-settings`: a host's policy, as JSON. */
  readonly managed?: string
  /** Other flags in the shape of settings, e.g. `{model, permissions: {allow}}`. */
  readonly values?: Readonly<Record<string, unknown>>
}

export interface LoadOptions {
  /** The session's start folder; absolute. */
  readonly cwd: string
  readonly env: Env
  readonly paths?: ConfigPaths
  readonly flags?: ConfigFlags
  readonly trust: Trust
  /** Nobody can be asked (`-p`): what a trusted folder runs holds as in one that is not, what it permits must be agreed to. */
  readonly unattended?: true
  /** Also what of a trusted folder nobody has agreed to yet: to show it, not to live by it. */
  readonly unagreed?: true
  /** `--project-config-root`: whose project settings hold; default `cwd`. */
  readonly projectRoot?: string
}

/** Where a value comes from; the first one is in force (lists and objects: all of them are). */
export interface Origin {
  readonly source: RuleSource
  readonly label: string
  readonly line: number | null
  readonly value: unknown
}

export interface Config {
  readonly settings: Settings
  readonly rules: readonly Rule[]
  readonly problems: readonly Problem[]
  /** Lowest first. */
  readonly layers: readonly Layer[]
  readonly paths: ConfigPaths
  readonly files: SettingsFiles
  readonly repository: Repository | null
  explain(key: string): readonly Origin[]
}

/** Files that people and "always allow" write. */
export interface SettingsFiles {
  readonly user: string
  readonly project: string
  readonly local: string
}

export function loadConfig(options: LoadOptions): Config {
  const { cwd, trust, flags = {} } = options
  const paths = options.paths ?? configPaths(options.env)
  const repository = findRepository(cwd)
  const root = options.projectRoot ?? cwd
  const files = settingsFiles(paths, root, root === cwd ? repository : findRepository(root))
  const sources = flags.sources ?? ["user", "project", "local"]
  const ofFolder = (file: string, source: "projectSettings" | "localSettings") => {
    const read = readLayer(file, { source, base: cwd, trust })
    if (read.layer === null || trust !== "trusted" || options.unagreed) return read
    const { agreed } = openFolderApprovals(cwd, paths, files.local)
    const { layer, problems } = withoutItems(
      read.layer,
      (item) => agreed(item) || (options.unattended === true && holdsUnattended(item)),
    )
    return { layer, problems: [...read.problems, ...problems] }
  }
  const reads: Read[] = []
  if (sources.includes("user"))
    reads.push(readLayer(files.user, { source: "userSettings", base: paths.configDir, trust }))
  // In the home folder the two are the same file; the person's own it is.
  if (sources.includes("project") && files.project !== files.user) {
    reads.push(ofFolder(files.project, "projectSettings"))
  }
  if (sources.includes("local")) reads.push(ofFolder(files.local, "localSettings"))
  const given = flags.settings === undefined ? [] : [readFlagLayer(flags.settings, cwd)]
  const managed = readManagedLayers(paths)
  const defining = [...reads, ...given, ...managed].flatMap(({ layer }) => (layer ? [layer] : []))
  const profile = profileLayer(defining, flags.profile, cwd)
  if (profile !== null) reads.push(profile)
  reads.push(...given)
  if (flags.values) reads.push({ layer: flagLayer(flags.values, cwd), problems: [] })
  if (flags.managed !== undefined) reads.push(readPolicyFlag(flags.managed, paths))
  reads.push(...managed)

  const layers = reads.flatMap((read) => (read.layer ? [read.layer] : []))
  return {
    settings: mergeLayers(layers),
    rules: rulesOf(layers),
    problems: reads.flatMap((read) => read.problems),
    layers,
    paths,
    files,
    repository,
    explain: (key) => explain(layers, key),
  }
}

/** Parses `--setting-sources user,project,local`. @throws Error naming the unknown word. */
export function parseSettingSources(text: string): readonly SettingSource[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "")
    .map((word) => {
      if (word === "user" || word === "project" || word === "local") return word
      throw new Error(`--setting-sources: unknown source "${word}"; use user, project, local`)
    })
}

export function settingsFiles(paths: ConfigPaths, cwd: string, repository: Repository | null): SettingsFiles {
  return {
    user: paths.userSettings,
    project: join(cwd, ".claude", "settings.json"),
    local: join(localFolder(paths, cwd, repository), ".claude", "settings.local.json"),
  }
}

/** The main checkout's root, when it is a place of the person's own other than the home folder (spec/settings.md section 1). */
function localFolder(paths: ConfigPaths, cwd: string, repository: Repository | null): string {
  const root = repository?.mainRoot
  if (root === undefined || root === paths.home || root === homedir() || process.platform === "win32")
    return cwd
  const owner = statSync(root, { throwIfNoEntry: false })?.uid
  return owner === process.getuid?.() ? root : cwd
}

/** Layers lowest first: the highest scalar wins, lists join without doubles, objects merge key by key. */
export function mergeLayers(layers: readonly Layer[]): Settings {
  const managedServers = layers.some(
    (layer) => isManaged(layer) && layer.values.allowManagedMcpServersOnly === true,
  )
  return layers.reduce<Readonly<Record<string, unknown>>>((low, layer) => {
    // A list that allows counts from managed settings alone; one that denies counts from everywhere.
    const { allowedMcpServers: _, ...rest } = layer.values
    const values = managedServers && !isManaged(layer) ? rest : layer.values
    return mergeObjects(low, values, layer.source, "")
  }, {})
}

function isManaged({ source }: Layer): boolean {
  return source === "policySettings"
}

/** Lists that replace and do not join. */
function replaces(key: string, source: RuleSource): boolean {
  return key === "fallbackModel" || (key === "availableModels" && source === "policySettings")
}

/** Objects merge, lists join, everything else of `high` wins. */
export function mergeObjects(
  low: Readonly<Record<string, unknown>>,
  high: Readonly<Record<string, unknown>>,
  source: RuleSource,
  prefix: string,
): Record<string, unknown> {
  const merged = new Map(Object.entries(low))
  for (const [name, value] of Object.entries(high)) {
    const key = prefix + name
    const under = merged.get(name)
    if (isObject(under) && isObject(value)) merged.set(name, mergeObjects(under, value, source, `${key}.`))
    else if (Array.isArray(under) && Array.isArray(value) && !replaces(key, source))
      merged.set(name, joinLists(under, value))
    else merged.set(name, value)
  }
  return fromEntries([...merged])
}

function joinLists(low: readonly unknown[], high: readonly unknown[]): unknown[] {
  return [...new Map([...low, ...high].map((entry) => [JSON.stringify(entry), entry])).values()]
}

/** The permission rules of all layers, each with its source and base; highest layer first. */
export function rulesOf(layers: readonly Layer[]): readonly Rule[] {
  const managedOnly = layers.some(
    (layer) => layer.source === "policySettings" && layer.values.allowManagedPermissionRulesOnly === true,
  )
  return layers.toReversed().flatMap((layer) => {
    const { permissions } = layer.values
    if (!isObject(permissions)) return []
    return (["deny", "ask", "allow"] as const).flatMap((behavior): Rule[] => {
      // Rules that tighten hold from everywhere, whatever the policy.
      if (managedOnly && behavior === "allow" && layer.source !== "policySettings") return []
      const texts = permissions[behavior]
      if (!Array.isArray(texts)) return []
      return texts
        .filter((text) => typeof text === "string")
        .map((text) => ({ behavior, source: layer.source, text, base: layer.base }))
    })
  })
}

/** Every layer that sets `key` (dotted), highest first. */
export function explain(layers: readonly Layer[], key: string): readonly Origin[] {
  const path = key.split(".")
  return layers.toReversed().flatMap((layer) => {
    let value: unknown = layer.values
    for (const name of path) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
    if (value === undefined) return []
    return [{ source: layer.source, label: layer.label, line: lineOf(layer.text, path), value }]
  })
}
