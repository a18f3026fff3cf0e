/**
 * What commands may never write although their folder is theirs: files that configure ccts, and files that make
 * git or an editor run code. Those of the first list are covered even while they do not exist.
 */
import { type Dirent, existsSync, readdirSync } from "node:fs"
import { join } from "node:path"

const OURS = [
  ".claude/settings.json",
  ".claude/settings.local.json",
  ".claude/hooks",
  ".claude/commands",
  ".claude/agents",
  ".claude/skills",
  ".mcp.json",
]

/** The runtime covers these in the folder we were started in; here it is every folder of the session. */
const START_FILES =
  ".gitconfig .gitmodules .bashrc .bash_profile .zshrc .zprofile .profile .ripgreprc .vscode .idea".split(" ")

/** Covered where they are: an empty stand-in for each would litter every folder while a command runs. */
const WHERE_PRESENT =
  `.vscode .idea .husky .cargo .devcontainer .yarn .mvn .gitconfig .gitmodules .bashrc .bash_profile .bash_login .bash_aliases
   .bash_logout .zshrc .zprofile .zshenv .zlogin .zlogout .profile .envrc .npmrc .yarnrc .yarnrc.yml .pnp.cjs .pnp.loader.mjs
   .pnpmfile.cjs bunfig.toml .bunfig.toml .bazelrc .bazelversion .bazeliskrc .pre-commit-config.yaml lefthook.yml lefthook.yaml
   .lefthook.yml .lefthook.yaml .devcontainer.json .ripgreprc pyrightconfig.json .claude.json`.split(/\s+/)

/** In every repository; git would run or obey what stands there. */
const OF_GIT = ["hooks", "config", "config.worktree", "info/attributes"]

/** Nested repositories are looked for this deep, in so many folders at most: the search runs before each command. */
const DEPTH = 3
const MAX_FOLDERS = 4_000
const SKIPPED = new Set(["node_modules", ".git", "target", "dist", ".venv", "vendor"])

/**
 * Absolute paths below the folders of the session (`roots`), and below `others` that may be written, where only what
 * is there is covered. Reads folders' names only.
 */
export function protectedPaths(roots: readonly string[], others: readonly string[] = []): readonly string[] {
  const found = new Set<string>()
  let budget = MAX_FOLDERS
  const visit = (folder: string, depth: number) => {
    if (budget-- <= 0) return
    for (const entry of namesIn(folder)) {
      if (entry.name === ".git" && entry.isDirectory()) {
        for (const name of OF_GIT) found.add(join(folder, ".git", name))
      } else if (entry.name === ".git") found.add(join(folder, ".git"))
      else if (entry.name === ".claude" && depth > 0) for (const name of OURS) found.add(join(folder, name))
      else if (entry.isDirectory() && depth < DEPTH && !SKIPPED.has(entry.name))
        visit(join(folder, entry.name), depth + 1)
    }
  }
  for (const root of roots) {
    for (const name of [...OURS, ...START_FILES]) found.add(join(root, name))
    visit(root, 0)
  }
  for (const folder of [...roots, ...others]) {
    for (const name of [...OURS, ...START_FILES, ...WHERE_PRESENT])
      if (existsSync(join(folder, name))) found.add(join(folder, name))
  }
  return [...found]
}

function namesIn(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
