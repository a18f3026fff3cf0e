import { open } from "node:fs/promises"
import { z } from "zod"
import { type Block, isBlock, textOf } from "../model/block.ts"
import { failed, type Tool } from "../model/tool.ts"
import prompt from "./recall.md" with { type: "text" }

/** Own choice: about 2,000 tokens. */
const DEFAULT_RESULTS = 10
/** Own choice: about 6,000 tokens. */
const MAX_RESULTS = 30
/** Characters shown on each side of a match; own choice. */
const AROUND = 400
/** Bytes of the newest transcript that are searched, some seconds; own choice. */
const MAX_SCAN_BYTES = 1024 * 1024 * 1024
/** What is read at once; own choice. */
const BLOCK_BYTES = 1024 * 1024
/** The byte of a line feed. */
const LF = 10
/** A longer line (a pasted image, a huge result) is passed over; own choice. */
const MAX_LINE_BYTES = 16 * 1024 * 1024

const schema = z.object({
  query: z.string().min(1).describe("Text to find; alternatives separated by ' | '"),
  max_results: z.number().int().min(1).max(MAX_RESULTS).optional(),
})

interface Match {
  readonly at: string
  readonly who: string
  readonly excerpt: string
}

export const recall: Tool<z.infer<typeof schema>> = {
  name: "Recall",
  prompt,
  schema,
  concurrent: true,
  access: () => [],
  title: (input) => input.query,
  async *run(input, ctx) {
    if (ctx.transcript === null)
      return failed("This session keeps no transcript, so there is nothing to search.")
    const needles = input.query
      .split(" | ")
      .map((word) => word.trim().toLowerCase())
      .filter((word) => word !== "")
    const wanted = input.max_results ?? DEFAULT_RESULTS
    const matches: Match[] = []
    for await (const line of linesFromEnd(ctx.transcript, ctx.signal)) {
      const lower = line.toLowerCase()
      // The JSON of a line holds its text escaped; the parsed text is searched below, this only skips fast.
      if (!needles.some((needle) => lower.includes(JSON.stringify(needle).slice(1, -1)))) continue
      const match = matchIn(line, needles)
      if (match !== null) matches.push(match)
      if (matches.length >= wanted) break
    }
    if (matches.length === 0) {
      return {
        content: `Nothing in the transcript contains ${JSON.stringify(input.query)}.`,
        data: { matches },
        view: { kind: "text", summary: "no matches" },
      }
    }
    return {
      content: matches.map(({ at, who, excerpt }) => `[${at} ${who}]\n${excerpt}`).join("\n\n"),
      data: { matches },
      view: { kind: "text", summary: `${matches.length} matches` },
    }
  },
}

function matchIn(line: string, needles: readonly string[]): Match | null {
  let parsed: { type?: string; timestamp?: string; message?: { content?: string | readonly Block[] } }
  try {
    parsed = JSON.parse(line)
  } catch {
    return null
  }
  const content = parsed.message?.content
  if (content === undefined) return null
  const text = typeof content === "string" ? content : content.map(plain).join("\n")
  const lower = text.toLowerCase()
  const found = needles.map((needle) => lower.indexOf(needle)).filter((at) => at >= 0)
  if (found.length === 0) return null
  const at = Math.min(...found)
  const start = Math.max(0, at - AROUND)
  const end = Math.min(text.length, at + AROUND)
  return {
    at: parsed.timestamp ?? "",
    who: parsed.type ?? "",
    excerpt: `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`,
  }
}

function plain(block: Block): string {
  if (isBlock(block, "text")) return block.text
  if (isBlock(block, "tool_use")) return `${block.name} ${JSON.stringify(block.input, null, 1)}`
  if (isBlock(block, "tool_result")) return textOf(block.content)
  return ""
}

/** The lines of a file, newest first, read by blocks; memory is one block and one line. */
async function* linesFromEnd(path: string, signal: AbortSignal): AsyncGenerator<string> {
  await using file = await open(path, "r")
  let position = (await file.stat()).size
  const floor = Math.max(0, position - MAX_SCAN_BYTES)
  let carry: Buffer[] = []
  let carried = 0
  const block = Buffer.alloc(BLOCK_BYTES)
  while (position > floor && !signal.aborted) {
    const size = Math.min(BLOCK_BYTES, position - floor)
    position -= size
    await file.read(block, 0, size, position)
    let end = size
    for (
      let at = block.lastIndexOf(LF, size - 1);
      at >= 0;
      at = at === 0 ? -1 : block.lastIndexOf(LF, at - 1)
    ) {
      const part = Buffer.from(block.subarray(at + 1, end))
      const line = carried === 0 ? part : Buffer.concat([part, ...carry.reverse()])
      if (line.length > 0 && line.length <= MAX_LINE_BYTES) yield line.toString("utf8")
      carry = []
      carried = 0
      end = at
    }
    if (carried <= MAX_LINE_BYTES) carry.push(Buffer.from(block.subarray(0, end)))
    carried += end
  }
  if (carried > 0 && carried <= MAX_LINE_BYTES) yield Buffer.concat(carry.reverse()).toString("utf8")
}
