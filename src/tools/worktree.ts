/** EnterWorktree and ExitWorktree: work in a checkout of its own, and nothing is lost on the way out. */
import { randomBytes } from "node:crypto"
import { realpath } from "node:fs/promises"
import { dirname, join } from "node:path"
import * as z from "zod"
import { type FileMemory, failed, type Tool, type ToolContext, type ToolOutput } from "../model/tool.ts"
import enterPrompt from "./enter-worktree.md" with { type: "text" }
import exitPrompt from "./exit-worktree.md" with { type: "text" }
import { absolutePath } from "./paths.ts"
import { refused } from "./result.ts"
import { git } from "./worktree/git.ts"

interface Entered {
  readonly originalCwd: string
  readonly worktreePath: string
  /** Null for a worktree that was there before: it is never removed. `hook`: hooks made it, and remove it. */
  readonly made: { readonly branch: string; readonly base: string; readonly main: string } | "hook" | null
}

/** Of a worktree's name, which is a folder and part of a branch; own choice. */
const MAX_NAME = 64
const NAME = new RegExp(`^[\\w-][\\w.-]{0,${MAX_NAME - 1}}$`)

/** Per session; `FileMemory` lives exactly as long. */
const entered = new WeakMap<FileMemory, Entered>()

const enterSchema = z.strictObject({
  name: z.string().optional().describe("Name of the new worktree"),
  path: z.string().optional().describe("An existing worktree of this repository"),
})
type EnterInput = z.infer<typeof enterSchema>

export const enterWorktree: Tool<EnterInput> = {
  name: "EnterWorktree",
  prompt: enterPrompt,
  schema: enterSchema,
  offered: "always",
  normalize: (input, place) =>
    input.path === undefined ? input : { ...input, path: absolutePath(input.path, place) },
  access: (input, place) =>
    input.path === undefined || input.path.includes("/.claude/worktrees/")
      ? []
      : [{ kind: "write", path: absolutePath(input.path, place) }],
  title: (input) => input.path ?? input.name ?? "",
  async *run(input, ctx) {
    return guarded(ctx, () => enter(input, ctx))
  },
}

const exitSchema = z.strictObject({
  action: z.enum(["keep", "remove"]).describe("What becomes of worktree and branch"),
  discard_changes: z.boolean().optional().describe("Remove it although work would be lost"),
})
type ExitInput = z.infer<typeof exitSchema>

export const exitWorktree: Tool<ExitInput> = {
  name: "ExitWorktree",
  prompt: exitPrompt,
  schema: exitSchema,
  offered: "always",
  access: () => [],
  title: (input) => input.action,
  async *run(input, ctx) {
    return guarded(ctx, () => leave(input, ctx))
  },
}

async function enter(input: EnterInput, ctx: ToolContext): Promise<ToolOutput> {
  if (entered.has(ctx.files))
    return refused("This session is in a worktree already. Leave it with ExitWorktree first.")
  if (input.name !== undefined && input.path !== undefined)
    return refused("Give either name or path, not both.")
  if (input.path !== undefined)
    return enterExisting(await realpath(input.path).catch(() => input.path ?? ""), ctx)
  const name = input.name ?? `work-${randomBytes(3).toString("hex")}`
  if (!NAME.test(name) || name.includes(".."))
    return refused(`"${name}" is no worktree name: use up to ${MAX_NAME} letters, digits, "-", "_" and ".".`)
  if (ctx.makeWorktree !== undefined) return enterMade(name, await ctx.makeWorktree(name), ctx)
  // The main checkout, also when the session started in a worktree.
  const main = dirname(await git(ctx, ctx.cwd, "rev-parse", "--path-format=absolute", "--git-common-dir"))
  const base = await git(ctx, ctx.cwd, "rev-parse", "HEAD")
  const branch = `worktree-${name}`
  const worktreePath = join(main, ".claude", "worktrees", name)
  await git(ctx, main, "worktree", "add", "-b", branch, worktreePath, base)
  entered.set(ctx.files, { originalCwd: ctx.cwd, worktreePath, made: { branch, base, main } })
  ctx.setCwd(worktreePath)
  const message = `Created worktree at ${worktreePath} on branch ${branch}. The session now works there; leave it with ExitWorktree.`
  return {
    content: message,
    data: { worktreePath, worktreeBranch: branch, message },
    view: { kind: "text", summary: `Entered worktree ${name}` },
  }
}

/** One that a hook made: it need not be git's. */
function enterMade(name: string, worktreePath: string, ctx: ToolContext): ToolOutput {
  entered.set(ctx.files, { originalCwd: ctx.cwd, worktreePath, made: "hook" })
  ctx.setCwd(worktreePath)
  const message = `Created worktree at ${worktreePath}. The session now works there; leave it with ExitWorktree.`
  return {
    content: message,
    data: { worktreePath, message },
    view: { kind: "text", summary: `Entered worktree ${name}` },
  }
}

async function enterExisting(path: string, ctx: ToolContext): Promise<ToolOutput> {
  const list = await git(ctx, ctx.cwd, "worktree", "list", "--porcelain", "-z")
  const known = list
    .split("\0")
    .flatMap((line) => (line.startsWith("worktree ") ? [line.slice("worktree ".length)] : []))
  if (!known.includes(path))
    return refused(`${path} is no worktree of this repository. Known are:\n${known.join("\n")}`)
  const branch = await git(ctx, path, "rev-parse", "--abbrev-ref", "HEAD")
  entered.set(ctx.files, { originalCwd: ctx.cwd, worktreePath: path, made: null })
  ctx.setCwd(path)
  const message = `Entered worktree ${path} on branch ${branch}.`
  return {
    content: message,
    data: { worktreePath: path, worktreeBranch: branch, message },
    view: { kind: "text", summary: message },
  }
}

async function leave(input: ExitInput, ctx: ToolContext): Promise<ToolOutput> {
  const state = entered.get(ctx.files)
  if (state === undefined)
    return refused("This session did not enter a worktree with EnterWorktree; there is nothing to leave.")
  const { originalCwd, worktreePath, made } = state
  const common = {
    action: input.action,
    originalCwd,
    worktreePath,
    ...(made === null || made === "hook" ? {} : { worktreeBranch: made.branch }),
  }
  if (input.action === "keep") {
    entered.delete(ctx.files)
    ctx.setCwd(originalCwd)
    const message = `Left the worktree; it stays at ${worktreePath}. The session is back in ${originalCwd}.`
    return {
      content: message,
      data: { ...common, message },
      view: { kind: "text", summary: "Left worktree (kept)" },
    }
  }
  if (made === null)
    return refused(
      "This worktree was there before the session entered it, so it is not removed. Use action keep.",
    )
  if (made === "hook") return leaveMade(state, common, input, ctx)
  const status = await git(ctx, worktreePath, "status", "--porcelain", "-z")
  // A rename has two entries; one more than the truth only makes the question stronger.
  const files = status.split("\0").filter((line) => line !== "").length
  const commits = Number(await git(ctx, worktreePath, "rev-list", "--count", `${made.base}..HEAD`))
  if (files + commits > 0 && input.discard_changes !== true)
    return refused(
      `The worktree has ${files} uncommitted files and ${commits} commits of its own. Ask the person, then call again with discard_changes: true, or use action keep.`,
    )
  await git(ctx, made.main, "worktree", "remove", "--force", worktreePath)
  await git(ctx, made.main, "branch", "-D", made.branch)
  await ctx.worktreeRemoved?.(worktreePath)
  entered.delete(ctx.files)
  ctx.setCwd(originalCwd)
  const message = `Removed the worktree ${worktreePath} and its branch ${made.branch}. The session is back in ${originalCwd}.`
  return {
    content: message,
    data: { ...common, discardedFiles: files, discardedCommits: commits, message },
    view: { kind: "text", summary: "Removed worktree" },
  }
}

/** What a hook made is cleaned up by hooks; what would be lost with it is known to them alone. */
async function leaveMade(
  { originalCwd, worktreePath }: Entered,
  common: object,
  input: ExitInput,
  ctx: ToolContext,
): Promise<ToolOutput> {
  if (ctx.worktreeRemoved === undefined)
    return refused(
      "A hook made this worktree, and no WorktreeRemove hook is there to remove it. Use action keep.",
    )
  if (input.discard_changes !== true)
    return refused(
      "A hook made this worktree and would remove it with whatever is in it. Ask the person, then call again with discard_changes: true, or use action keep.",
    )
  entered.delete(ctx.files)
  ctx.setCwd(originalCwd)
  await ctx.worktreeRemoved(worktreePath)
  const message = `Left the worktree ${worktreePath}; hooks were told to remove it. The session is back in ${originalCwd}.`
  return {
    content: message,
    data: { ...common, message },
    view: { kind: "text", summary: "Removed worktree" },
  }
}

async function guarded(ctx: ToolContext, work: () => Promise<ToolOutput>): Promise<ToolOutput> {
  try {
    return await work()
  } catch (error) {
    ctx.signal.throwIfAborted()
    return failed((error as Error).message)
  }
}
