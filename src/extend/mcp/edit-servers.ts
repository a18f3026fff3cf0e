/** Adds servers to and takes them out of the files they belong to; everything else in those files stays as it is. */
import { join } from "node:path"
import type { ConfigPaths } from "../../config/paths.ts"
import { openState, patchState, trustKey } from "../../config/state.ts"
import { type JsonEdit, patchJson } from "../../lib/patch-json.ts"
import { projectKeys } from "./read-config.ts"
import { RESERVED_NAMES } from "./server-config.ts"

export type EditableScope = "local" | "project" | "user"

export interface Place {
  readonly cwd: string
  readonly paths: ConfigPaths
}

/** Throws one line when the name cannot be used or is taken. @returns the file that was changed. */
export async function addServer(
  place: Place,
  scope: EditableScope,
  name: string,
  entry: object,
): Promise<string> {
  if (!/^[A-Za-z0-9_-]+$/.test(name))
    throw new Error(
      `Invalid name ${name}. Names can only contain letters, numbers, hyphens, and underscores.`,
    )
  if (RESERVED_NAMES.has(name)) throw new Error(`The name ${name} is reserved.`)
  const path = [...membersOf(place, scope), name]
  await patch(place, scope, (read) => {
    if (read(path) !== undefined) throw new Error(`MCP server ${name} already exists in ${scope} config`)
    return [{ path, value: entry }]
  })
  return fileOf(place, scope)
}

/** Scopes in which there is a server of that name. */
export function scopesOf(place: Place, name: string): readonly EditableScope[] {
  const state = openState(place.paths)
  const project = openState({ stateFile: fileOf(place, "project") })
  return [
    ...(projectKeys(place.cwd).some((key) => state.read(["projects", key, "mcpServers", name]) !== undefined)
      ? (["local"] as const)
      : []),
    ...(project.read(["mcpServers", name]) === undefined ? [] : (["project"] as const)),
    ...(state.read(["mcpServers", name]) === undefined ? [] : (["user"] as const)),
  ]
}

/** @returns the file that was changed. */
export async function removeServer(place: Place, scope: EditableScope, name: string): Promise<string> {
  await patch(place, scope, (read) => {
    const places =
      scope === "local"
        ? projectKeys(place.cwd).map((key) => ["projects", key, "mcpServers", name])
        : [["mcpServers", name]]
    return places.filter((path) => read(path) !== undefined).map((path) => ({ path, value: undefined }))
  })
  return fileOf(place, scope)
}

export function fileOf({ cwd, paths }: Place, scope: EditableScope): string {
  return scope === "project" ? join(cwd, ".mcp.json") : paths.stateFile
}

function membersOf({ cwd }: Place, scope: EditableScope): readonly string[] {
  return scope === "local" ? ["projects", trustKey(cwd), "mcpServers"] : ["mcpServers"]
}

type Edits = (read: (path: readonly string[]) => unknown) => readonly JsonEdit[]

async function patch(place: Place, scope: EditableScope, edits: Edits): Promise<void> {
  if (scope === "project") await patchJson(fileOf(place, scope), edits, { mode: 0o644 })
  else await patchState(place.paths, edits)
}
