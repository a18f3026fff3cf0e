/**
 * What a folder's own files would do once it is trusted, for the person who decides. Reads files, runs nothing; says
 * nothing of files that are only data for the model's eyes beyond that they are there.
 */
import { existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { isObject } from "./key-type.ts"
import { keyInfo } from "./keys.ts"
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

const MAX_ITEMS = 60
const MAX_VALUE = 300
/** `.mcp.json` beyond this is not looked into, only named. */
const MCP_MAX_BYTES = 1024 * 1024
const INSTRUCTIONS = ["CLAUDE.md", "CLAUDE.local.md", ".claude/CLAUDE.md", "AGENTS.md"]
const FOLDERS = [".claude/agents", ".claude/commands", ".claude/skills", ".claude/rules"]

export function folderBrings(options: Omit<LoadOptions, "trust" | "flags">): readonly Brought[] {
  const { cwd } = options
  const { layers } = loadConfig({ ...options, trust: "trusted" })
  const settings = layers
    .filter(({ source }) => source === "projectSettings" || source === "localSettings")
    .flatMap(({ values, file }) => fromSettings(values, nameOf(file ?? "settings", cwd)))
  return [...settings, ...fromMcp(cwd), ...instructions(cwd)].slice(0, MAX_ITEMS)
}

function fromSettings(values: Readonly<Record<string, unknown>>, file: string): Brought[] {
  const found: Brought[] = []
  const visit = (object: Readonly<Record<string, unknown>>, path: readonly string[]) => {
    for (const [name, value] of Object.entries(object)) {
      const key = [...path, name].join(".")
      const info = keyInfo(key)
      if (key === "env" && isObject(value)) {
        for (const [variable, text] of Object.entries(value))
          found.push({ kind: "runs", file, what: `env.${variable}`, value: shorten(text) })
      } else if (key === "hooks" && isObject(value)) {
        for (const [event, hooks] of Object.entries(value))
          found.push({ kind: "runs", file, what: `hooks.${event}`, value: commandsIn(hooks) })
      } else if (info !== undefined && info !== null) {
        if (info.gate !== null) found.push({ kind: info.gate, file, what: key, value: shorten(value) })
      } else if (isObject(value) && path.length < 3) visit(value, [...path, name])
    }
  }
  visit(values, [])
  return found
}

/** The commands and addresses inside, which is what a person wants to see of a hook. */
function commandsIn(hooks: unknown): string {
  const found: string[] = []
  const visit = (value: unknown, depth: number) => {
    if (depth > 6 || found.length > 20) return
    if (Array.isArray(value)) for (const one of value) visit(one, depth + 1)
    if (!isObject(value)) return
    for (const [name, one] of Object.entries(value)) {
      if ((name === "command" || name === "url" || name === "prompt") && typeof one === "string")
        found.push(one)
      else visit(one, depth + 1)
    }
  }
  visit(hooks, 0)
  return found.length === 0 ? shorten(hooks) : shorten(found.join(" · "))
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

function shorten(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "")
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text
}

function nameOf(file: string, cwd: string): string {
  return file.startsWith(`${cwd}/`) ? file.slice(cwd.length + 1) : file
}
