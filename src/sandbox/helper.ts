/**
 * The static program that keeps a command from opening local sockets (seccomp), put from inside our executable into
 * our own cache folder, where it can be started. What lies there is compared byte by byte before each session's use.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Absolute path of the helper; null where there is none for this machine (macOS needs none). @throws when it cannot be written. */
export async function extractHelper(folder: string): Promise<string | null> {
  const source = await embeddedHelper()
  if (source === null) return null
  const wanted = readFileSync(source)
  const name = `apply-seccomp-${Bun.hash(wanted).toString(36)}`
  const path = join(folder, name)
  if (isSame(path, wanted)) return path
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = join(folder, `.${name}.${process.pid}`)
  try {
    writeFileSync(draft, wanted, { mode: 0o500, flag: "wx" })
    chmodSync(draft, 0o500)
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  return path
}

async function embeddedHelper(): Promise<string | null> {
  if (process.platform !== "linux") return null
  if (process.arch === "x64") return (await import("./helper-x64.ts")).embedded
  if (process.arch === "arm64") return (await import("./helper-arm64.ts")).embedded
  return null
}

function isSame(path: string, wanted: Buffer): boolean {
  try {
    return readFileSync(path).equals(wanted)
  } catch {
    return false
  }
}
