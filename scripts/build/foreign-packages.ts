/**
 * Native packages of other machines. The normal installation holds only this machine's, so a build for another one
 * installs from a copy of the same lockfile, every platform, in a folder of its own; node_modules and bun.lock of the
 * checkout stay as they are.
 */
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { lockHash } from "../lib/install.ts"
import { bun, root } from "../lib/project.ts"
import { reasonIn, runQuietly } from "../lib/run-quietly.ts"
import { fail, say } from "../lib/say.ts"

/** Some 150 MB over a slow line. */
const FOREIGN_DEADLINE = 15 * 60_000

/** The folder whose `node_modules` has the packages of all platforms. */
export function installForeignPackages(): string {
  const folder = join(root, "node_modules/.cache/ccts/all-platforms")
  const record = join(folder, `installed-${lockHash()}`)
  if (existsSync(record)) return folder
  say("Installing the packages of other platforms…")
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const name of ["package.json", "bun.lock", "bunfig.toml"])
    copyFileSync(join(root, name), join(folder, name))
  // All three switches: without `--libc` the musl packages stay out.
  const platforms = ["--os=*", "--cpu=*", "--libc=*"]
  const command = [
    bun,
    "install",
    "--frozen-lockfile",
    "--production",
    "--ignore-scripts",
    "--no-progress",
    ...platforms,
  ]
  const { ok, output } = runQuietly(command, { cwd: folder, deadline: FOREIGN_DEADLINE })
  if (!ok) fail(`cannot install the packages of other platforms: ${reasonIn(output)}`)
  writeFileSync(record, "")
  return folder
}
