/**
 * The environment as the user had it. `npx` and `bun run` put their own folders in front of PATH and add `npm_*`
 * variables; commands that ccts runs for the user must not find this checkout's tools first.
 */
import { delimiter, dirname, join } from "node:path"
import { root } from "../lib/project.ts"

export function userEnvironment(env: Record<string, string | undefined>): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || name.startsWith("npm_") || name === "INIT_CWD") continue
    kept[name] = name === "PATH" ? userPath(value) : value
  }
  return kept
}

function userPath(path: string): string {
  const added = new Set(binFoldersAbove(root))
  return path
    .split(delimiter)
    .filter((folder) => !added.has(folder) && !isRunnersOwn(folder))
    .join(delimiter)
}

function isRunnersOwn(folder: string): boolean {
  return /[\\/]_npx[\\/]|[\\/]@npmcli[\\/]run-script[\\/]|[\\/]bun-node-[^\\/]*$/.test(folder)
}

function binFoldersAbove(folder: string): string[] {
  const parent = dirname(folder)
  const here = join(folder, "node_modules/.bin")
  return parent === folder ? [here] : [here, ...binFoldersAbove(parent)]
}
