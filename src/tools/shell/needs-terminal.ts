/**
 * Which commands talk to a person at a terminal. A table, because nobody can know it of a program before it runs; a
 * command that is not here and asks for a terminal fails, and the model is told what to do (`lacksTerminal`).
 */
import { commandFacts } from "./facts.ts"

type Words = readonly string[]
type Asks = (args: Words) => boolean

const always: Asks = () => true
/** True when none of the options is given. */
const unless =
  (...options: readonly string[]): Asks =>
  (args) =>
    !args.some((arg) => options.includes(arg))
/** Short options may be glued: `-it`. */
const hasFlag = (args: Words, letter: string) =>
  args.some((arg) => new RegExp(`^-[a-zA-Z]*${letter}[a-zA-Z]*$`).test(arg))
const operands = (args: Words) => args.filter((arg) => !arg.startsWith("-"))
const attached: Asks = ([verb, ...args]) =>
  (verb === "run" || verb === "exec") && (hasFlag(args, "t") || args.includes("--tty"))

/** Options of ssh that take the next word. */
const SSH_VALUE = /^-[BbcDEeFIiJLlmOoPpQRSWw]$/

function sshOperands(args: Words): number {
  let count = 0
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? ""
    if (SSH_VALUE.test(arg)) at += 1
    else if (!arg.startsWith("-")) count += 1
  }
  return count
}

/** Cannot do their work without one. */
const NEEDS: Readonly<Record<string, Asks>> = {
  su: unless("-c", "--command"),
  passwd: unless("-S", "--status", "--stdin"),
  chsh: always,
  visudo: unless("-c"),
  sudo: unless("-n", "--non-interactive", "-S", "--stdin", "-k", "-K", "-V", "--version", "-h", "--help"),
  doas: unless("-n"),
  ssh: (args) =>
    !args.some((arg) => /BatchMode=yes/i.test(arg) || ["-V", "-G", "-O", "-N", "-f"].includes(arg)) &&
    (hasFlag(args, "t") || sshOperands(args) === 1),
  "ssh-copy-id": always,
  "ssh-keygen": (args) => !args.some((arg) => /^-[NlyFRLBDHIYQ]/.test(arg)),
  sftp: unless("-b"),
  ftp: always,
  telnet: always,
  vi: always,
  vim: (args) => !(hasFlag(args, "e") && hasFlag(args, "s")),
  nvim: unless("--headless"),
  nano: always,
  pico: always,
  micro: always,
  hx: always,
  emacs: unless("--batch", "-batch", "--version"),
  top: (args) => !hasFlag(args, "b"),
  htop: always,
  btop: always,
  tmux: (args) =>
    args.length === 0 ||
    (/^(a|at|attach|attach-session|new|new-session)$/.test(args[0] ?? "") && !hasFlag(args, "d")),
  screen: (args) => !args.some((arg) => /^-(ls|list|wipe|X|dm|dmS)$/.test(arg)),
  crontab: (args) => args.includes("-e"),
  docker: attached,
  podman: attached,
  kubectl: ([verb, ...args]) =>
    verb === "edit" ||
    ((verb === "exec" || verb === "run" || verb === "attach") &&
      (hasFlag(args, "t") || args.includes("--tty"))),
  git: ([verb, ...args]) =>
    (/^(add|checkout|restore|reset|stash|commit)$/.test(verb ?? "") &&
      (args.includes("-p") || args.includes("--patch"))) ||
    (verb === "add" && (args.includes("-i") || args.includes("--interactive"))) ||
    verb === "mergetool",
  gh: ([noun, verb, ...args]) =>
    noun === "auth" && (verb === "login" || verb === "refresh") && !args.includes("--with-token"),
  npm: ([verb, ...args]) =>
    ((verb === "init" || verb === "create") && !args.some((arg) => arg === "-y" || arg === "--yes")) ||
    (/^(login|adduser|publish)$/.test(verb ?? "") && verb !== "publish"),
  gcloud: ([verb, ...args]) => verb === "init" || (verb === "auth" && args[0] === "login"),
  aws: ([verb, ...args]) => verb === "configure" && args.length === 0,
  heroku: ([verb]) => verb === "login",
  vercel: ([verb]) => verb === "login",
}

/** Do something without one, but a person who types them wants the terminal. */
const PREFERS: Readonly<Record<string, Asks>> = {
  less: always,
  more: always,
  most: always,
  man: always,
  watch: always,
  bash: (args) => operands(args).length === 0 && !args.includes("-c"),
  sh: (args) => operands(args).length === 0 && !args.includes("-c"),
  zsh: (args) => operands(args).length === 0 && !args.includes("-c"),
  fish: (args) => operands(args).length === 0 && !args.includes("-c"),
  python: (args) => args.length === 0 || args.includes("-i"),
  python3: (args) => args.length === 0 || args.includes("-i"),
  ipython: always,
  node: (args) => args.length === 0 || args.includes("-i"),
  bun: ([verb]) => verb === "repl",
  irb: always,
  psql: unless("-c", "-f", "--command", "--file", "-l"),
  mysql: unless("-e", "--execute"),
  sqlite3: (args) => operands(args).length < 2,
  redis: always,
  "redis-cli": (args) => operands(args).length === 0,
  tig: always,
  lazygit: always,
  fzf: always,
  npx: ([name]) => /^create-/.test(name ?? ""),
  bunx: ([name]) => /^create-/.test(name ?? ""),
}

/** Programs in front of the one that is meant. */
const WRAPPERS = new Set(["command", "exec", "nice", "nohup", "time", "env"])

/** `model`: only what cannot work without; `person`: also what one wants to see on a terminal. */
export async function needsTerminal(command: string, who: "model" | "person"): Promise<boolean> {
  const { commands } = await commandFacts(command)
  return commands.some((words) => {
    let rest = words.slice(words.findIndex((word) => !WRAPPERS.has(word) && !/^\w+=/.test(word)))
    while (rest[0] !== undefined && WRAPPERS.has(rest[0])) rest = rest.slice(1)
    const name = rest[0]?.split("/").at(-1) ?? ""
    const args = rest.slice(1)
    const asks = own(NEEDS, name) ?? (who === "person" ? own(PREFERS, name) : undefined)
    return asks?.(args) === true
  })
}

/** Only sudo stands between the command and running plainly: then a cached or free right is worth a look first. */
export async function needsOnlySudo(command: string): Promise<boolean> {
  const { commands } = await commandFacts(command)
  const withoutSudo = commands.filter((words) => words[0] !== "sudo")
  const under = commands.filter((words) => words[0] === "sudo").map((words) => words.slice(1))
  const still = [...withoutSudo, ...under].some(
    (words) => own(NEEDS, words[0] ?? "")?.(words.slice(1)) === true,
  )
  return under.length > 0 && !still
}

const LACKS =
  /a terminal is required|no tty present|(?:stdin|input device) is not a (?:tty|terminal)|not a tty|(?:in|out)put is not (?:from|to) a terminal|pseudo-terminal will not be allocated|inappropriate ioctl for device|could not open (?:\/dev\/tty|a new tty)|no such device or address: '?\/dev\/tty/i

/** What failed says that it wanted a terminal. */
export function lacksTerminal(printed: string): boolean {
  return LACKS.test(printed)
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
