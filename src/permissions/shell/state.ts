/** What is known about the shell at one point of a script: its folder and its variables. Values, never mutated. */

import type { Folders } from "./effects.ts"

/** `some`: one of these texts; with `glob`, a file name matching it. `number`: an integer. `data`: any text from the script itself. */
export type Value =
  | { readonly kind: "some"; readonly options: readonly { readonly text: string; readonly glob: boolean }[] }
  | { readonly kind: "number" }
  | { readonly kind: "data" }

export interface State {
  readonly folders: Folders
  /** Variables the script has set. A missing name holds whatever the environment has. */
  readonly variables: ReadonlyMap<string, Value>
  /** Code we have not seen may have changed anything. */
  readonly wild: boolean
}

/** More alternatives than this are "any text". */
export const MAX_OPTIONS = 8

export function known(text: string): Value {
  return { kind: "some", options: [{ text, glob: false }] }
}

export function joinStates(a: State, b: State): State {
  if (a === b) return a
  const wild = a.wild || b.wild
  const folders = joinFolders(a.folders, b.folders)
  if (a.variables === b.variables) return { folders, variables: a.variables, wild }
  const variables = new Map<string, Value>()
  for (const [name, value] of a.variables) {
    const other = b.variables.get(name)
    if (other) variables.set(name, joinValues(value, other))
  }
  return { folders, variables, wild }
}

export function sameState(a: State, b: State): boolean {
  if (a === b) return true
  if (a.wild !== b.wild || !sameList(a.folders, b.folders)) return false
  if (a.variables === b.variables) return true
  if (a.variables.size !== b.variables.size) return false
  for (const [name, value] of a.variables) {
    const other = b.variables.get(name)
    if (!other || !sameValue(value, other)) return false
  }
  return true
}

function joinFolders(a: Folders, b: Folders): Folders {
  if (a === b || a === null || b === null) return a === b ? a : null
  const all = [...new Set([...a, ...b])]
  return all.length > MAX_OPTIONS ? null : all
}

function joinValues(a: Value, b: Value): Value {
  if (sameValue(a, b)) return a
  if (a.kind === "some" && b.kind === "some") {
    const options = [...a.options]
    for (const o of b.options)
      if (!options.some((x) => x.text === o.text && x.glob === o.glob)) options.push(o)
    return options.length > MAX_OPTIONS ? { kind: "data" } : { kind: "some", options }
  }
  if (isNumeric(a) && isNumeric(b)) return { kind: "number" }
  return { kind: "data" }
}

/** True when the value is an integer whatever happens, so that arithmetic on it runs nothing. */
export function isNumeric(value: Value | undefined): boolean {
  if (!value) return false
  if (value.kind === "number") return true
  return value.kind === "some" && value.options.every((o) => !o.glob && /^-?\d+$/.test(o.text))
}

function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true
  if (a.kind !== b.kind) return false
  if (a.kind !== "some" || b.kind !== "some") return true
  return (
    a.options.length === b.options.length &&
    a.options.every((o, i) => o.text === b.options[i]?.text && o.glob === b.options[i]?.glob)
  )
}

function sameList(a: Folders, b: Folders): boolean {
  if (a === null || b === null) return a === b
  return a.length === b.length && a.every((x) => b.includes(x))
}

export function withVariable(state: State, name: string, value: Value | null): State {
  const variables = new Map(state.variables)
  if (value) variables.set(name, value)
  else variables.delete(name)
  return { ...state, variables }
}

/** After code we cannot see: no folder, no variable is known. */
export const WILD: State = { folders: null, variables: new Map(), wild: true }
