/**
 * Lets the system's ripgrep find the files (`USE_BUILTIN_RIPGREP=0`, spec/cli.md section 5). The built-in search then reads
 * only those, so filters, order, renderings, limits and error texts are its own and the same either way.
 */
import type { GrepJob } from "./job.ts"

/** More names than this are not held: the built-in search needs no list. */
const MAX_LIST_BYTES = 32 * 1024 * 1024
/** Of the search's time, so that the built-in one still has its own when ripgrep hangs. */
const SHARE_OF_DEADLINE = 0.5

/** Candidates in the order of the built-in walk; null whenever the built-in search should do it all. */
export async function listByRipgrep(
  job: GrepJob,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  if (job.isFile || !/^(?:0|false|no|off)$/i.test(env.USE_BUILTIN_RIPGREP ?? "")) return null
  const program = Bun.which("rg", { PATH: env.PATH ?? "" })
  if (program === null) return null
  try {
    // `-a` and `--crlf` find rather more than the built-in search, never less.
    const flags = [
      "--no-config",
      "--no-ignore-global",
      "--no-messages",
      "--hidden",
      "-l",
      "-0",
      "-a",
      "--crlf",
    ]
    for (const name of [".git", ".svn", ".hg", ".bzr", ".jj", ".sl"]) flags.push("-g", `!**/${name}/**`)
    if (job.ignoreCase) flags.push("-i")
    if (job.multiline) flags.push("-U", "--multiline-dotall")
    const child = Bun.spawn([program, ...flags, "-e", job.pattern, "."], {
      cwd: job.root,
      env,
      signal,
      timeout: job.deadlineMs * SHARE_OF_DEADLINE,
      killSignal: "SIGKILL",
      maxBuffer: MAX_LIST_BYTES,
      stdio: ["ignore", "pipe", "ignore"],
    })
    const [list, code] = await Promise.all([child.stdout.text(), child.exited])
    // 1: nothing found. 2: a pattern it does not know, or files it could not read.
    if (child.signalCode !== null || (code !== 0 && code !== 1)) return null
    const paths = list.split("\0").filter((path) => path !== "")
    return paths
      .map((path) => (path.startsWith("./") ? path.slice(2) : path))
      .map((path) => ({ path, key: path.replaceAll("/", "\0") }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ path }) => path)
  } catch {
    return null
  }
}
