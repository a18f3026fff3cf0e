/** The smallest rule that would have allowed a command, in words a person recognises. */

import { interpret } from "./read-only/interpret.ts"
import { baseName } from "./shell/base-name.ts"
import type { Execute, ShellWord } from "./shell/effects.ts"
import { isSafeEnvironment } from "./shell/environment.ts"
import { APPENDED, stripWrapper } from "./shell/wrappers.ts"

/** Programs whose first words name what they do; the number says how many words. */
const SUBCOMMANDS: Readonly<Record<string, number>> = {
  git: 2,
  gh: 3,
  npm: 2,
  pnpm: 2,
  yarn: 2,
  bun: 2,
  cargo: 2,
  go: 2,
  docker: 2,
  kubectl: 2,
  pip: 2,
  pip3: 2,
  uv: 2,
  poetry: 2,
  make: 2,
  deno: 2,
  dotnet: 2,
  mvn: 2,
  gradle: 2,
  bundle: 2,
  rails: 2,
  composer: 2,
  terraform: 2,
  helm: 2,
  brew: 2,
  apt: 2,
}

const RUNNERS = new Set([
  "npm run",
  "pnpm run",
  "yarn run",
  "bun run",
  "deno task",
  "uv run",
  "poetry run",
  "docker compose",
  "cargo run",
])

/** Rules for these would allow any program at all; only the exact command is offered. */
const OPEN_ENDED = new Set(
  `bash sh zsh dash ksh fish env sudo doas su eval exec source . xargs python python3 node deno ruby perl php lua osascript ssh
   npx bunx pnpx uvx pipx watch setsid ionice flock find awk gawk mawk sed rm rmdir dd chmod chown curl wget nc ncat tee`.split(
    /\s+/,
  ),
)

/** Without a script among their words these run whatever comes on their input, another time something else. */
const RUN_INPUT = new Set(
  "bash sh zsh dash ksh fish python python3 node ruby perl php lua osascript".split(" "),
)

function runsItsInput(words: readonly ShellWord[]): boolean {
  const [name, ...rest] = words
  return (
    RUN_INPUT.has(baseName(name?.text ?? "")) &&
    rest.every((w) => w.text.startsWith("-") && !/^-[A-Za-z]*[ce]/.test(w.text))
  )
}

/** The rule's content, or null when no rule can cover the invocation. */
export function suggestCommandRule(call: Execute): string | null {
  if (call.words.length === 0 || call.words[0]?.kind !== "literal") return null
  const raw = [...call.assigned.map((a) => a.raw), ...call.words.map((w) => w.raw)].join(" ")
  let words: readonly ShellWord[] = call.words
  for (let inner = stripWrapper(words); inner; inner = stripWrapper(words)) words = inner
  if (runsItsInput(words)) return null
  const exact = /\n/.test(raw) ? null : raw
  if (!call.words.every((w) => w.kind === "literal" || w.kind === "glob")) return exact
  if (!call.assigned.every((a) => isSafeEnvironment(a.name, a.value))) return exact
  const prefix = prefixOf(words)
  if (prefix === null) return exact
  return words.includes(APPENDED) || words.length > prefix.split(" ").length ? `${prefix} *` : prefix
}

function prefixOf(words: readonly ShellWord[]): string | null {
  const name = words[0]?.text ?? ""
  if (OPEN_ENDED.has(name)) return null
  if (interpret(words, null) !== null) return name
  const wanted = SUBCOMMANDS[name]
  if (!wanted) return /^[\w.+-]+$/.test(name) && words.length > 1 && !/[\s*]/.test(name) ? name : null
  const taken: string[] = [name]
  for (const word of words.slice(1)) {
    if (taken.length >= wanted && !RUNNERS.has(taken.join(" "))) break
    if (!/^[A-Za-z][\w:.@/-]*$/.test(word.text) || word.kind !== "literal") break
    taken.push(word.text)
  }
  return taken.length >= Math.min(wanted, 2) ? taken.join(" ") : null
}
