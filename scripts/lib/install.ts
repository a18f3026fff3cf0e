/** Puts the packages of the lockfile in place, and does nothing at all when they already are. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { bun, root } from "./project.ts"
import { reasonIn, runQuietly } from "./run-quietly.ts"
import { fail, say } from "./say.ts"

/** "run": what the program is built from. "develop": tests, types and linter as well. */
export type Purpose = "run" | "develop"

/** A first installation over a slow line; beyond it something hangs. */
const INSTALL_DEADLINE = 10 * 60_000

const record = join(root, "node_modules/.cache/ccts/installed.json")

export function install(purpose: Purpose): void {
  const wanted = lockHash()
  const have = readRecord()
  if (have?.lock === wanted && (have.purpose === "develop" || purpose === "run")) return
  say("Installing packages…")
  // An installation for running must not take away what a developer has already installed.
  const production = purpose === "run" && !existsSync(join(root, "node_modules/typescript"))
  const command = [
    bun,
    "install",
    "--frozen-lockfile",
    "--no-progress",
    ...(production ? ["--production"] : []),
  ]
  const { ok, output } = runQuietly(command, { cwd: root, deadline: INSTALL_DEADLINE })
  if (!ok) fail(`cannot install the packages of bun.lock: ${reasonIn(output)}`)
  writeRecord({ lock: wanted, purpose: production ? "run" : "develop" })
}

/** Changes whenever the set of packages may have changed. */
export function lockHash(): string {
  const files = ["bun.lock", "package.json"].map((name) => readFileSync(join(root, name), "utf8"))
  return Bun.hash(files.join("\0")).toString(36)
}

interface Record {
  readonly lock: string
  readonly purpose: Purpose
}

function readRecord(): Record | null {
  try {
    return JSON.parse(readFileSync(record, "utf8")) as Record
  } catch {
    return null
  }
}

function writeRecord(value: Record): void {
  mkdirSync(dirname(record), { recursive: true })
  writeFileSync(record, JSON.stringify(value))
}
