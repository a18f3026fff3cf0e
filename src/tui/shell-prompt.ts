/** A command typed behind `!`, as it enters the conversation and as it is shown. */
import type { ToolCell } from "./cells.ts"
import { clip } from "./cells.ts"
import type { ShellLine } from "./ports.ts"

const NOT_RECORDED = "(interactive session; output not recorded)"
const FORMAT =
  /^<bash-input>([\s\S]*?)<\/bash-input>\n<bash-stdout>([\s\S]*)<\/bash-stdout>\n<bash-stderr>([\s\S]*)<\/bash-stderr>\n<bash-exit-code>(\d+)<\/bash-exit-code>$/

/** The prompt that tells the model of it. */
export function shellPrompt(
  command: string,
  line: Extract<ShellLine, { kind: "printed" }> | { readonly kind: "terminal"; readonly code: number },
): string {
  const { stdout, stderr } = line.kind === "printed" ? line : { stdout: NOT_RECORDED, stderr: "" }
  return `<bash-input>${command}</bash-input>\n<bash-stdout>${stdout}</bash-stdout>\n<bash-stderr>${stderr}</bash-stderr>\n<bash-exit-code>${line.code}</bash-exit-code>`
}

/** Null when `text` is no such prompt. */
export function shellCell(text: string): ToolCell | null {
  const [, command, stdout = "", stderr = "", code] = FORMAT.exec(text) ?? []
  if (command === undefined) return null
  const failed = code !== "0"
  const printed = [failed ? `Exit code ${code}` : "", stdout, stderr].filter((part) => part !== "").join("\n")
  const shown = printed === "" ? "(no output)" : printed
  return {
    kind: "tool",
    id: "shell",
    tool: "!",
    title: command.split("\n")[0] ?? "",
    input: command,
    view: { kind: "text", text: clip(shown) },
    isError: failed,
    durationMs: 0,
    detail: clip(shown),
  }
}
