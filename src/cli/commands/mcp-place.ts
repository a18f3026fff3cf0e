/** What the commands under `mcp` share: where they are, the scopes, and how they speak. */
import type { EditableScope, Place } from "../../extend/mcp/edit-servers.ts"
import type { Flags } from "../flags.ts"
import { prepare } from "../prepare.ts"

const SCOPES: readonly EditableScope[] = ["local", "project", "user"]
export const scopeArg = {
  type: "string",
  alias: "s",
  valueHint: SCOPES.join("|"),
  description: "Which configuration",
} as const

/** Throws one line naming what there is. */
export function scopeOf(word: string): EditableScope {
  const scope = SCOPES.find((one) => one === word)
  if (scope === undefined) throw new Error(`Invalid scope: ${word}. Must be one of: ${SCOPES.join(", ")}`)
  return scope
}

export function here(): Place {
  const { cwd, paths } = prepare({} as Flags, true)
  return { cwd, paths }
}
