/**
 * Programs that run a command which stands inside one of their words: an option's value, a variable, a program in
 * another language. What such a word plainly says is a reading for deny and ask rules; what it hides is unread code.
 */

import { isHarmlessAwk } from "../read-only/awk.ts"
import { isHarmlessScript } from "../read-only/sed.ts"
import type { Assigned, ShellWord } from "./effects.ts"
import { runsAt } from "./launchers.ts"
import { handsOnCode, isShell } from "./nested.ts"

/** Options after which the next word is code in the program's own language. */
const INLINE: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    python: /^-[A-Za-z]*c$/,
    pypy: /^-[A-Za-z]*c$/,
    perl: /^-[A-Za-z0-9]*[eE]$/,
    ruby: /^-[A-Za-z]*e$/,
    node: /^(-e|-p|-pe|--eval|--print)(=|$)/,
    nodejs: /^(-e|-p|-pe|--eval|--print)(=|$)/,
    bun: /^(-e|-p|--eval|--print)(=|$)/,
    deno: /^eval$/,
    tsx: /^(-e|-p|--eval|--print)(=|$)/,
    php: /^-[rBRE]$/,
    lua: /^-e$/,
    luajit: /^-e$/,
    julia: /^(-e|-E|--eval|--print)(=|$)/,
    elixir: /^(-e|--eval)$/,
    erl: /^-eval$/,
    groovy: /^-e$/,
    R: /^-e$/,
    Rscript: /^-e$/,
    osascript: /^-e$/,
    expect: /^-c$/,
    emacs: /^--?eval(=|$)/,
    pwsh: /^-(c|command|e|ec|encodedcommand)$/i,
    powershell: /^-(c|command|e|ec|encodedcommand)$/i,
    gdb: /^-{1,2}(ex|eval-command|iex)$/,
    vim: /^(-c|--cmd|\+.+)$/,
    nvim: /^(-c|--cmd|\+.+)$/,
    vi: /^(-c|--cmd|\+.+)$/,
    ex: /^(-c|--cmd|\+.+)$/,
    view: /^(-c|--cmd|\+.+)$/,
  }),
)

/** Programs any word of which may be code that runs a program. */
const CODE = new Set([
  ...INLINE.keys(),
  ...`less more sqlite3 mysql mariadb dc make gmake just env tclsh nix-shell cmd tmux screen awk gawk mawk nawk sed gsed ftp lftp`.split(
    /\s+/,
  ),
])

/** Programs with options whose value names a program to run. */
const OPTIONS = new Set(
  `tar bsdtar gtar rsync man ssh scp sftp zip split sort wget psql git apt apt-get dpkg xterm cpio crontab`.split(
    /\s+/,
  ),
)

/** Of git's options only these do; a message is a text. */
const GIT_OPTION =
  /^(-c|-x|--exec|--upload-pack|--receive-pack|--extcmd|--(tree|index|env|msg|parent|commit|tag-name)-filter)(=|$)/

/** Interpreters that read their code from standard input when no word names it. */
const FROM_INPUT =
  /^(python[\d.]*|pypy3?|perl|ruby|node|nodejs|php|lua|luajit|tclsh|osascript|Rscript|pwsh|expect|gdb|ed|ex)$/

const AWK = /^(awk|gawk|mawk|nawk)$/
const SED = /^g?sed$/

/** Variables whose value is a command line, or is read as code by the next shell. */
const COMMANDS =
  /(PAGER|EDITOR|COMMAND|DIFF|VISUAL|BROWSER|ASKPASS|SSH|SHELL|LESSOPEN|LESSCLOSE|PS[0-4]|_RSH)$/

/** Whether a program of this name runs anything but itself: most do not, and nothing more is asked about them. */
export function carriesCode(name: string): boolean {
  if (handsOnCode(name) || CODE.has(name) || OPTIONS.has(name) || name === "." || name === "source")
    return true
  const plain = programName(name)
  return CODE.has(plain) || FROM_INPUT.test(name) || name === "at" || name === "batch" || name === "crontab"
}

/** Texts that may be command lines: tried against deny and ask rules, and otherwise without a meaning. */
export function carriedCommands(words: readonly ShellWord[], names: readonly string[]): readonly string[] {
  const out: string[] = []
  names.forEach((name, i) => {
    if (CODE.has(name) || CODE.has(programName(name)))
      for (const w of ownWords(name, words.slice(i + 1))) collect(w.text, out)
    if (!OPTIONS.has(name)) return
    const isOption =
      name === "git" ? (text: string) => GIT_OPTION.test(text) : (text: string) => /^-/.test(text)
    for (let k = i + 1; k < words.length; k++) {
      const text = words[k]?.text ?? ""
      if (isOption(text) || isOption(words[k - 1]?.text ?? "")) collect(text, out)
    }
  })
  return out
}

/** The words that the interpreter itself takes; those behind a script or a module are the script's. */
function ownWords(name: string, args: readonly ShellWord[]): readonly ShellWord[] {
  if (!/^(python|pypy|perl|ruby|node|nodejs|bun|deno|tsx|php|lua|luajit|julia)$/.test(programName(name)))
    return args
  const end = args.findIndex(
    ({ text }, i) =>
      text === "-m" ||
      (/^[^-\s][^\s(]*\.(py|[cm]?[jt]sx?|rb|pl|php|lua)$/.test(text) && !args[i - 1]?.text.startsWith("-")),
  )
  return end < 0 ? args : args.slice(0, end)
}

/** The same for the values of variables. */
export function assignedCommands(assigned: readonly Assigned[]): readonly string[] {
  const out: string[] = []
  for (const { name, value } of assigned)
    if (value !== null && COMMANDS.test(name)) collect(value.replace(/^\|/, ""), out)
  return out
}

/** `python3.12` is `python`. */
function programName(name: string): string {
  return name.replace(/[\d.]+$/, "")
}

/** How many texts of one word are looked at. */
const MAX_TEXTS = 24

/** The word, what stands behind each `=`, `!` and keyword in it, and every quoted text. */
function collect(text: string, out: string[]): void {
  const from = out.length
  if (!/[\s=!`"'|]/.test(text) || /^\w+:\/\//.test(text)) return
  const add = (part: string) => {
    const plain = part.trim()
    if (plain !== "" && out.length - from < MAX_TEXTS) out.push(plain)
  }
  add(text)
  for (const mark of text.matchAll(/[=!|]|(?:^|\s)\.?(?:shell|system|spawn|exec|do shell script)\s/g))
    add(text.slice(mark.index + mark[0].length))
  let last = ""
  let end = -1
  for (const quoted of text.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`([^`]*)`/g)) {
    const inner = (quoted[1] ?? quoted[2] ?? quoted[3] ?? "").replace(/\\(["'\\])/g, "$1")
    add(inner)
    // `["rm", "-r", "a"]` is the command `rm -r a`.
    last = end >= 0 && /^[\s,]*$/.test(text.slice(end, quoted.index)) ? `${last} ${inner}` : inner
    end = quoted.index + quoted[0].length
    if (last !== inner) add(last)
  }
}

/** Why a shell runs what another command prints, or null. */
export function printedCode(words: readonly ShellWord[], names: readonly string[]): string | null {
  const at = names.findIndex((name, i) => isShell(name) || (i === 0 && /^(source|\.)$/.test(name)))
  const script = at < 0 ? undefined : words.slice(at + 1).find((w) => w.raw.startsWith("<("))
  return script ? `${words[at]?.text} runs what ${script.raw} prints` : null
}

/** Why the command runs code that stands in its words and that nobody reads here, or null. */
export function unreadCode(
  words: readonly ShellWord[],
  names: readonly string[],
  input: readonly string[],
): string | null {
  for (const [i, name] of names.entries()) {
    if (!carriesCode(name) || !runsAt(names, i)) continue
    const rest = words.slice(i + 1)
    if (AWK.test(name))
      return runsPrograms(rest, isHarmlessAwk) ? `the program of ${name} may run commands` : null
    if (SED.test(name))
      return runsPrograms(rest, isHarmlessScript) && rest.some((w) => /e/.test(w.text))
        ? `the script of ${name} may run commands`
        : null
    const option = INLINE.get(programName(name))
    if (option && ownWords(name, rest).some((w) => option.test(w.text)))
      return `the code in the words of ${name} is not followed`
  }
  const [name, script] = words
  if (input.length > 0 && readsForeignCode(words, names))
    return `the code that ${name?.text} reads is not followed`
  if ((name?.text === "source" || name?.text === ".") && script)
    return `${script.raw} runs in this shell and can change what later names mean`
  return null
}

/** Whether some word that may be the program is not proven harmless. */
function runsPrograms(args: readonly ShellWord[], harmless: (program: string) => boolean): boolean {
  const at = args.findIndex((w) => !w.text.startsWith("-"))
  return args.some((w, i) => (i === at || /[\s({]/.test(w.text)) && !harmless(w.text))
}

/** What input that stands in the source says to these words' program, when it takes commands from there. */
export function carriedInput(
  words: readonly ShellWord[],
  names: readonly string[],
  input: string,
): readonly string[] {
  const out: string[] = []
  if (names.includes("crontab"))
    out.push(...input.split("\n", MAX_TEXTS).map((line) => line.replace(/^\s*(@\w+|(\S+\s+){4}\S+)\s/, "")))
  if (readsForeignCode(words, names)) collect(input, out)
  return out
}

/** Whether an interpreter of another language gets its code from standard input. */
export function readsForeignCode(words: readonly ShellWord[], names: readonly string[]): boolean {
  const at = names.findIndex((name) => FROM_INPUT.test(name))
  return (
    runsAt(names, at) &&
    words
      .slice(at + 1)
      .every(
        (w) => w.text === "-" || (w.text.startsWith("-") && !/^-([mcerpEVvh]|-version|-help)/.test(w.text)),
      )
  )
}
