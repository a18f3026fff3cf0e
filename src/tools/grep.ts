/** Grep: text in files, in the three modes and renderings of spec/tools.md Grep. */
import { stat } from "node:fs/promises"
import * as z from "zod"
import { failed, type Tool, type ToolContext, type ToolOutput } from "../model/tool.ts"
import { unreadable } from "./files/explain-error.ts"
import { nearPath } from "./files/near.ts"
import prompt from "./grep.md" with { type: "text" }
import { absolutePath, shownPath } from "./paths.ts"
import { refused, spillLarge } from "./result.ts"
import type { GrepJob } from "./search/job.ts"
import { search } from "./search/search.ts"
import { listByRipgrep } from "./search/system-ripgrep.ts"

/** spec/tools.md Grep. */
const HEAD_LIMIT = 250
/** As Glob's (spec/cli.md section 5). */
const DEADLINE_MS = 20_000
/** More context than this is reading the file; own choice. */
const MAX_CONTEXT = 1_000
/** Shown to the user only; own choice. */
const VIEW_LINES = 40
/** Of a line that the user is shown; own choice. */
const VIEW_LINE_CHARS = 200

const number = z.number().optional()
const schema = z.strictObject({
  pattern: z.string().describe("Regular expression to search for"),
  path: z.string().optional().describe("File or folder to search; the working directory when left out"),
  glob: z.string().optional().describe('Which files, such as "*.js" or "*.{ts,tsx}"'),
  output_mode: z
    .enum(["content", "files_with_matches", "count"])
    .optional()
    .describe("What to answer; files_with_matches by default"),
  "-B": number.describe("Lines before each match (content mode)"),
  "-A": number.describe("Lines after each match (content mode)"),
  "-C": number.describe("Same as context"),
  context: number.describe("Lines before and after each match (content mode)"),
  "-n": z.boolean().optional().describe("Line numbers (content mode); on by default"),
  "-i": z.boolean().optional().describe("Ignore case"),
  "-o": z.boolean().optional().describe("Only the matching text (content mode)"),
  type: z.string().optional().describe("File type, such as js, py, rust, go, java"),
  head_limit: number.describe("At most this many lines or files; 250 by default, 0 for all"),
  offset: number.describe("Skip this many lines or files first"),
  multiline: z.boolean().optional().describe("Let matches span lines"),
})
export type GrepInput = z.infer<typeof schema>

export const grep: Tool<GrepInput> = {
  name: "Grep",
  prompt,
  schema,
  offered: "always",
  normalize: (input, place) =>
    input.path === undefined ? input : { ...input, path: absolutePath(input.path, place) },
  access: (input, place) => [{ kind: "read", path: absolutePath(input.path ?? ".", place) }],
  title: (input) => input.pattern.split("\n")[0] ?? "",
  // biome-ignore lint/correctness/useYield: the answer is complete or it is none
  async *run(input, ctx) {
    try {
      return await find(input, ctx)
    } catch (error) {
      ctx.signal.throwIfAborted()
      return failed((error as Error).message)
    }
  },
}

async function find(input: GrepInput, ctx: ToolContext): Promise<ToolOutput> {
  if (`${input.pattern}${input.path ?? ""}${input.glob ?? ""}`.includes("\0"))
    return refused("The pattern, path or glob contains a NUL character.")
  const root = absolutePath(input.path ?? ".", ctx)
  const found = await stat(root).catch(() => null)
  if (found === null)
    return refused(
      `Path does not exist: ${input.path ?? root}. Note: your current working directory is ${ctx.cwd}.${await nearPath(root, ctx.cwd)}`,
    )
  const isFile = !found.isDirectory()
  if (isFile && !found.isFile()) return refused(`${root} is not a regular file or folder.`)
  const closed = await unreadable(root, isFile ? "read" : "listed")
  if (closed !== null) return failed(closed)
  const mode = input.output_mode ?? "files_with_matches"
  const limit = count(input.head_limit, HEAD_LIMIT)
  const offset = count(input.offset, 0)
  const around = count(input.context ?? input["-C"], 0)
  const shown = shownPath(root, ctx.cwd)
  const job: GrepJob = {
    kind: "grep",
    root,
    isFile,
    pattern: input.pattern,
    ignoreCase: input["-i"] === true,
    multiline: input.multiline === true,
    mode,
    onlyMatching: mode === "content" && input["-o"] === true,
    lineNumbers: input["-n"] !== false,
    before: Math.min(count(input["-B"], around), MAX_CONTEXT),
    after: Math.min(count(input["-A"], around), MAX_CONTEXT),
    glob: input.glob,
    type: input.type,
    limit: limit === 0 ? Number.MAX_SAFE_INTEGER : limit,
    offset,
    prefix: isFile ? shown : shown === "." ? "" : `${shown.replace(/\/$/, "")}/`,
    deadlineMs: DEADLINE_MS,
  }
  const candidates = await listByRipgrep(job, ctx.env, ctx.signal)
  ctx.signal.throwIfAborted()
  const answer = await search(candidates === null ? job : { ...job, candidates }, ctx.signal)
  return render(answer, { mode, limit, offset }, ctx)
}

type Answer = Awaited<ReturnType<typeof search<Extract<Parameters<typeof search>[0], { kind: "grep" }>>>>

async function render(
  answer: Answer,
  asked: {
    readonly mode: "content" | "files_with_matches" | "count"
    readonly limit: number
    readonly offset: number
  },
  ctx: ToolContext,
): Promise<ToolOutput> {
  const { mode, limit, offset } = asked
  const { lines } = answer
  const limited = limit > 0 && answer.total > offset + lines.length
  const applied = {
    ...(limited ? { appliedLimit: limit } : {}),
    ...(offset > 0 ? { appliedOffset: offset } : {}),
  }
  const pages = [limited ? `limit: ${limit}` : "", offset > 0 ? `offset: ${offset}` : ""].filter(
    (part) => part !== "",
  )
  const notes = [
    pages.length > 0 ? `[Showing results with pagination = ${pages.join(", ")}]` : "",
    answer.timedOut
      ? "[The search ran out of time; there may be more. Narrow it with path, glob or type.]"
      : "",
    answer.cut ? "[The answer was cut: it is too large. Narrow the search.]" : "",
  ].filter((note) => note !== "")
  const timedOut = answer.timedOut ? { timedOut: true } : {}
  const none =
    answer.total === 0
      ? mode === "content"
        ? "No matches found"
        : "No files found"
      : "No entries at this offset"
  const body = lines.length === 0 ? none : lines.join("\n")
  switch (mode) {
    case "files_with_matches": {
      const head =
        lines.length === 0 ? body : `Found ${lines.length} ${lines.length === 1 ? "file" : "files"}\n${body}`
      return {
        content: await spillLarge(ctx, [head, ...notes].join("\n\n")),
        data: {
          mode,
          filenames: lines,
          numFiles: lines.length,
          totalFiles: answer.files,
          ...applied,
          ...timedOut,
        },
        view: view(`Found ${answer.files} ${answer.files === 1 ? "file" : "files"}`, lines),
      }
    }
    case "count": {
      const sums = `Found ${answer.matches} total ${answer.matches === 1 ? "occurrence" : "occurrences"} across ${answer.files} ${answer.files === 1 ? "file" : "files"}.`
      return {
        content: await spillLarge(
          ctx,
          [
            body === "No files found" ? "No matches found" : body,
            ...(lines.length ? [sums] : []),
            ...notes,
          ].join("\n\n"),
        ),
        data: {
          mode,
          numFiles: answer.files,
          filenames: [],
          content: lines.join("\n"),
          numMatches: answer.matches,
          ...applied,
          ...timedOut,
        },
        view: view(sums, lines),
      }
    }
    case "content":
      return {
        content: await spillLarge(ctx, [body, ...notes].join("\n\n")),
        data: {
          mode,
          numFiles: answer.files,
          filenames: [],
          content: lines.join("\n"),
          numLines: lines.length,
          ...applied,
          ...timedOut,
        },
        view: view(
          `Found ${lines.length}${limited ? "+" : ""} ${lines.length === 1 ? "line" : "lines"}`,
          lines,
        ),
      }
  }
}

function view(summary: string, lines: readonly string[]): ToolOutput["view"] {
  return {
    kind: "text",
    summary,
    text: lines
      .slice(0, VIEW_LINES)
      .map((line) => line.slice(0, VIEW_LINE_CHARS))
      .join("\n"),
    ...(lines.length > VIEW_LINES ? { left: lines.length - VIEW_LINES } : {}),
  }
}

function count(value: number | undefined, otherwise: number): number {
  return value === undefined || !Number.isFinite(value) || value < 0 ? otherwise : Math.floor(value)
}
