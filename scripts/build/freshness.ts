/** Knows whether an executable in dist/ was built from exactly these sources, packages, recipe and Bun. */
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { dist, root } from "../lib/project.ts"

/** What an executable is made from, besides Bun itself. */
const inputs = ["src/**/*", "scripts/build/*.ts", "package.json", "bun.lock"]

/** A few hundred small files: content, not time stamps, so that switching branches and back costs nothing. */
export function inputHash(folder: string = root): string {
  const hash = new Bun.CryptoHasher("sha256")
  hash.update(Bun.version)
  for (const pattern of inputs) {
    for (const path of [...new Bun.Glob(pattern).scanSync({ cwd: folder, onlyFiles: true })].sort()) {
      hash.update(`\0${path}\0`)
      hash.update(readFileSync(join(folder, path)))
    }
  }
  return hash.digest("hex")
}

export function isFresh(outfile: string, hash: string): boolean {
  try {
    const stamp = JSON.parse(readFileSync(stampFile(outfile), "utf8")) as Stamp
    return stamp.hash === hash && stamp.size === statSync(outfile).size
  } catch {
    return false
  }
}

export function markFresh(outfile: string, hash: string): void {
  const stamp: Stamp = { hash, size: statSync(outfile).size }
  writeFileSync(stampFile(outfile), JSON.stringify(stamp))
}

interface Stamp {
  readonly hash: string
  /** Bytes; catches a file cut off or replaced by hand. */
  readonly size: number
}

function stampFile(outfile: string): string {
  return join(dist, `.${outfile.slice(dist.length + 1)}.json`)
}
