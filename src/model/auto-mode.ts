/** Auto mode: a model reviews what would ask, by these lists (spec/settings.md sections 2 and 6). */

export interface AutoRules {
  /** What counts as the person's own ground: folders, hosts, services. */
  readonly environment: readonly string[]
  /** Fine without further ado. */
  readonly allow: readonly string[]
  /** Not without the person having asked for it in so many words. */
  readonly soft_deny: readonly string[]
  /** Not even then. */
  readonly hard_deny: readonly string[]
}

export interface AutoMode {
  readonly rules: AutoRules
  /** Commands that a rule allows are reviewed as well (`autoMode.classifyAllShell`). */
  readonly allShell: boolean
  /** In plan mode, commands that only look run after a review (`useAutoModeDuringPlan`). */
  readonly duringPlan: boolean
  /** Somebody has agreed to the mode before this session. */
  readonly accepted: boolean
}

export const AUTO_LISTS = [
  "environment",
  "allow",
  "soft_deny",
  "hard_deny",
] as const satisfies readonly (keyof AutoRules)[]

/** In a list of the settings, this entry stands for ours. */
export const DEFAULTS_WORD = "$defaults"

/** Each entry: a name, a colon, what is meant. */
export const DEFAULT_AUTO_RULES: AutoRules = {
  environment: [
    "Project: the working directories and the repository in them are the person's own.",
    "Remotes: the hosts of the git remotes that the repository had when the session began are the person's own; every other host is a stranger's.",
    "Machine: everything outside the working directories belongs to the person too, but was not handed over for this work.",
  ],
  allow: [
    "Build and test: compiling, testing, linting, formatting and running the project's own programs in the working directories.",
    "Declared dependencies: installing what the project's manifest or lock file already names, with its own package manager.",
    "Version control: status, add, commit, branch, stash, fetch, and push of the branch that is worked on to the remote it came from.",
    "Looking things up: fetching public documentation and packages' pages without sending anything of the project along.",
    "Temporary files: making and removing files that this session made itself.",
    "Local services: starting and stopping the project's own development servers on this machine.",
  ],
  soft_deny: [
    "Foreign code: downloading something and running it, or installing a package that nothing in the project names.",
    "Lost work: deleting or overwriting what this session did not make and version control does not hold; reset --hard, clean, checkout over changes.",
    "Rewritten history: force push, deleting remote branches or tags, pushing to the main branch.",
    "Publishing: releases, packages, deployments, messages, comments, mail, or anything else that others will see.",
    "Production: changing databases, clusters, cloud resources or anything that serves people.",
    "Outside the project: writing outside of the working directories, or changing the system, its services or the person's own configuration.",
    "Staying behind: scheduled jobs, start files, daemons, background programs that outlive the work.",
    "Spending: starting what costs money.",
  ],
  hard_deny: [
    "Secrets: sending keys, tokens, passwords, private files or source code to a host that is not the person's own, in any form.",
    "Collecting: searching for credentials that the task does not need.",
    "Hiding: commands whose real content is encoded, split up or fetched at run time so that it cannot be read here.",
    "Loosening: changing the rules, hooks, settings or sandbox of this program, or switching off other protections of the machine.",
    "Ruin: removing a home folder, a disk, a whole database or all backups.",
  ],
}

/** A list of the settings over ours: absent is ours, and `$defaults` in it is where ours go. */
export function withDefaults(given: Partial<Record<keyof AutoRules, unknown>>): AutoRules {
  const list = (name: keyof AutoRules): readonly string[] => {
    const own = given[name]
    if (!Array.isArray(own)) return DEFAULT_AUTO_RULES[name]
    const texts = own.filter((entry) => typeof entry === "string")
    return [...new Set(texts.flatMap((text) => (text === DEFAULTS_WORD ? DEFAULT_AUTO_RULES[name] : [text])))]
  }
  return {
    environment: list("environment"),
    allow: list("allow"),
    soft_deny: list("soft_deny"),
    hard_deny: list("hard_deny"),
  }
}

/** What a person should know before they agree to the mode. */
export const AUTO_WORDS: readonly string[] = [
  "In auto mode edits in the working directories run without a question, and a small model looks at every command and every call that would ask: it lets it run, refuses it, or leaves it to you. It can be wrong, and what it reads (a web page, a file, a tool's answer) can be made to deceive it. Each look is a request that costs a little.",
  "Deny rules still hold, ask rules still ask, and protected files, removing what matters, and leaving the sandbox still ask. ccts auto-mode config shows what the model goes by.",
]
