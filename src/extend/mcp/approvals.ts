/** Which content of a project's servers the person has said yes to: hashes by project and name, in our own folder. */
import { join } from "node:path"
import type { ConfigPaths } from "../../config/paths.ts"
import { openState, type State, trustKey } from "../../config/state.ts"
import { patchJson } from "../../lib/patch-json.ts"

function fileOf(paths: ConfigPaths): string {
  return join(paths.ownDir, "mcp-approvals.json")
}

export function openApprovals(paths: ConfigPaths): State {
  return openState({ stateFile: fileOf(paths) })
}

/** Remembers the content of servers that have none remembered, and that the project has been looked at. A full disk only means that the next start does it. */
export async function recordApprovals(
  cwd: string,
  hashes: Readonly<Record<string, string>>,
  paths: ConfigPaths,
): Promise<void> {
  const known = openApprovals(paths)
  const key = trustKey(cwd)
  const fresh = Object.entries(hashes).filter(([name]) => known.read([key, name]) === undefined)
  const seen = known.read([key]) !== undefined
  if (seen && fresh.length === 0) return
  const edits = fresh.map(([name, value]) => ({ path: [key, name], value }))
  await patchJson(fileOf(paths), () => (seen ? edits : [{ path: [key], value: {} }, ...edits]), {
    mode: 0o600,
  })
}

/** Remembers the content that the person has just said yes to, in the place of an earlier one. */
export async function approve(cwd: string, name: string, hash: string, paths: ConfigPaths): Promise<void> {
  await patchJson(fileOf(paths), () => [{ path: [trustKey(cwd), name], value: hash }], { mode: 0o600 })
}

/** Forgets every yes of this project. */
export async function forgetApprovals(cwd: string, paths: ConfigPaths): Promise<void> {
  await patchJson(fileOf(paths), (read) => {
    const key = trustKey(cwd)
    return read([key]) === undefined ? [] : [{ path: [key], value: undefined }]
  })
}
