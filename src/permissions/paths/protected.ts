/** Files that make other programs run code, or that configure us. Writing them always needs a person. */

import { components, contains } from "./canonical.ts"

const FOLDERS = new Set(".git .vscode .idea .husky .cargo .devcontainer .yarn .mvn .claude".split(" "))

const FILES = new Set(
  `.gitconfig .gitmodules .bashrc .bash_profile .bash_login .bash_aliases .bash_logout .zshrc .zprofile .zshenv .zlogin
   .zlogout .profile .envrc .npmrc .yarnrc .yarnrc.yml .pnp.cjs .pnp.loader.mjs .pnpmfile.cjs bunfig.toml .bunfig.toml .bazelrc
   .bazelversion .bazeliskrc .pre-commit-config.yaml lefthook.yml lefthook.yaml .lefthook.yml .lefthook.yaml
   gradle-wrapper.properties maven-wrapper.properties .devcontainer.json .ripgreprc pyrightconfig.json .mcp.json .claude.json`.split(
    /\s+/,
  ),
)

/** Names as a careless file system compares them: case, trailing dots and blanks, streams and short names do not count. */
function fold(name: string): string {
  if (/^[\w.-]*[\w-]$/.test(name)) return name.toLowerCase()
  const plain = name
    .normalize("NFKC")
    .replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, "")
    .replace(/:.*$/s, "")
    .toLowerCase()
    .replace(/[. ]+$/, "")
  if (/^git~\d+$/.test(plain)) return ".git"
  if (/^claude~\d+$/.test(plain)) return ".claude"
  return plain
}

/** The protected name in `path`, or null. `glob`: a component may stand for several names. */
export function protectedName(
  path: string,
  configDir: string,
  options: { readonly glob?: boolean; readonly removes?: boolean } = {},
): string | null {
  const names = components(path).map(fold)
  for (let i = 0; i < names.length; i++) {
    const name = names[i] ?? ""
    if (name === ".claude" && names[i + 1] === "worktrees") {
      i += 1
      continue
    }
    if (FOLDERS.has(name) || FILES.has(name)) return name
    if (name === ".config" && names[i + 1] === "git") return ".config/git"
    if (
      options.glob &&
      /[*?[]/.test(name) &&
      [...FOLDERS, ...(options.removes ? [] : FILES)].some((p) => globCouldBe(name, p))
    )
      return name
  }
  return contains(configDir, path) ? configDir : null
}

/** Whether the shell pattern may stand for `name`. */
export function globCouldBe(pattern: string, name: string): boolean {
  return globsMeet(pattern, name)
}

/**
 * Whether some name fits both patterns; brackets count as any character, and case does not count.
 * As in the shell, only a written dot of `shell` meets a leading dot.
 */
export function globsMeet(shell: string, other: string): boolean {
  if (other.startsWith(".") && !/^[.[]/.test(shell)) return false
  const a = simplify(shell)
  const b = simplify(other)
  // One row per position of `a`: which positions of `b` are reachable.
  let row = closure([0], b)
  for (const char of a) {
    const next: number[] = []
    for (const at of row) {
      if (char === "*") for (let k = at; k <= b.length; k++) next.push(k)
      else if (b[at] === "*") next.push(at)
      else if (at < b.length && (char === "?" || b[at] === "?" || b[at] === char)) next.push(at + 1)
    }
    row = closure(next, b)
  }
  return row.has(b.length)
}

function closure(starts: readonly number[], b: string): Set<number> {
  const out = new Set<number>()
  for (let at of starts) {
    out.add(at)
    while (b[at] === "*") out.add(++at)
  }
  return out
}

function simplify(pattern: string): string {
  return pattern
    .toLowerCase()
    .replace(/\[[^\]]*\]?/g, "?")
    .replace(/\*+/g, "*")
}
