/** `--worktree`: the session starts in a checkout of its own, `<repository>/.claude/worktrees/<name>`. */
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { StartError } from "./start-error.ts"

/** For our own bookkeeping: no hooks and no outside programs run. */
const QUIET = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.pager=cat"]
const GIT_MS = 60_000

/**
 * Goes to the worktree of that name, which is made on the branch `worktree-<name>` where there is none; `true`
 * stands for a name of its own. Returns the folder. Throws `StartError` saying why it cannot be.
 */
export function enterWorktree(wanted: string | true): string {
  const name = wanted === true ? `work-${crypto.randomUUID().slice(0, 6)}` : wanted
  if (/^#|:\/\//.test(name))
    throw new StartError(
      `--worktree: "${name}" would have to be fetched; give a name and check it out there.`,
    )
  if (!/^[\w-][\w.-]{0,63}$/.test(name) || name.includes(".."))
    throw new StartError(
      `--worktree: "${name}" is no worktree name: use up to 64 letters, digits, "-", "_" and ".".`,
    )
  // The main checkout, also from within another worktree.
  const main = dirname(git("rev-parse", "--path-format=absolute", "--git-common-dir"))
  const folder = join(main, ".claude", "worktrees", name)
  if (!existsSync(folder)) {
    const branch = `worktree-${name}`
    const known = git("branch", "--list", branch) !== ""
    git("worktree", "add", ...(known ? [folder, branch] : ["-b", branch, folder, "HEAD"]))
  }
  process.chdir(folder)
  return folder
}

function git(...args: readonly string[]): string {
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("GIT_")))
  try {
    const { exitCode, stdout, stderr } = Bun.spawnSync(["git", ...QUIET, ...args], {
      env: { ...env, GIT_TERMINAL_PROMPT: "0" },
      timeout: GIT_MS,
    })
    if (exitCode === 0) return stdout.toString().trim()
    throw new Error(stderr.toString().trim().split("\n").at(-1) || `git ${args[0]} failed`)
  } catch (error) {
    throw new StartError(`--worktree: ${error instanceof Error ? error.message : String(error)}`)
  }
}
