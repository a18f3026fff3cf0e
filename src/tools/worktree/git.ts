/** git for our own bookkeeping: no hooks, monitors or outside programs run, and it always ends. */
import { startGroup } from "../../lib/process.ts"
import type { ToolContext } from "../../model/tool.ts"

/** A checkout of a large repository takes some seconds; own choice. */
const TIMEOUT_MS = 30_000
/** Characters of each stream; own choice. */
const MAX_OUTPUT = 1 << 20
const QUIET = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.pager=cat"]

/** Standard output without its last line end. Throws an Error with git's complaint. */
export async function git(ctx: ToolContext, cwd: string, ...args: string[]): Promise<string> {
  const env = Object.fromEntries(Object.entries(ctx.env).filter(([name]) => !name.startsWith("GIT_")))
  const request = await ctx.spawn.wrap({
    argv: ["git", ...QUIET, ...args],
    cwd,
    env: { ...env, GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" },
  })
  let out = ""
  let complaint = ""
  const group = startGroup({
    ...request,
    onData(stream, chunk) {
      const text = new TextDecoder().decode(chunk)
      if (stream === "stdout" && out.length < MAX_OUTPUT) out += text
      if (stream === "stderr" && complaint.length < MAX_OUTPUT) complaint += text
    },
  })
  const limit = AbortSignal.any([ctx.signal, AbortSignal.timeout(TIMEOUT_MS)])
  limit.addEventListener("abort", group.stop, { once: true })
  const exit = await group.ended
  limit.removeEventListener("abort", group.stop)
  ctx.signal.throwIfAborted()
  if (exit.code !== 0)
    throw new Error(`git ${args[0]} failed: ${complaint.trim() || `exit code ${exit.code}`}`)
  return out.replace(/\n$/, "")
}
