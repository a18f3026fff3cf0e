/** Builds an executable into dist/ unless the one there is already what the sources say. */
import { existsSync } from "node:fs"
import { join, relative } from "node:path"
import { bun, dist, pinnedBun, readManifest, root } from "../lib/project.ts"
import { fail, messageOf, say } from "../lib/say.ts"
import { compileApart } from "./compile.ts"
import { installForeignPackages } from "./foreign-packages.ts"
import { inputHash, isFresh, markFresh } from "./freshness.ts"
import { hostTarget, type Target } from "./target.ts"

/** Builds for this machine; returns the executable's path. Packages must be installed. */
export function buildForHost(): string {
  const target = hostTarget()
  if (target === null)
    fail(`no build for ${process.platform} ${process.arch}: the renderer has no native library for it`)
  const outfile = join(dist, `ccts${target.os === "windows" ? ".exe" : ""}`)
  build({ target, outfile, ownRuntime: true })
  return outfile
}

/** Builds for a named machine, fetching its Bun runtime and native packages from the registry when needed. */
export function buildFor(target: Target): string {
  const outfile = join(dist, `ccts-${target.name}${target.os === "windows" ? ".exe" : ""}`)
  build({ target, outfile, ownRuntime: false })
  return outfile
}

interface Job {
  readonly target: Target
  readonly outfile: string
  readonly ownRuntime: boolean
}

function build({ target, outfile, ownRuntime }: Job): void {
  const pinned = pinnedBun()
  if (Bun.version !== pinned) {
    fail(`needs Bun ${pinned}, but ${bun} is ${Bun.version}; run it as: npx --yes bun@${pinned} run …`)
  }
  const hash = inputHash()
  if (isFresh(outfile, hash)) return
  if (!existsSync(join(root, "src/main.ts"))) fail("src/main.ts is missing; is this a whole checkout?")
  const isForeign = target.name !== hostTarget()?.name
  const packages = isForeign ? [installForeignPackages(), root] : [root]
  say(`Building ${relative(root, outfile)}…`)
  try {
    compileApart({ folder: root, version: readManifest().version, target, outfile, ownRuntime, packages })
  } catch (error) {
    fail(`cannot build ${target.name}: ${messageOf(error)}`)
  }
  markFresh(outfile, hash)
}
