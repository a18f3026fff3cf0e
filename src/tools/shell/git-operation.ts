/**
 * What a command did to the repository, read off its words and what git and gh printed (spec/tools.md BashOutput
 * `gitOperation`). For people and hosts; the model reads the output itself. Says nothing where it is not sure.
 */
export interface GitOperation {
  readonly commit?: {
    readonly sha: string
    readonly kind: "committed" | "amended" | "cherry-picked"
    readonly branch?: string
  }
  readonly push?: { readonly branch: string }
  readonly branch?: { readonly ref: string; readonly action: "merged" | "rebased" }
  readonly pr?: { readonly number: number; readonly url?: string; readonly action: PrAction }
}

type PrAction =
  | "created"
  | "edited"
  | "merged"
  | "commented"
  | "closed"
  | "reopened"
  | "ready"
  | "draft"
  | "auto-merge-enabled"
  | "auto-merge-disabled"

/** Options of git before its verb that take the next word. */
const TAKES_VALUE = new Set(["-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path"])

/** `commands` are the words of every simple command, in order; undefined when none of them changed anything known. */
export function gitOperation(
  commands: readonly (readonly string[])[],
  printed: string,
): GitOperation | undefined {
  let found: GitOperation = {}
  for (const words of commands) {
    const name = words[0]?.split("/").at(-1)
    if (name === "git") found = { ...found, ...ofGit(afterOptions(words.slice(1)), printed) }
    if (name === "gh" && words[1] === "pr") found = { ...found, ...ofPullRequest(words.slice(2), printed) }
  }
  return Object.keys(found).length === 0 ? undefined : found
}

function afterOptions(words: readonly string[]): readonly string[] {
  let at = 0
  while (words[at]?.startsWith("-")) at += TAKES_VALUE.has(words[at] ?? "") ? 2 : 1
  return words.slice(at)
}

function ofGit([verb, ...rest]: readonly string[], printed: string): GitOperation {
  switch (verb) {
    case "commit":
    case "cherry-pick": {
      const made = /^\[(.+?)(?: \(root-commit\))? ([0-9a-f]{7,40})\] /m.exec(printed)
      if (made?.[1] === undefined || made[2] === undefined) return {}
      const kind =
        verb === "cherry-pick" ? "cherry-picked" : rest.includes("--amend") ? "amended" : "committed"
      return {
        commit: { sha: made[2], kind, ...(made[1] === "detached HEAD" ? {} : { branch: made[1] }) },
      }
    }
    case "push": {
      const ref = /^ [ *+=-].*\s(\S+) -> (\S+)$/m.exec(printed)
      return ref?.[2] === undefined ? {} : { push: { branch: ref[2] } }
    }
    case "merge": {
      const ref = rest.find((word) => !word.startsWith("-"))
      const merged = /^(Fast-forward|Merge made by |Already up to date)/m.exec(printed)
      return ref === undefined || merged === null || merged[1]?.startsWith("Already")
        ? {}
        : { branch: { ref, action: "merged" } }
    }
    case "rebase": {
      const ref = /^Successfully rebased and updated (?:refs\/heads\/)?(\S+?)\.?$/m.exec(printed)
      return ref?.[1] === undefined ? {} : { branch: { ref: ref[1], action: "rebased" } }
    }
    default:
      return {}
  }
}

function ofPullRequest([verb, ...rest]: readonly string[], printed: string): GitOperation {
  const action = prAction(verb, rest)
  const url = /https:\/\/[\w.-]+\/[\w.-]+\/[\w.-]+\/pull\/(\d+)/.exec(printed)
  const number = Number(
    url?.[1] ?? /(?:#|\b)(\d+)\b/.exec(rest.find((word) => /^#?\d+$/.test(word)) ?? "")?.[1],
  )
  if (action === undefined || !Number.isInteger(number)) return {}
  return { pr: { number, ...(url === null ? {} : { url: url[0] }), action } }
}

function prAction(verb: string | undefined, rest: readonly string[]): PrAction | undefined {
  switch (verb) {
    case "create":
      return "created"
    case "edit":
      return "edited"
    case "comment":
    case "review":
      return "commented"
    case "close":
      return "closed"
    case "reopen":
      return "reopened"
    case "ready":
      return rest.includes("--undo") ? "draft" : "ready"
    case "merge":
      if (rest.includes("--auto")) return "auto-merge-enabled"
      return rest.includes("--disable-auto") ? "auto-merge-disabled" : "merged"
    default:
      return undefined
  }
}
