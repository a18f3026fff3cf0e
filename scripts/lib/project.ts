/**
 * Facts about this checkout. Everything under scripts/ that runs before packages are installed imports nothing but
 * Bun's own modules, and starts other Bun processes by `process.execPath`: run through npx there is no `bun` on PATH.
 */
import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"

export const root = resolve(import.meta.dir, "../..")
export const dist = join(root, "dist")
export const bun = process.execPath

interface Manifest {
  readonly version: string
  /** "bun@<version>": the only Bun the recipe was measured with. */
  readonly packageManager: string
}

export function readManifest(folder: string = root): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest
}

/** The version of Bun this project is pinned to; bytecode and signatures depend on it. */
export function pinnedBun(): string {
  return readManifest().packageManager.replace(/^bun@/, "")
}
