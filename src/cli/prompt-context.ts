import { envOn } from "../config/env.ts"
import type { Prepared } from "./prepare.ts"

/** The instruction files that hold here, in order; none for a bare or safe start. */
export async function readMemory(prepared: Prepared): Promise<readonly { path: string; content: string }[]> {
  const { flags, env, cwd, paths, config, state } = prepared
  if (flags.bare === true || flags.safeMode === true || envOn(env, "CLAUDE_CODE_DISABLE_CLAUDE_MDS"))
    return []
  const { loadMemory } = await import("../config/memory.ts")
  const { claudeMd, claudeMdExcludes } = config.settings
  const extra = envOn(env, "CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD") ? prepared.additionalRoots : []
  const memory = loadMemory({
    cwd,
    paths,
    ...(flags.settingSources === undefined ? {} : { sources: sourcesOf(flags.settingSources) }),
    ...(Array.isArray(claudeMdExcludes) ? { excludes: claudeMdExcludes as string[] } : {}),
    ...(typeof claudeMd === "string" ? { managedText: claudeMd } : {}),
    externalApproved: state.read(["projects", cwd, "hasClaudeMdExternalIncludesApproved"]) === true,
    extraDirs: extra,
  })
  return memory.files
}

function sourcesOf(words: readonly string[]) {
  return words.filter((word) => word === "user" || word === "project" || word === "local")
}

const states = new WeakMap<Prepared, Promise<string>>()

/** The repository as it is at the start, in a few lines for the model; empty outside of one. Asked once per process. */
export function readGitState(prepared: Prepared): Promise<string> {
  const state = states.get(prepared) ?? askGit(prepared)
  states.set(prepared, state)
  return state
}

async function askGit({ cwd, env }: Prepared): Promise<string> {
  if (envOn(env, "CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS")) return ""
  const { gitSnapshot } = await import("../config/git.ts")
  const git = await gitSnapshot(cwd, { env }).catch(() => null)
  if (git === null) return ""
  return [
    `Branch: ${git.branch}`,
    ...(git.mainBranch === null ? [] : [`Main branch: ${git.mainBranch}`]),
    `Status:\n${git.status === null ? "(git did not answer in time)" : git.status === "" ? "(clean)" : git.status}`,
    ...(git.commits.length === 0 ? [] : [`Recent commits:\n${git.commits.join("\n")}`]),
  ].join("\n")
}
