import { COMMANDS, type CommandEntry, RUNNABLE } from "./command-names.ts"
import type { FlagSpec } from "./flag-spec.ts"
import { flagTable } from "./flags.ts"

export const SHELLS = ["bash", "zsh", "fish"] as const
export type Shell = (typeof SHELLS)[number]

interface Row {
  readonly names: readonly string[]
  readonly short?: string
  readonly spec: FlagSpec
}

/** A completion script for `shell`, made from the flag table and the commands that can be run. */
export function renderCompletion(shell: Shell): string {
  const rows = Object.entries(flagTable)
    .filter(([, spec]) => !spec.hidden)
    .map(([name, spec]): Row => {
      const names = [name, ...(spec.aliases ?? []), ...(spec.negatable ? [`no-${name}`] : [])]
      return spec.short === undefined ? { names, spec } : { names, short: spec.short, spec }
    })
  const commands = RUNNABLE.map((name): readonly [string, CommandEntry] => [name, COMMANDS[name]])
  switch (shell) {
    case "bash":
      return bash(rows, commands)
    case "zsh":
      return zsh(rows, commands)
    case "fish":
      return fish(rows, commands)
  }
}

type Commands = readonly (readonly [string, CommandEntry])[]

function bash(rows: readonly Row[], commands: Commands): string {
  const cases: string[] = []
  for (const { names, short, spec } of rows) {
    const reply = bashValues(spec)
    if (reply === null) continue
    const spellings = [...names.map((name) => `--${name}`), ...(short === undefined ? [] : [`-${short}`])]
    cases.push(`    ${spellings.join("|")}) ${reply}; return ;;`)
  }
  for (const [name, entry] of commands) {
    if (entry.words)
      cases.push(`    ${name}) COMPREPLY=($(compgen -W '${entry.words.join(" ")}' -- "$word")); return ;;`)
  }
  const flags = rows.flatMap(({ names, short }) => [
    ...names.map((name) => `--${name}`),
    ...(short === undefined ? [] : [`-${short}`]),
  ])
  return `# bash completions of ccts: ccts completion bash > ~/.local/share/bash-completion/completions/ccts
_ccts() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  case "$before" in
${cases.join("\n")}
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W '${flags.join(" ")}' -- "$word"))
  elif [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W '${commands.map(([name]) => name).join(" ")}' -- "$word"))
  fi
}
complete -o default -F _ccts ccts
`
}

function bashValues(spec: FlagSpec): string | null {
  if (spec.arity === "switch" || spec.arity === "attached") return null
  if (spec.choices) return `COMPREPLY=($(compgen -W '${spec.choices.join(" ")}' -- "$word"))`
  if (spec.complete === "folder") return 'COMPREPLY=($(compgen -d -- "$word"))'
  if (spec.complete === "file") return 'COMPREPLY=($(compgen -f -- "$word"))'
  return null
}

function zsh(rows: readonly Row[], commands: Commands): string {
  const specs = rows.flatMap(({ names, short, spec }) => {
    const spellings = [...names.map((name) => `--${name}`), ...(short === undefined ? [] : [`-${short}`])]
    return spellings.map((spelling) => `    '${zshSpec(spelling, spec)}'`)
  })
  const described = commands.map(([name, entry]) => `    '${zshQuote(`${name}:${entry.help}`)}'`)
  const words = commands.flatMap(([name, entry]) =>
    entry.words ? [`      ${name}) compadd ${entry.words.join(" ")} ;;`] : [],
  )
  return `#compdef ccts
# zsh completions of ccts: ccts completion zsh > "\${fpath[1]}/_ccts"
_ccts() {
  local -a commands specs
  commands=(
${described.join("\n")}
  )
  specs=(
${specs.join("\n")}
  )
  if (( CURRENT == 3 )); then
    case "$words[2]" in
${words.join("\n")}
    esac
  fi
  _arguments $specs '1: :{_describe command commands}' '*:file:_files'
}
_ccts "$@"
`
}

function zshSpec(spelling: string, spec: FlagSpec): string {
  const help = `[${zshQuote(spec.help).replace(/[[\]:]/g, "\\$&")}]`
  const action = spec.choices
    ? `(${spec.choices.join(" ")})`
    : spec.complete === "folder"
      ? "_files -/"
      : spec.complete === "file"
        ? "_files"
        : " "
  const value = zshQuote(spec.value ?? "value").replace(/:/g, "\\:")
  switch (spec.arity) {
    case "switch":
      return `${spelling}${help}`
    case "attached":
      return `${spelling}=-${help}::${value}:${action}`
    case "optional":
      return `${spelling}${help}::${value}:${action}`
    default:
      return `*${spelling}${help}:${value}:${action}`
  }
}

function zshQuote(text: string): string {
  return text.replaceAll("'", "'\\''")
}

function fish(rows: readonly Row[], commands: Commands): string {
  const quote = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`
  const lines = commands.flatMap(([name, entry]) => [
    `complete -c ccts -n __fish_use_subcommand -f -a ${name} -d ${quote(entry.help)}`,
    ...(entry.words
      ? [`complete -c ccts -n '__fish_seen_subcommand_from ${name}' -f -a ${quote(entry.words.join(" "))}`]
      : []),
  ])
  for (const { names, short, spec } of rows) {
    const takes = spec.arity !== "switch" && spec.arity !== "attached"
    const values = spec.choices
      ? ` -f -a ${quote(spec.choices.join(" "))}`
      : spec.complete
        ? " -F"
        : takes
          ? " -f"
          : ""
    names.forEach((name, i) => {
      const letter = i === 0 && short !== undefined ? ` -s ${short}` : ""
      const needs = takes && spec.arity !== "optional" ? " -r" : ""
      lines.push(`complete -c ccts -l ${name}${letter} -d ${quote(spec.help)}${needs}${values}`)
    })
  }
  return `# fish completions of ccts: ccts completion fish > ~/.config/fish/completions/ccts.fish\n${lines.join("\n")}\n`
}
