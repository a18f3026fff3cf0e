import type { ToolUseBlock } from "../model/block.ts"
import type { AnyTool, ToolOutput } from "../model/tool.ts"

/** A call whose input is valid and whose paths are absolute. */
export interface ReadyCall {
  readonly id: string
  readonly tool: AnyTool
  readonly input: Readonly<Record<string, unknown>>
  readonly title: string
}

/** A call that may run, or one that is already answered (unknown tool, bad input). */
export type Prepared =
  | { readonly kind: "ready"; readonly call: ReadyCall }
  | {
      readonly kind: "answered"
      readonly id: string
      readonly tool: string
      readonly input: Readonly<Record<string, unknown>>
      readonly output: ToolOutput
    }

/** A tool call of a reply; `badInput` is the JSON that could not be parsed. */
export interface ReplyCall {
  readonly block: ToolUseBlock
  readonly badInput?: string
}
