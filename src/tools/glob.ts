/** Glob: file names by pattern, oldest first, at most 100 (spec/tools.md Glob). */
import { stat } from "node:fs/promises"
import { isAbsolute, join } from "node:path"
import * as z from "zod"
import { failed, type Tool, type ToolContext, type ToolOutput } from "../model/tool.ts"
import { unreadable } from "./files/explain-error.ts"
import { nearPath } from "./files/near.ts"
import prompt from "./glob.md" with { type: "text" }
import { absolutePath, shownPath } from "./paths.ts"
import { refused } from "./result.ts"
import { search } from "./search/search.ts"

/** spec/tools.md Glob. */
const MAX_FILES = 100
/** CLAUDE_CODE_GLOB_TIMEOUT_SECONDS (spec/cli.md section 5). */
const TIMEOUT_S = 20
/** Names in the view; the reader shows fewer at first. */
const VIEW_FILES = 20

const schema = z.strictObject({
  pattern: z.string().describe("Pattern of file names, such as **/*.ts"),
  path: z.string().optional().describe("Folder to search; the working directory when left out"),
})
export type GlobInput = z.infer<typeof schema>

export const glob: Tool<GlobInput> = {
  name: "Glob",
  prompt,
  schema,
  offered: "always",
  normalize: (input, place) =>
    input.path === undefined ? input : { ...input, path: absolutePath(input.path, place) },
  access: (input, place) => [{ kind: "read", path: splitPattern(input, place).root }],
  title: (input) => input.pattern,
  // biome-ignore lint/correctness/useYield: a list of names is quick
  async *run(input, ctx) {
    try {
      return await find(input, ctx)
    } catch (error) {
      ctx.signal.throwIfAborted()
      return failed((error as Error).message)
    }
  },
}

async function find(input: GlobInput, ctx: ToolContext): Promise<ToolOutput> {
  if (`${input.pattern}${input.path ?? ""}`.includes("\0"))
    return refused("The pattern or path contains a NUL character.")
  if (input.pattern.trim() === "") return refused("The pattern is empty.")
  const { root, pattern } = splitPattern(input, ctx)
  const found = await stat(root).catch(() => null)
  if (found === null)
    return refused(
      `Directory does not exist: ${input.path ?? root}. Note: your current working directory is ${ctx.cwd}.${await nearPath(root, ctx.cwd)}`,
    )
  if (!found.isDirectory()) return refused(`Path is not a directory: ${input.path ?? root}`)
  const closed = await unreadable(root, "listed")
  if (closed !== null) return failed(closed)
  const started = performance.now()
  const seconds = Number(ctx.env.CLAUDE_CODE_GLOB_TIMEOUT_SECONDS)
  const answer = await search(
    {
      kind: "glob",
      root,
      pattern,
      hidden: !isOff(ctx.env.CLAUDE_CODE_GLOB_HIDDEN),
      respectIgnore: isOff(ctx.env.CLAUDE_CODE_GLOB_NO_IGNORE),
      limit: MAX_FILES,
      deadlineMs: (seconds > 0 ? seconds : TIMEOUT_S) * 1000,
    },
    ctx.signal,
  )
  const filenames = answer.files.map((file) => shownPath(join(root, file), ctx.cwd))
  const truncated = answer.total > filenames.length
  const rest = answer.total - filenames.length
  const notes = [
    truncated
      ? `(Showing ${filenames.length} of ${answer.total} matching files; ${rest} more are not listed. Use a narrower pattern or path.)`
      : "",
    answer.timedOut
      ? "(The search ran out of time; there may be more files. Use a narrower pattern or path.)"
      : "",
  ].filter((note) => note !== "")
  const text = filenames.length === 0 ? "No files found" : filenames.join("\n")
  return {
    content: [text, ...notes].join("\n"),
    data: {
      filenames,
      durationMs: Math.round(performance.now() - started),
      numFiles: filenames.length,
      truncated,
      totalMatches: answer.total,
      countIsComplete: !answer.timedOut,
      ...(answer.timedOut ? { timedOut: true } : {}),
    },
    view: {
      kind: "text",
      summary: `Found ${answer.total} ${answer.total === 1 ? "file" : "files"}`,
      text: filenames.slice(0, VIEW_FILES).join("\n"),
      ...(answer.total > VIEW_FILES ? { left: answer.total - VIEW_FILES } : {}),
    },
  }
}

/** An absolute pattern carries its own folder: its leading parts without wildcards. */
function splitPattern(input: GlobInput, place: { readonly cwd: string; readonly home: string }) {
  // `../` leads out of the folder: then it is the pattern that says where to look.
  const outside = /^(?:\.\.\/|~\/)/.test(input.pattern)
  const from = input.pattern.startsWith("~")
    ? place
    : { ...place, cwd: absolutePath(input.path ?? ".", place) }
  const written = outside ? absolutePath(input.pattern, from) : input.pattern
  if (!isAbsolute(written)) return { root: absolutePath(input.path ?? ".", place), pattern: written }
  const parts = written.split("/")
  const wild = parts.findIndex((part) => /[*?[\]{}!]/.test(part))
  const fixed = wild === -1 ? parts.length - 1 : wild
  return {
    root: absolutePath(parts.slice(0, fixed).join("/") || "/", place),
    pattern: `/${parts.slice(fixed).join("/")}`,
  }
}

function isOff(text: string | undefined): boolean {
  return text === "0" || text === "false"
}
