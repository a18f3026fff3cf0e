/**
 * Which folder of src/ may import which: the one table. biome.json carries it as lint rules, written by
 * `bun scripts/check/layers.ts`; a test fails when the two differ or when a folder of src/ has no row here.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../lib/project.ts"

/** Rows in the order of the house: a folder imports only from folders above it. "*" is everything above. */
const allowed: Readonly<Record<string, readonly string[] | "*">> = {
  lib: [],
  model: ["lib"],
  config: ["model", "lib"],
  sessions: ["model", "lib"],
  auth: ["sessions", "config", "model", "lib"],
  api: ["model", "lib"],
  permissions: ["model", "lib"],
  sandbox: ["model", "lib"],
  tools: ["model", "lib"],
  extend: ["model", "config", "sessions", "lib"],
  engine: "*",
  headless: ["engine", "model", "lib"],
  tui: ["model", "lib"],
  demo: ["model", "lib"],
  cli: "*",
}

export const layers: readonly string[] = Object.keys(allowed)

/** Layers whose output goes through the screen or a protocol; a stray line would corrupt it. */
const mayPrint = new Set(["cli"])

/** The terminal user interface reads neither disk nor network; its screens write to the terminal itself. */
const terminal = "src/tui/screen/**"
const outside = ["fs", "fs/promises", "net", "tls", "http", "https", "http2", "dgram", "dns", "child_process"]

export function forbiddenFor(layer: string): string[] {
  const row = allowed[layer]
  if (row === undefined) throw new Error(`src/${layer} has no row in scripts/check/layers.ts`)
  const usable = row === "*" ? layers.slice(0, layers.indexOf(layer)) : row
  return layers.filter((other) => other !== layer && !usable.includes(other))
}

/** The `overrides` of biome.json. */
export function lintOverrides(): object[] {
  const rows = layers.map((layer) =>
    override([`src/${layer}/**`], {
      style: imports({ patterns: forbiddenFolders(layer) }),
      ...(mayPrint.has(layer) ? {} : { suspicious: { noConsole: "error" } }),
    }),
  )
  // A later override replaces the options of an earlier one, so it names the folders again.
  const views = imports({ patterns: forbiddenFolders("tui"), paths: outsideModules() })
  return [...rows, override(["src/tui/**", `!${terminal}`], { style: views })]
}

function override(includes: readonly string[], rules: object): object {
  return { includes, linter: { rules } }
}

function imports(options: object): object {
  return { noRestrictedImports: { level: "error", options } }
}

function forbiddenFolders(layer: string): object[] {
  const group = [...forbiddenFor(layer).map((other) => `**/../${other}/**`), "**/../main.ts", "**/../test/**"]
  return [{ group, message: `src/${layer} may not import this; see scripts/check/layers.ts.` }]
}

function outsideModules(): Record<string, object> {
  const message = "src/tui reads neither disk nor network; ask through src/tui/ports.ts."
  return Object.fromEntries(
    outside.flatMap((name) => [name, `node:${name}`]).map((name) => [name, { message }]),
  )
}

if (import.meta.main) {
  const path = join(root, "biome.json")
  const config = JSON.parse(readFileSync(path, "utf8"))
  writeFileSync(path, JSON.stringify({ ...config, overrides: lintOverrides() }, null, 2))
}
