/** What a finished command leaves behind in the session: its directory, and the file it showed. */
import { realpath } from "node:fs/promises"
import { relative } from "node:path"
import { contentHash } from "../../lib/content-hash.ts"
import type { ToolContext } from "../../model/tool.ts"
import { readRegular } from "../files/open.ts"
import { absolutePath } from "../paths.ts"

/** Larger files are not taken for read. */
const SHOWN_BYTES = 16 * 1024 * 1024

/** Moves the session to `cwd`, or back to the project when that lies outside. Returns what to tell the model. */
export async function followCwd(ctx: ToolContext, cwd: string | null): Promise<string | null> {
  const project = ctx.roots[0] ?? ctx.cwd
  if (ctx.env.CLAUDE_BASH_MAINTAIN_PROJECT_WORKING_DIR) {
    ctx.setCwd(project)
    return null
  }
  if (cwd === null || cwd === ctx.cwd || cwd === (await canonical(ctx.cwd))) return null
  const roots = await Promise.all(ctx.roots.map(canonical))
  if (roots.some((root) => isInside(root, cwd))) {
    ctx.setCwd(cwd)
    return null
  }
  ctx.setCwd(project)
  return `Shell cwd was reset to ${project}`
}

/** A file shown by `cat` and the like counts as read (spec/tools.md Edit). */
export async function rememberShown(ctx: ToolContext, file: string): Promise<void> {
  try {
    const path = await realpath(absolutePath(file, ctx))
    ctx.files.set(path, { hash: contentHash(await readRegular(path, SHOWN_BYTES)), partial: false })
  } catch {
    // What cannot be read again was not read.
  }
}

async function canonical(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path)
  return way !== ".." && !way.startsWith("../")
}
