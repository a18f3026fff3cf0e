/** A file without a name: only who holds the descriptor can read or write it, and nothing is left behind. */
import { randomBytes } from "node:crypto"
import { openSync, unlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Null when the temporary folder cannot be written. The caller closes the descriptor. */
export function privateFile(): number | null {
  const path = join(tmpdir(), `ccts-${randomBytes(12).toString("hex")}`)
  try {
    const fd = openSync(path, "wx+", 0o600)
    unlinkSync(path)
    return fd
  } catch {
    return null
  }
}
