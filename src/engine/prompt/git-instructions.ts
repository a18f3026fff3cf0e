/** How the model works with git, and what commits and pull requests say about the program (spec/settings.md, Git). */
import instructions from "./git.md" with { type: "text" }

export interface GitSettings {
  readonly includeGitInstructions?: unknown
  /** `false` hides both; a member that is "" hides that one. */
  readonly attribution?: unknown
  /** The old switch for the commit trailer; `attribution` stands above it. */
  readonly includeCoAuthoredBy?: unknown
}

/** Empty when the settings want none of it. The program signs with its own name and the model's, never as another one. */
export function gitInstructions(settings: GitSettings, modelName: string): string {
  if (settings.includeGitInstructions === false) return ""
  const { commit, pr } = attributions(settings, modelName)
  const lines = [
    commit === ""
      ? "- Add no line about yourself or the model to commit messages."
      : `- End every commit message that you write with an empty line and this trailer:\n\n${indent(commit)}\n`,
    pr === ""
      ? "- Add no line about yourself or the model to pull requests."
      : `- End the body of every pull request that you open with an empty line and this:\n\n${indent(pr)}\n`,
  ]
  return `${instructions.trimEnd()}\n${lines.join("\n")}`
}

export function attributions(
  settings: GitSettings,
  modelName: string,
): { readonly commit: string; readonly pr: string } {
  const { attribution, includeCoAuthoredBy } = settings
  if (attribution === false) return { commit: "", pr: "" }
  const own = (typeof attribution === "object" && attribution !== null ? attribution : {}) as {
    readonly commit?: unknown
    readonly pr?: unknown
  }
  const trailer =
    includeCoAuthoredBy === false && attribution === undefined ? "" : `Assisted-by: ccts (${modelName})`
  const line =
    includeCoAuthoredBy === false && attribution === undefined ? "" : `Made with ccts (${modelName})`
  return {
    commit: typeof own.commit === "string" ? own.commit : trailer,
    pr: typeof own.pr === "string" ? own.pr : line,
  }
}

function indent(text: string): string {
  return text.replace(/^/gm, "      ")
}
