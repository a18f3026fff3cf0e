import { isAbsolute, join } from "node:path"
import { envOn } from "../config/env.ts"
import type { Memory } from "../config/memory.ts"
import type { PromptSource } from "../engine/options.ts"
import type { Prepared } from "./prepare.ts"

type MemorySource = Required<Pick<PromptSource, "memory" | "nested">>

/** The instruction files that hold here, in order, and those beside a file; none for a bare or safe start. */
export function memorySource(prepared: Prepared): MemorySource {
  return {
    memory: async () => (await readMemory(prepared))?.files ?? [],
    nested() {
      const memory = readMemory(prepared)
      return async (path) => (await memory)?.memoryFor(path) ?? []
    },
  }
}

/** Files that `/memory` opens: those that hold, and the user's and the project's where they are missing. */
export async function memoryFiles(prepared: Prepared): Promise<readonly { path: string; label: string }[]> {
  const files = (await readMemory(prepared))?.files ?? []
  const known = files.flatMap(({ path, type, importedBy }) =>
    isAbsolute(path) ? [{ path, label: importedBy === undefined ? type.toLowerCase() : "imported" }] : [],
  )
  const usual = [
    { path: join(prepared.cwd, "CLAUDE.md"), label: "project · new" },
    { path: join(prepared.paths.configDir, "CLAUDE.md"), label: "user · new" },
  ]
  return [...known, ...usual.filter(({ path }) => !known.some((one) => one.path === path))]
}

async function readMemory(prepared: Prepared): Promise<Memory | null> {
  const { flags, env, cwd, paths, config, state } = prepared
  if (flags.bare === true || flags.safeMode === true || envOn(env, "CLAUDE_CODE_DISABLE_CLAUDE_MDS"))
    return null
  const { loadMemory } = await import("../config/memory.ts")
  const { claudeMd, claudeMdExcludes } = config.settings
  const extra = envOn(env, "CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD") ? prepared.additionalRoots : []
  return loadMemory({
    cwd,
    paths,
    ...(flags.settingSources === undefined ? {} : { sources: sourcesOf(flags.settingSources) }),
    ...(Array.isArray(claudeMdExcludes) ? { excludes: claudeMdExcludes as string[] } : {}),
    ...(typeof claudeMd === "string" ? { managedText: claudeMd } : {}),
    externalApproved: state.read(["projects", cwd, "hasClaudeMdExternalIncludesApproved"]) === true,
    extraDirs: extra,
  })
}

function sourcesOf(words: readonly string[]) {
  return words.filter((word) => word === "user" || word === "project" || word === "local")
}

/** How long the first request waits for git, in milliseconds; a huge repository takes seconds. */
const GIT_PATIENCE_MS = 150
const LATE = "(git did not answer in time)"

const states = new WeakMap<Prepared, Promise<string>>()

/**
 * The repository as it is at the start, in a few lines for the model; empty outside of one. Asked once: call it early,
 * so that git works while the program starts.
 */
export function readGitState(prepared: Prepared): Promise<string> {
  const state = states.get(prepared) ?? inTime(askGit(prepared))
  states.set(prepared, state)
  return state
}

async function inTime(state: Promise<string>): Promise<string> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`Status:\n${LATE}`), GIT_PATIENCE_MS)
  })
  try {
    return await Promise.race([state, late])
  } finally {
    clearTimeout(timer)
  }
}

async function askGit({ cwd, env }: Prepared): Promise<string> {
  if (envOn(env, "CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS")) return ""
  const { gitSnapshot } = await import("../config/git.ts")
  const git = await gitSnapshot(cwd, { env }).catch(() => null)
  if (git === null) return ""
  return [
    `Branch: ${git.branch}`,
    ...(git.mainBranch === null ? [] : [`Main branch: ${git.mainBranch}`]),
    `Status:\n${git.status === null ? LATE : git.status === "" ? "(clean)" : git.status}`,
    ...(git.commits.length === 0 ? [] : [`Recent commits:\n${git.commits.join("\n")}`]),
  ].join("\n")
}
