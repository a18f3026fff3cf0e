import { realpathSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { envInt, envOn } from "../config/env.ts"
import type { Problem } from "../config/layers.ts"
import { type Config, loadConfig, parseSettingSources } from "../config/load.ts"
import { type ConfigPaths, configPaths, type Env } from "../config/paths.ts"
import { isTrusted, openState, type State } from "../config/state.ts"
import { version } from "../lib/version.ts"
import type { PermissionMode } from "../model/permission.ts"
import type { Flags } from "./flags.ts"
import { withIgnoredRules } from "./ignored-rules.ts"
import { versionRefusal } from "./required-version.ts"
import { StartError } from "./start-error.ts"

/** What every reader starts from: where we are, what the files say, and what the flags change. */
export interface Prepared {
  readonly flags: Flags
  /** Absolute and canonical. */
  readonly cwd: string
  /** The process's environment with the `env` of settings over it. */
  readonly env: Env
  readonly paths: ConfigPaths
  readonly state: State
  readonly config: Config
  readonly trusted: boolean
  readonly headless: boolean
  readonly mode: PermissionMode
  /** Modes that may be chosen later. */
  readonly modes: readonly PermissionMode[]
  readonly additionalRoots: readonly string[]
}

/** Throws `StartError` for what makes a start pointless; a broken settings file does not. */
export function prepare(flags: Flags, headless: boolean, trustedNow = false): Prepared {
  const cwd = currentFolder()
  const paths = configPaths(process.env)
  const state = openState(paths)
  const trusted = trustedNow || isTrusted(cwd, state, paths)
  const config = readConfig({ flags, cwd, paths, trusted, headless })
  const fatal = config.problems.find((problem) => problem.kind === "fatal")
  if (fatal !== undefined) throw new StartError(problemLine(fatal), "config_file_invalid")
  const wrongVersion = versionRefusal(config.settings, version)
  if (wrongVersion !== null) throw new StartError(wrongVersion)
  const env: Env = { ...process.env, ...config.settings.env }
  const { mode, modes } = startMode(flags, config, env)
  return {
    flags,
    cwd,
    env,
    paths,
    state,
    config,
    trusted,
    headless,
    mode,
    modes,
    additionalRoots: extraRoots(flags, config, cwd),
  }
}

/** All layers as they are now; called again when files change. */
export function readConfig({
  flags,
  cwd,
  paths,
  trusted,
  headless,
}: Pick<Prepared, "flags" | "cwd" | "paths" | "trusted" | "headless">): Config {
  const config = loadConfig({
    cwd,
    env: process.env,
    paths,
    trust: trusted ? "trusted" : headless ? "headless" : "untrusted",
    flags: {
      ...(flags.settings === undefined ? {} : { settings: flags.settings }),
      ...(flags.profile === undefined ? {} : { profile: flags.profile }),
      ...(flags.managedSettings === undefined ? {} : { managed: flags.managedSettings }),
      ...(flags.settingSources === undefined ? {} : { sources: sourcesOf(flags.settingSources) }),
      values: flagSettings(flags),
    },
    ...(flags.projectConfigRoot === undefined ? {} : { projectRoot: projectRoot(flags.projectConfigRoot) }),
  })
  return withIgnoredRules(config)
}

/** `file:line: key: what is wrong`. */
export function problemLine({ file, line, key, message }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}`
  return key === undefined ? `${place}: ${message}` : `${place}: ${key}: ${message}`
}

function currentFolder(): string {
  try {
    return realpathSync(process.cwd()).normalize("NFC")
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new StartError(
      `The current folder cannot be read (${why}); change to another one and start again.`,
      "cwd_unavailable",
    )
  }
}

function projectRoot(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    throw new StartError(`--project-config-root: ${folder} does not exist.`)
  }
}

function sourcesOf(words: readonly string[]) {
  try {
    return parseSettingSources(words.join(","))
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error))
  }
}

/** Flags that say the same as settings, in their shape: they form a layer of their own above the files. */
function flagSettings(flags: Flags): Readonly<Record<string, unknown>> {
  const allow = flags.allowedTools ?? []
  const deny = flags.disallowedTools ?? []
  const permissions = {
    ...(allow.length > 0 ? { allow } : {}),
    ...(deny.length > 0 ? { deny } : {}),
  }
  return Object.keys(permissions).length > 0 ? { permissions } : {}
}

/** `auto` needs a hosted classifier; without one it falls back to asking, as the reference does. */
function startMode(
  flags: Flags,
  config: Config,
  env: Env,
): { readonly mode: PermissionMode; readonly modes: readonly PermissionMode[] } {
  const { permissions } = config.settings
  const wanted: PermissionMode = flags.dangerouslySkipPermissions
    ? "bypassPermissions"
    : (flags.permissionMode ?? permissions?.defaultMode ?? "default")
  const bypassForbidden = permissions?.disableBypassPermissionsMode === "disable" || flags.restricted === true
  const asksForBypass = wanted === "bypassPermissions" || flags.allowDangerouslySkipPermissions === true
  if (asksForBypass && !bypassForbidden && process.getuid?.() === 0 && !envOn(env, "IS_SANDBOX")) {
    throw new StartError(
      "--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons",
      "bypass_root",
    )
  }
  const bypass = asksForBypass && !bypassForbidden
  const mode = (wanted === "bypassPermissions" && !bypass) || wanted === "auto" ? "default" : wanted
  return {
    mode,
    modes: ["default", "acceptEdits", "plan", "dontAsk", ...(bypass ? (["bypassPermissions"] as const) : [])],
  }
}

export function extraRoots(flags: Flags, config: Config, cwd: string): readonly string[] {
  const named = flags.addDir ?? []
  for (const folder of named) {
    const info = statSync(resolve(cwd, folder), { throwIfNoEntry: false })
    if (info === undefined) throw new StartError(`--add-dir: ${folder} does not exist.`)
    if (!info.isDirectory()) throw new StartError(`--add-dir: ${folder} is not a folder.`)
  }
  const fromSettings = config.settings.permissions?.additionalDirectories ?? []
  const all = [...named, ...fromSettings].flatMap((folder) => {
    const path = resolve(cwd, folder.replace(/^~(?=\/|$)/, config.paths.home))
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? [realpathSync(path)] : []
  })
  return [...new Set(all)].filter((folder) => folder !== cwd)
}

/** A number from the environment, or the default. */
export function limitFrom(env: Env, name: string, fallback: number): number {
  return envInt(env, name, 1) ?? fallback
}
