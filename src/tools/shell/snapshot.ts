/**
 * The person's own functions, aliases and shell options, captured once from ~/.bashrc and sourced before each
 * command. A start file that hangs, asks or floods costs a short delay and nothing else.
 */
import { closeSync, existsSync, fstatSync, mkdirSync, readSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startGroup } from "../../lib/process.ts"
import type { ToolContext } from "../../model/tool.ts"
import { privateFile } from "./private-file.ts"

const DEADLINE_MS = 5_000
/** More is no configuration; sourcing it each time would cost more than it is worth. */
const MAX_BYTES = 256 * 1024
/** Options before functions, which may need them to be read. Names with `_` in front are completion machinery. */
const CAPTURE = `{ shopt -p; for f in $(compgen -A function); do case $f in _*) ;; *) declare -f "$f" ;; esac; done; alias -p; printf 'export PATH=%q\\n' "$PATH"; echo '# end'; } >&3`

/** Per start file and folder for the copy. A session has one of each. */
const captured = new Map<string, Promise<string | null>>()
const MAX_KNOWN = 16

/** The file to source, or null when there is nothing to take over. */
export function shellSnapshot(ctx: ToolContext, shell: string): Promise<string | null> {
  const home = ctx.env.HOME ?? ctx.home
  if (!shell.endsWith("/bash") || !existsSync(join(home, ".bashrc"))) return Promise.resolve(null)
  const key = `${home}\0${ctx.spillDir}`
  const known = captured.get(key)
  if (known !== undefined) return known
  for (const oldest of captured.keys()) {
    if (captured.size < MAX_KNOWN) break
    captured.delete(oldest)
  }
  const fresh = capture(ctx, shell, home).catch(() => null)
  captured.set(key, fresh)
  return fresh
}

async function capture(ctx: ToolContext, shell: string, home: string): Promise<string | null> {
  const fd = privateFile()
  if (fd === null) return null
  try {
    const group = startGroup({
      argv: [shell, "-ic", CAPTURE],
      cwd: home,
      env: ctx.env,
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
