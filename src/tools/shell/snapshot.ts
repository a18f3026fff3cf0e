/**
 * The person's own functions, aliases and shell options, captured once from the start file of the shell that runs the
 * commands (~/.bashrc, ~/.zshrc, else ~/.profile) and sourced before each command. A start file that hangs, asks or floods costs a short delay and nothing else.
 */
import { closeSync, existsSync, fstatSync, mkdirSync, readSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startGroup } from "../../lib/process.ts"
import type { ToolContext } from "../../model/tool.ts"
import { privateFile } from "./private-file.ts"

/** A start file that takes longer is not waited for; own choice. */
const DEADLINE_MS = 5_000
/** More is no configuration; sourcing it each time would cost more than it is worth. */
const MAX_BYTES = 256 * 1024
/** Options before functions, which may need them to be read. Names with `_` in front are completion machinery. */
const BASH_CAPTURE = `{ shopt -p; for f in $(compgen -A function); do case $f in _*) ;; *) declare -f "$f" ;; esac; done; alias -p; printf 'export PATH=%q\\n' "$PATH"; echo '# end'; } >&3`
/** The same in zsh: `-L` prints aliases as commands, `typeset -f` all functions. */
const ZSH_CAPTURE = `{ setopt | while read -r o; do case $o in interactive|zle|monitor|shinstdin|login) ;; *) echo "setopt $o" ;; esac; done; for f in \${(k)functions}; do case $f in _*) ;; *) typeset -f -- "$f" ;; esac; done; alias -L; print -r -- "export PATH=\${(q)PATH}"; echo '# end'; } >&3`

type Place = Pick<ToolContext, "env" | "home" | "spillDir" | "spawn">

/** Per start file and folder for the copy. A session has one of each. */
const captured = new Map<string, Promise<string | null>>()
/** Sessions of one process; the oldest falls off. Own choice. */
const MAX_KNOWN = 16

/** The file to source, or null when there is nothing to take over. */
export function shellSnapshot(ctx: Place, shell: string): Promise<string | null> {
  const home = ctx.env.HOME ?? ctx.home
  const argv = captureArgv(shell, home)
  if (argv === null) return Promise.resolve(null)
  const key = `${home}\0${ctx.spillDir}`
  const known = captured.get(key)
  if (known !== undefined) return known
  for (const oldest of captured.keys()) {
    if (captured.size < MAX_KNOWN) break
    captured.delete(oldest)
  }
  const fresh = capture(ctx, argv, home).catch(() => null)
  captured.set(key, fresh)
  return fresh
}

/** The command that prints the shell's state; null when there is no start file. */
function captureArgv(shell: string, home: string): readonly [string, ...string[]] | null {
  const has = (name: string) => existsSync(join(home, name))
  if (shell.endsWith("/bash")) {
    if (has(".bashrc")) return [shell, "-ic", BASH_CAPTURE]
    return has(".profile") ? [shell, "-c", `. ~/.profile\n${BASH_CAPTURE}`] : null
  }
  return shell.endsWith("/zsh") && has(".zshrc") ? [shell, "-ic", ZSH_CAPTURE] : null
}

async function capture(
  ctx: Place,
  argv: readonly [string, ...string[]],
  home: string,
): Promise<string | null> {
  const fd = privateFile()
  if (fd === null) return null
  try {
    // A start file is the person's own, but what it does is bounded like any command.
    const wrapped = await ctx.spawn.wrap({ argv, cwd: home, env: ctx.env })
    const group = startGroup({
      argv: wrapped.argv,
      cwd: wrapped.cwd,
      env: wrapped.env,
      fd3: fd,
      onData() {},
    })
    const late = setTimeout(() => group.kill(), DEADLINE_MS)
    await group.ended
    clearTimeout(late)
    const size = fstatSync(fd).size
    if (size > MAX_BYTES) return null
    const bytes = Buffer.alloc(size)
    readSync(fd, bytes, 0, size, 0)
    // Cut off in the middle: half a function is worse than none.
    if (!bytes.toString().endsWith("# end\n")) return null
    const path = join(ctx.spillDir, "shell-snapshot.sh")
    mkdirSync(ctx.spillDir, { recursive: true, mode: 0o700 })
    writeFileSync(path, bytes, { mode: 0o600 })
    return path
  } finally {
    closeSync(fd)
  }
}
