/**
 * Programs that the runtime needs beside it, put from inside our executable into our own cache folder, where others can
 * start them. What lies there is compared byte by byte before each session's use.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export interface Helpers {
  /** Keeps a command from opening local sockets (seccomp); absent where there is none (macOS needs none). */
  readonly seccomp?: string
  /** Makes Java programs use the proxy, which they do not by themselves. */
  readonly javaAgent: string
}

/** Absolute paths. @throws when they cannot be written. */
export async function extractHelpers(folder: string): Promise<Helpers> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const seccomp = await embeddedSeccomp()
  const { embedded } = await import("./java-agent.ts")
  return {
    ...(seccomp === null ? {} : { seccomp: extract(seccomp, folder, "apply-seccomp", 0o500) }),
    javaAgent: extract(embedded, folder, "java-agent.jar", 0o400),
  }
}

async function embeddedSeccomp(): Promise<string | null> {
  if (process.platform !== "linux") return null
  if (process.arch === "x64") return (await import("./helper-x64.ts")).embedded
  if (process.arch === "arm64") return (await import("./helper-arm64.ts")).embedded
  return null
}

function extract(source: string, folder: string, name: string, mode: number): string {
  const wanted = readFileSync(source)
  const path = join(folder, `${Bun.hash(wanted).toString(36)}-${name}`)
  if (isSame(path, wanted)) return path
  const draft = join(folder, `.${name}.${process.pid}`)
  try {
    rmSync(draft, { force: true })
    writeFileSync(draft, wanted, { mode, flag: "wx" })
    chmodSync(draft, mode)
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  return path
}

function isSame(path: string, wanted: Buffer): boolean {
  try {
    return readFileSync(path).equals(wanted)
  } catch {
    return false
  }
}
