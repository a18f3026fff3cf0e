/** Where everything lies on disk. Pure: looks at the environment given to it, touches no file except to canonicalise. */
import { realpathSync } from "node:fs"
import { homedir } from "node:os"
import { join, posix, resolve, win32 } from "node:path"

export type Env = Readonly<Record<string, string | undefined>>

export interface ConfigPaths {
  readonly home: string
  /** `~/.claude` or `$CLAUDE_CONFIG_DIR`. */
  readonly configDir: string
  /** True when `$CLAUDE_CONFIG_DIR` moved it. */
  readonly customConfigDir: boolean
  /** `~/.claude.json`; inside the config folder when that was moved. */
  readonly stateFile: string
  readonly projectsDir: string
  readonly historyFile: string
  readonly credentialsFile: string
  readonly userSettings: string
  /** What ccts alone writes. */
  readonly ownDir: string
  /** Settings that an administrator owns. */
  readonly managedDir: string
  /** Fixed folder name below `projects/`, from CLAUDE_CODE_PROJECT_DIR_NAME. */
  readonly projectDirName: string | null
}

export interface PathOptions {
  readonly home?: string
  readonly managedDir?: string
  /** For tests; default this system. */
  readonly platform?: NodeJS.Platform
}

export function configPaths(env: Env, options: PathOptions = {}): ConfigPaths {
  const { platform = process.platform } = options
  const { join, resolve } = platform === "win32" ? win32 : posix
  // Git's shells set HOME on Windows, in a form that nothing else there reads.
  const home = options.home ?? (platform === "win32" ? env.USERPROFILE : undefined) ?? env.HOME ?? homedir()
  const custom = env.CLAUDE_CONFIG_DIR
  const configDir = (custom ? resolve(custom) : join(home, ".claude")).normalize("NFC")
  return {
    home,
    configDir,
    customConfigDir: Boolean(custom),
    stateFile: custom ? join(configDir, ".claude.json") : join(home, ".claude.json"),
    projectsDir: join(configDir, "projects"),
    historyFile: join(configDir, "history.jsonl"),
    credentialsFile: join(configDir, ".credentials.json"),
    userSettings: join(configDir, "settings.json"),
    ownDir: join(configDir, "ccts"),
    managedDir: options.managedDir ?? managedDir(env, platform),
    projectDirName: custom ? plainName(env.CLAUDE_CODE_PROJECT_DIR_NAME) : null,
  }
}

function managedDir(env: Env, platform: NodeJS.Platform): string {
  if (platform === "darwin") return "/Library/Application Support/ClaudeCode"
  if (platform === "win32") return win32.join(env.ProgramFiles ?? "C:\\Program Files", "ClaudeCode")
  return "/etc/claude-code"
}

/** One path component or nothing: a name from the environment must not lead out of `projects/`. */
function plainName(name: string | undefined): string | null {
  return name && /^[A-Za-z0-9._-]{1,255}$/.test(name) && name !== "." && name !== ".." ? name : null
}

/** Longest encoded name without a hash (spec/auth-and-storage.md section 5). */
const NAME_MAX = 200

/**
 * The folder name of a project below `projects/`: the canonical path with every character outside `[A-Za-z0-9]` as `-`;
 * past 200 characters the first 200, `-`, and a base-36 hash of the path. Measured against the published SDK's readers.
 */
export function projectDirName(cwd: string): string {
  return encodePath(canonical(cwd))
}

/** Every name under which other programs may have stored this project's sessions; the one we write comes first. */
export function projectDirNames(cwd: string): readonly string[] {
  const path = canonical(cwd)
  // Some writers compose accents first (NFC); the SDK's reader does not.
  return [...new Set([encodePath(path), encodePath(path.normalize("NFC"))])]
}

export function projectDir(paths: ConfigPaths, cwd: string): string {
  return join(paths.projectsDir, paths.projectDirName ?? projectDirName(cwd))
}

export function projectDirs(paths: ConfigPaths, cwd: string): readonly string[] {
  const names = paths.projectDirName ? [paths.projectDirName] : projectDirNames(cwd)
  return names.map((name) => join(paths.projectsDir, name))
}

function encodePath(path: string): string {
  const name = path.replace(/[^a-zA-Z0-9]/g, "-")
  return name.length <= NAME_MAX ? name : `${name.slice(0, NAME_MAX)}-${hash36(path)}`
}

/** The 31-multiplier string hash over UTF-16 units, 32 bit, absolute, base 36. */
function hash36(text: string): string {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0
  return Math.abs(hash).toString(36)
}

function canonical(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    return resolve(path)
  }
}
