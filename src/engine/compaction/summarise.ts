import { buildRequest } from "../../api/build-request.ts"
import { isBlock, textOf } from "../../model/block.ts"
import type { MessageLine } from "../../model/line.ts"
import { buildTurnRequest } from "../request.ts"
import type { Run } from "../run.ts"
import { sideRequest } from "../side-request.ts"
import { sessionNotes } from "./notes.ts"
import instructions from "./summary.md" with { type: "text" }
import { estimateTokens } from "./tokens.ts"

/** Of a conversation that is summarised by parts, each part fills at most this share of the window. */
const CHUNK_SHARE = 0.4
/** A single block is quoted up to this length when a conversation is rendered as plain text. */
const QUOTED_CHARS = 8_000
/** Chunks of one compaction; a longer conversation gives its oldest part to the deterministic notes. */
const MAX_CHUNKS = 12

/**
 * Stage four: a full summary. First over the conversation as it stands (its prefix is in the cache); if that is
 * too long for the window, by chunks; if no model answers, the notes. It always returns something.
 */
export async function summarise(run: Run, lines: readonly MessageLine[], hint: string): Promise<Summary> {
  const ask = hint === "" ? instructions : `${instructions}\n\nThe user adds: ${hint}`
  const whole = await sideRequest(run, await withInstruction(run, ask), { cause: "compaction", told: true })
  if (whole.ok && whole.text !== "") return { text: whole.text }
  if (run.signal.aborted) return { text: "" }
  const tooLong =
    !whole.ok &&
    (whole.failure.category === "prompt_too_long" || whole.failure.category === "request_too_large")
  if (tooLong) return summariseByChunks(run, lines, ask)
  return {
    text: sessionNotes(lines),
    failure: whole.ok ? "the model wrote no summary" : whole.failure.message,
  }
}

export interface Summary {
  readonly text: string
  /** Why notes made without a model stand in for it, or for a part of it. */
  readonly failure?: string
}

async function withInstruction(run: Run, ask: string) {
  const request = await buildTurnRequest(run)
  const last = request.messages.at(-1)
  const note = { type: "text" as const, text: ask }
  const messages =
    last?.role === "user"
      ? [...request.messages.slice(0, -1), { ...last, content: [...last.content, note] }]
      : [...request.messages, { role: "user" as const, content: [note] }]
  return { ...request, messages }
}

async function summariseByChunks(run: Run, lines: readonly MessageLine[], ask: string): Promise<Summary> {
  const limit = Math.floor(run.settings().model.window * CHUNK_SHARE)
  const chunks = splitByTokens(lines, limit)
  const old = chunks.slice(0, -MAX_CHUNKS).flat()
  let summary = old.length === 0 ? "" : sessionNotes(old)
  let failure: string | undefined
  for (const chunk of chunks.slice(-MAX_CHUNKS)) {
    const text = [
      summary === "" ? "" : `Summary of what came before:\n\n${summary}\n\n`,
      `The next part of the conversation:\n\n${renderPlain(chunk)}\n\n`,
      ask,
    ].join("")
    const request = buildRequest({
      history: [plainLine(chunk[0] as MessageLine, text)],
      system: [],
      tools: [],
      settings: run.settings(),
    })
    const part = await sideRequest(run, request, { cause: "compaction", told: true })
    // A part that fails keeps its facts: nothing is lost because one request was.
    if (part.ok && part.text !== "") summary = part.text
    else {
      failure ??= part.ok ? "the model wrote no summary" : part.failure.message
      summary = boundedTo(`${summary}\n\n${sessionNotes(chunk)}`.trim(), limit)
    }
    if (run.signal.aborted) break
  }
  return { text: summary, ...(failure === undefined ? {} : { failure }) }
}

export function splitByTokens(lines: readonly MessageLine[], limit: number): MessageLine[][] {
  const chunks: MessageLine[][] = []
  let chunk: MessageLine[] = []
  let size = 0
  for (const line of lines) {
    const tokens = Math.min(estimateTokens([line]), limit)
    if (chunk.length > 0 && size + tokens > limit) {
      chunks.push(chunk)
      chunk = []
      size = 0
    }
    chunk.push(line)
    size += tokens
  }
  if (chunk.length > 0) chunks.push(chunk)
  return chunks
}

/** Notes of many chunks together must still fit: the newest count. `limit` in tokens. */
function boundedTo(text: string, limit: number): string {
  return text.length <= limit ? text : `…${text.slice(-limit)}`
}

function renderPlain(lines: readonly MessageLine[]): string {
  const quote = (text: string) => (text.length <= QUOTED_CHARS ? text : `${text.slice(0, QUOTED_CHARS)}…`)
  return lines
    .map((line) => {
      const who = line.type === "user" ? "User" : "Assistant"
      const { content } = line.message
      if (typeof content === "string") return `${who}: ${quote(content)}`
      return content
        .map((block) => {
          if (isBlock(block, "text")) return `${who}: ${quote(block.text)}`
          if (isBlock(block, "tool_use"))
            return `Assistant calls ${block.name}: ${quote(JSON.stringify(block.input))}`
          if (isBlock(block, "tool_result")) return `Result: ${quote(textOf(block.content))}`
          return ""
        })
        .filter((text) => text !== "")
        .join("\n")
    })
    .join("\n\n")
}

function plainLine(like: MessageLine, text: string): MessageLine {
  const { parentUuid, isSidechain, userType, cwd, sessionId, version, gitBranch, timestamp } = like
  return {
    parentUuid,
    isSidechain,
    userType,
    cwd,
    sessionId,
    version,
    gitBranch,
    timestamp,
    uuid: crypto.randomUUID(),
    type: "user",
    message: { role: "user", content: text },
  }
}
