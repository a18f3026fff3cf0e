/** Text of a file as numbered lines, within the caps of spec/tools.md Read. */
import type { ToolContext, ToolOutput } from "../../model/tool.ts"
import { firstChars, sizeText } from "../result.ts"
import { readLines } from "./lines.ts"
import { NotReadable, type OpenFile } from "./open.ts"
import { decodeText, toLf } from "./text.ts"

/** spec/tools.md Read: a whole file above this needs a range. */
const WHOLE_BYTES = 256 * 1024
/** CLAUDE_CODE_FILE_READ_MAX_OUTPUT_TOKENS says otherwise (spec/tools.md Read). */
const TOKENS = 25_000
/** `allow_large`: most of what the smallest window holds; own choice. */
const LARGE_TOKENS = 150_000
/** An estimate; exact counting would need the service. */
const CHARS_PER_TOKEN = 4
/** Bytes of UTF-8 per character, at most. */
const BYTES_PER_CHAR = 4

/** With `allow_large`: more is not even decoded to be cut. */
const MAX_WHOLE_BYTES = 16 * 1024 * 1024

export interface TextRequest {
  readonly path: string
  readonly offset: number | undefined
  readonly limit: number | undefined
  readonly allowLarge: boolean
}

export interface TextResult {
  readonly output: ToolOutput
  /** The model saw the first page of a larger file. */
  readonly partial: boolean
}

/** Throws `NotReadable` with the text for the model. */
export async function readText(open: OpenFile, request: TextRequest, ctx: ToolContext): Promise<TextResult> {
  const { path, allowLarge } = request
  const offset = wholeNumber(request.offset)
  const limit = wholeNumber(request.limit)
  const whole = offset === undefined && limit === undefined
  const tokens = capTokens(ctx.env, allowLarge)
  if (whole && !allowLarge && open.size > WHOLE_BYTES)
    throw new NotReadable(
      `File content (${sizeText(open.size)}) exceeds maximum allowed size (${sizeText(WHOLE_BYTES)}). Use offset and limit to read a part of it, search it with Grep, or pass allow_large.`,
    )
  const first = offset ?? 1
  const maxBytes = tokens * CHARS_PER_TOKEN * BYTES_PER_CHAR
  const range = await readLines({
    file: open.file,
    size: open.size,
    first,
    // A page of a whole read never needs more lines than it has characters.
    limit: whole ? undefined : limit,
    maxBytes: whole ? MAX_WHOLE_BYTES : maxBytes,
    signal: ctx.signal,
  })
  if (range === null) throw new NotReadable(overCap(`more than ${tokens}`, tokens))
  if (range.total === 1 && range.bytes.length === 0 && first === 1)
    return warning(path, first, 0, "Warning: the file exists but the contents are empty.")
  if (first > range.total)
    return warning(
      path,
      first,
      range.total,
      `Warning: the file exists but is shorter than the provided offset (${first}). The file has ${range.total} lines.`,
    )

  const text = toLf(decodeText(range.bytes).text)
  const size = Math.ceil(text.length / CHARS_PER_TOKEN)
  if (size > tokens && !whole) throw new NotReadable(overCap(String(size), tokens))
  const page = size > tokens ? firstPage(text, tokens * CHARS_PER_TOKEN) : text
  const lines = page.split("\n")
  const truncated = page.length < text.length
  const numbered = lines.map((line, i) => `${first + i}\t${line}`).join("\n")
  // The empty line behind a final newline is in the protocol's count; a person does not count it.
  const shown = lines.length > 1 && lines.at(-1) === "" ? lines.length - 1 : lines.length
  const note = truncated
    ? `\n\n<system-reminder>PARTIAL view: lines ${first} to ${first + lines.length - 1} of ${range.total} are shown, the file has more than ${tokens} tokens. Read on with offset and limit; this view does not count as having read the file.</system-reminder>`
    : ""
  return {
    partial: truncated,
    output: {
      content: numbered + note,
      data: {
        type: "text",
        file: {
          filePath: path,
          content: page,
          numLines: lines.length,
          startLine: first,
          totalLines: range.total,
          ...(truncated ? { truncatedByTokenCap: true } : {}),
        },
      },
      view: { kind: "text", summary: `Read ${shown} ${shown === 1 ? "line" : "lines"}` },
    },
  }
}

/** A count from 1; anything else is as if it were left out. */
function wholeNumber(value: number | undefined): number | undefined {
  return value !== undefined && value >= 1 ? Math.floor(value) : undefined
}

function warning(path: string, startLine: number, totalLines: number, text: string): TextResult {
  return {
    partial: false,
    output: {
      content: `<system-reminder>${text}</system-reminder>`,
      data: { type: "text", file: { filePath: path, content: "", numLines: 0, startLine, totalLines } },
      view: { kind: "text", summary: "Read 0 lines" },
    },
  }
}

function overCap(tokens: string, cap: number): string {
  return `File content (${tokens} tokens) exceeds maximum allowed tokens (${cap}). Use a smaller limit, or search the file with Grep.`
}

/** Whole lines within `chars`; of one overlong line its beginning. */
function firstPage(text: string, chars: number): string {
  const end = text.lastIndexOf("\n", chars)
  return end > 0 ? text.slice(0, end) : firstChars(text, chars)
}

function capTokens(env: Readonly<Record<string, string>>, allowLarge: boolean): number {
  const named = Number(env.CLAUDE_CODE_FILE_READ_MAX_OUTPUT_TOKENS)
  const cap = Number.isFinite(named) && named > 0 ? named : TOKENS
  return allowLarge ? Math.max(LARGE_TOKENS, cap) : cap
}
