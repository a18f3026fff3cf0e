/** Lines of an earlier session to cells: what was said, and the calls with what came of them. */
import { type Block, isBlock, textOf } from "../model/block.ts"
import { isMessageLine, type Line, type UserLine } from "../model/line.ts"
import { type Cell, clip, type ToolCell } from "./cells.ts"
import { inputText } from "./input-text.ts"
import { recordedView } from "./recorded-view.ts"
import { shellCell } from "./shell-prompt.ts"

/** Characters of a result shown on the scrollback's row; the viewer shows `detail`. */
const PREVIEW = 2_000
/** Arguments that name what a call is about, the most telling first. */
const MAIN = [
  "command",
  "file_path",
  "notebook_path",
  "pattern",
  "path",
  "url",
  "query",
  "description",
  "prompt",
  "skill",
]

/** What the record says where a person pressed Esc. */
const INTERRUPTED = /^\[Request interrupted by user[^\]]*\]$/

export function cellsOf(lines: readonly Line[]): Cell[] {
  const cells: Cell[] = []
  const calls = new Map<string, number>()
  for (const line of lines) {
    if (!isMessageLine(line) || line.isSidechain) continue
    if (line.type === "user") userCells(line, cells, calls)
    else
      for (const block of line.message.content)
        assistantCell(block, { cells, calls, cwd: line.cwd, ...timeOf(line) })
  }
  return cells
}

function userCells(line: UserLine, cells: Cell[], calls: ReadonlyMap<string, number>): void {
  const { content } = line.message
  if (typeof content !== "string")
    for (const block of content) {
      const at = isBlock(block, "tool_result") ? calls.get(block.tool_use_id) : undefined
      const cell = at === undefined ? undefined : cells[at]
      if (at === undefined || cell?.kind !== "tool" || !isBlock(block, "tool_result")) continue
      const text = textOf(block.content)
      const isError = block.is_error === true
      const seen = isError ? null : recordedView(line.toolUseResult)
      cells[at] = {
        ...cell,
        isError,
        detail: clip(text),
        view: seen ?? { kind: "text", text: text.slice(0, PREVIEW) },
      }
    }
  if (line.isCompactSummary) {
    cells.push({ kind: "notice", level: "info", text: "Earlier parts of the conversation were compacted." })
    return
  }
  const text = asTyped(textOf(content))
  if (INTERRUPTED.test(text)) {
    cells.push({ kind: "notice", level: "warning", text: "Interrupted." })
    return
  }
  if (line.isMeta !== true && text.trim() !== "")
    cells.push(shellCell(text) ?? { kind: "prompt", text, uuid: line.uuid, ...timeOf(line) })
}

/** The record of a slash command as the person typed it. */
function asTyped(text: string): string {
  const [, name, args] =
    /^<command-name>([^<]*)<\/command-name>[\s\S]*<command-args>([\s\S]*)<\/command-args>/.exec(text) ?? []
  return name === undefined ? text : `${name} ${args}`.trim()
}

interface Place {
  readonly cells: Cell[]
  readonly calls: Map<string, number>
  readonly cwd: string
  readonly at?: number
}

function timeOf({ timestamp }: { readonly timestamp: string }): { readonly at?: number } {
  const at = Date.parse(timestamp)
  return Number.isNaN(at) ? {} : { at }
}

function assistantCell(block: Block, { cells, calls, cwd, at }: Place): void {
  if (isBlock(block, "text") && block.text.trim() !== "")
    // Negative: never the number of a block of this process.
    cells.push({
      kind: "text",
      block: -1 - cells.length,
      source: block.text,
      ...(at === undefined ? {} : { at }),
    })
  if (isBlock(block, "thinking") && block.thinking.trim() !== "")
    cells.push({ kind: "thinking", source: block.thinking })
  if (!isBlock(block, "tool_use")) return
  calls.set(block.id, cells.length)
  const cell: ToolCell = {
    kind: "tool",
    id: block.id,
    tool: block.name,
    title: mainArgument(block.input, cwd),
    input: clip(inputText(block.input)),
    view: { kind: "text", text: "no result in the session file" },
    isError: false,
    durationMs: 0,
    detail: "",
  }
  cells.push(cell)
}

function mainArgument(input: Readonly<Record<string, unknown>>, cwd: string): string {
  const key = MAIN.find((name) => typeof input[name] === "string")
  const text = key === undefined ? "" : (String(input[key]).split("\n")[0] ?? "")
  return text.startsWith(`${cwd}/`) ? text.slice(cwd.length + 1) : text
}
