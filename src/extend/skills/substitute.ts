/** What a skill's placeholders stand for (spec/memory-skills-agents.md section 2). */
export interface Substitutions {
  /** As typed, after the name. */
  readonly args: string
  /** Names of positional arguments. */
  readonly parameters: readonly string[]
  /** `${NAME}` of the environment of the call. */
  readonly variables: Readonly<Record<string, string>>
}

const PLACEHOLDER =
  /\\\$|\$\{(?<variable>[A-Za-z_]\w*)\}|\$ARGUMENTS\[(?<index>\d+)\]|\$(?<all>ARGUMENTS)\b|\$(?<position>\d+)|\$(?<name>[A-Za-z_]\w*)/g

/** Replaces placeholders once: what an argument brings in is not looked at again. */
export function substitute(template: string, { args, parameters, variables }: Substitutions): string {
  const words = splitArguments(args)
  return template.replaceAll(PLACEHOLDER, (found, ...rest) => {
    const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>
    if (found === "\\$") return "$"
    if (groups.all !== undefined) return args
    const position = groups.index ?? groups.position
    if (position !== undefined) return words[Number(position)] ?? found
    if (groups.variable !== undefined) return variables[groups.variable] ?? found
    const at = parameters.indexOf(groups.name ?? "")
    return at < 0 ? found : (words[at] ?? "")
  })
}

/** True when the template says itself where the arguments go. */
export function usesArguments(template: string, parameters: readonly string[]): boolean {
  return (
    /(?<!\\)\$(ARGUMENTS\b|\d)/.test(template) || parameters.some((name) => template.includes(`$${name}`))
  )
}

/** Words as a shell would split them: blanks separate, quotes keep together. */
export function splitArguments(args: string): readonly string[] {
  const words = args.match(/(?:[^\s"']+|"(?:\\.|[^"\\])*"|'[^']*')+/g) ?? []
  return words.map((word) =>
    word.replaceAll(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
      double === undefined ? (single ?? "") : double.replaceAll(/\\(.)/g, "$1"),
    ),
  )
}
