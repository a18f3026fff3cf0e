/**
 * Asks git about a folder without letting the folder run anything: hooks, monitors, filters, signature programs and
 * transports are off, the environment is cleaned, time and output are limited.
 */
import type { Env } from "./paths.ts"
import { findRepository, readBranch, readRemoteHead } from "./repository.ts"

const GIT_MS = 3_000
const OUTPUT_MAX_BYTES = 64 * 1024
/** Of the snapshot that goes to the model. */
const STATUS_MAX_CHARS = 2_000
const COMMITS = 5

export interface GitSnapshot {
  readonly root: string
  /** `HEAD` when detached. */
  readonly branch: string
  /** Branch that pull requests go to, as far as it is known locally. */
  readonly mainBranch: string | null
  /** Lines of `git status --short`; empty when clean, null when git did not answer in time. */
  readonly status: string | null
  /** Newest first, `<hash> <subject>`. */
  readonly commits: readonly string[]
}

export interface GitOptions {
  readonly env: Env
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** Switches that hold for every call. Programs named in a repository's configuration never run. */
const SAFE: readonly (readonly [string, string])[] = [
  ["core.fsmonitor", "false"],
  ["core.hooksPath", "/dev/null"],
  ["core.pager", "cat"],
  ["core.untrackedCache", "false"],
  ["core.alternateRefsCommand", ""],
  ["core.sshCommand", "false"],
  ["core.askPass", ""],
  ["credential.helper", ""],
  ["diff.external", ""],
  ["diff.ignoreSubmodules", "all"],
  ["log.showSignature", "false"],
  ["protocol.allow", "never"],
  ["submodule.recurse", "false"],
]

/** The branch of `cwd`'s repository, from files alone; null outside of one or when only git itself could tell. */
export function currentBranch(cwd: string): string | null {
  const repository = findRepository(cwd)
  return repository && readBranch(repository)
}

/** What the model is told about the repository at the start; null outside of one. Never throws but for an abort. */
export async function gitSnapshot(cwd: string, options: GitOptions): Promise<GitSnapshot | null> {
  const repository = findRepository(cwd)
  if (!repository) return null
  const git = (...args: string[]) => runGit(cwd, args, options)
  // Only `status` runs filters, so only it waits for their names.
  const [status, log, head, remote] = await Promise.all([
    filterSwitches(cwd, options).then((filters) =>
      filters === null
        ? null
        : runGit(cwd, ["status", "--short", "--ignore-submodules=all", "--no-renames"], options, filters),
    ),
    git("log", `--max-count=${COMMITS}`, "--no-show-signature", "--format=%h %s"),
    readBranch(repository) ?? git("symbolic-ref", "--short", "-q", "HEAD"),
    readRemoteHead(repository) ?? git("symbolic-ref", "--short", "-q", "refs/remotes/origin/HEAD"),
  ])
  // Neither answers in a folder that only looks like a repository.
  if (status === null && log === null) return null
  return {
    root: repository.root,
    branch: head?.trim() || "HEAD",
    mainBranch: remote?.trim().replace(/^origin\//, "") || null,
    status: status === null ? null : cut(status.trimEnd()),
    commits: (log ?? "").split("\n").filter((line) => line !== ""),
  }
}

/**
 * Output of one git command with everything that could run switched off; null when it failed, took longer than its
 * deadline, or git is missing. Output over 64 KB is cut.
 */
export async function runGit(
  cwd: string,
  args: readonly string[],
  options: GitOptions,
  more: readonly (readonly [string, string])[] = [],
): Promise<string | null> {
  options.signal?.throwIfAborted()
  try {
    const child = Bun.spawn(["git", "--no-pager", ...args], {
      cwd,
      env: gitEnv(options.env, [...SAFE, ...more]),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    })
    const end = () => child.kill("SIGKILL")
    const timer = setTimeout(end, options.timeoutMs ?? GIT_MS)
    options.signal?.addEventListener("abort", end, { once: true })
    try {
      const { text, whole } = await readCapped(child.stdout)
      if (!whole) end()
      const code = await child.exited
      options.signal?.throwIfAborted()
      return code === 0 || !whole ? text : null
    } finally {
      clearTimeout(timer)
      options.signal?.removeEventListener("abort", end)
    }
  } catch (error) {
    if (options.signal?.aborted) throw error
    return null
  }
}

/** A repository's own filters (`filter.<name>.clean` …) run on `status`; each is switched off by name. */
async function filterSwitches(
  cwd: string,
  options: GitOptions,
): Promise<readonly (readonly [string, string])[] | null> {
  // Exit code 1 means that there are none, so the whole list is asked for and searched here.
  const names = await runGit(cwd, ["config", "--name-only", "--list", "-z"], options)
  if (names === null) return null
  const filters = new Set(
    [...names.matchAll(/(?:^|\0)filter\.([^\0]*)\.[a-z]+(?=\0|$)/gi)].map((found) => found[1] ?? ""),
  )
  return [...filters].flatMap((name) => [
    [`filter.${name}.clean`, ""] as const,
    [`filter.${name}.smudge`, ""] as const,
    [`filter.${name}.process`, ""] as const,
    [`filter.${name}.required`, "false"] as const,
  ])
}

function gitEnv(env: Env, switches: readonly (readonly [string, string])[]): Record<string, string> {
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || /^(GIT_|SSH_ASKPASS|GCM_)/.test(name) ? [] : [[name, value] as const],
  )
  const config = switches.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key] as const,
    [`GIT_CONFIG_VALUE_${at}`, value] as const,
  ])
  return Object.fromEntries([
    ...kept,
    ...config,
    ["GIT_CONFIG_COUNT", String(switches.length)],
    ["GIT_OPTIONAL_LOCKS", "0"],
    ["GIT_TERMINAL_PROMPT", "0"],
    ["GIT_NO_LAZY_FETCH", "1"],
    ["LC_ALL", "C.UTF-8"],
  ])
}

async function readCapped(stream: ReadableStream<Uint8Array>): Promise<{ text: string; whole: boolean }> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of stream) {
    parts.push(part)
    size += part.length
    if (size > OUTPUT_MAX_BYTES) break
  }
  const text = Buffer.concat(parts).subarray(0, OUTPUT_MAX_BYTES).toString("utf8")
  return { text, whole: size <= OUTPUT_MAX_BYTES }
}

function cut(text: string): string {
  if (text.length <= STATUS_MAX_CHARS) return text
  const shown = text.slice(0, STATUS_MAX_CHARS)
  return `${shown.slice(0, shown.lastIndexOf("\n"))}\n… (more; run git status to see all)`
}
