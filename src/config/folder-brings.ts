/**
 * What a folder's own files would do once it is trusted, for the person who decides. Reads files, runs nothing; says
 * nothing of files that are only data for the model's eyes beyond that they are there.
 */
import { existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { isOfFolder } from "./folder-approvals.ts"
import { type GatedItem, gatedItems } from "./gated-items.ts"
import { isObject } from "./key-type.ts"
import { keyInfo } from "./keys.ts"
import type { Layer } from "./layers.ts"
import { type LoadOptions, loadConfig } from "./load.ts"

export interface Brought {
  /** `runs`: starts programs or decides where requests go; `grants`: permits without a question; `instructs`: text for the model. */
  readonly kind: "runs" | "grants" | "instructs"
  /** The file, relative to the folder where it lies in it. */
  readonly file: string
  /** `hooks.PreToolUse`, `env.PATH`, `MCP server db`. */
  readonly what: string
  /** As JSON or text, cut. */
  readonly value: string
}

/** Beyond these nobody reads on, and the rest is named by its size. */
const MAX_ITEMS = 500
const MAX_VALUE = 4_000
/** `.mcp.json` beyond this is not looked into, only named. */
const MCP_MAX_BYTES = 1024 * 1024
const INSTRUCTIONS = ["CLAUDE.md", "CLAUDE.local.md", ".claude/CLAUDE.md", "AGENTS.md"]
const FOLDERS = [".claude/agents", ".claude/commands", ".claude/skills", ".claude/rules"]

export function folderBrings(options: Omit<LoadOptions, "trust" | "flags">): readonly Brought[] {
  const { cwd } = options
  const { layers } = loadConfig({ ...options, trust: "trusted", unagreed: true })
  const settings = layers
    .filter(isOfFolder)
    .flatMap((layer) => fromSettings(layer, nameOf(layer.file ?? "settings", cwd)))
  const all = [...settings, ...fromMcp(cwd), ...instructions(cwd)]
  return all.length <= MAX_ITEMS ? all : [...all.slice(0, MAX_ITEMS), tooMany(all.length - MAX_ITEMS)]
}

function fromSettings(layer: Layer, file: string): Brought[] {
  // The entries of a list stand together.
  const byKey = Map.groupBy(gatedItems(layer), ({ what }) => what)
  return [...byKey].map(([what, items]): Brought => {
    const [first] = items as [GatedItem, ...GatedItem[]]
    const values = items.map(({ value }) => value)
    const isList = keyInfo(what)?.type.kind === "list"
    const text = what.startsWith("hooks.") ? commandsIn(first.value) : textOf(isList ? values : first.value)
    return { kind: first.kind, file, what, value: shorten(text) }
  })
}

/** The commands and addresses inside, which is what a person wants to see of a hook. */
function commandsIn(hooks: unknown): string {
  const found: string[] = []
  const visit = (value: unknown, depth: number) => {
    if (depth > 6) return
    if (Array.isArray(value)) for (const one of value) visit(one, depth + 1)
    if (!isObject(value)) return
    for (const [name, one] of Object.entries(value)) {
      if ((name === "command" || name === "url" || name === "prompt") && typeof one === "string")
        found.push(one)
      else visit(one, depth + 1)
    }
  }
  visit(hooks, 0)
  return found.length === 0 ? textOf(hooks) : found.join(" · ")
}

function fromMcp(cwd: string): Brought[] {
  const file = join(cwd, ".mcp.json")
  const brought = (what: string, value: unknown): Brought => ({
    kind: "runs",
    file: ".mcp.json",
    what,
    value: shorten(value),
  })
  try {
    const info = statSync(file, { throwIfNoEntry: false })
    if (info === undefined) return []
    if (!info.isFile() || info.size > MCP_MAX_BYTES) return [brought("MCP servers", "not a readable file")]
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"))
    const servers = isObject(parsed) && isObject(parsed.mcpServers) ? parsed.mcpServers : {}
    return Object.entries(servers).map(([name, server]) => {
      if (!isObject(server)) return brought(`MCP server ${name}`, server)
      const words = [server.command ?? server.url, ...(Array.isArray(server.args) ? server.args : [])]
      const env = isObject(server.env) ? [`with ${Object.keys(server.env).join(", ")} set`] : []
      return brought(`MCP server ${name}`, [...words, ...env].filter((word) => word !== undefined).join(" "))
    })
  } catch {
    return [brought("MCP servers", "the file cannot be read as JSON")]
  }
}

function instructions(cwd: string): Brought[] {
  return [...INSTRUCTIONS, ...FOLDERS]
    .filter((name) => existsSync(join(cwd, name)))
    .map((file): Brought => ({ kind: "instructs", file, what: "text for the model", value: "" }))
}

function tooMany(count: number): Brought {
  return {
    kind: "runs",
    file: "this folder",
    what: `${count} more`,
    value: "too many to show: read its files",
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "")
}

function shorten(value: unknown): string {
  const text = textOf(value)
  const more = text.length - MAX_VALUE
  return more > 0 ? `${text.slice(0, MAX_VALUE)}… (${more} more characters)` : text
}

function nameOf(file: string, cwd: string): string {
  return file.startsWith(`${cwd}/`) ? file.slice(cwd.length + 1) : file
}
