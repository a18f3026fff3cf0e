/** The configuration of other agents in the person's home, in our shape. Sizes are bounded; what is broken is named. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { isObject, isTextMap, isTexts, type Json, messageOf } from "../../extend/json.ts"
import { readServer } from "../../extend/mcp/server-config.ts"
import type { Found } from "./found.ts"

export const AGENTS = ["codex", "gemini", "cursor"] as const
export type AgentName = (typeof AGENTS)[number]

type Env = Readonly<Record<string, string | undefined>>

const FILE_MAX_BYTES = 2 * 1024 * 1024
const MAX_COMMANDS = 200

/** Null when that agent has nothing here. */
export function readAgent(agent: AgentName, home: string, env: Env): Found | null {
  const reader = createReader()
  switch (agent) {
    case "codex": {
      const folder = env.CODEX_HOME ?? join(home, ".codex")
      const config = reader.parse(join(folder, "config.toml"), Bun.TOML.parse)
      reader.servers(config?.mcp_servers, codexServer, env)
      reader.instructions(join(folder, "AGENTS.md"))
      reader.commands(join(folder, "prompts"), ".md", (text) => text)
      break
    }
    case "gemini": {
      const folder = join(home, ".gemini")
      const config = reader.parse(join(folder, "settings.json"), JSON.parse)
      reader.servers(config?.mcpServers, geminiServer, env)
      reader.instructions(join(folder, "GEMINI.md"))
      reader.commands(join(folder, "commands"), ".toml", geminiCommand)
      break
    }
    case "cursor": {
      const folder = join(home, ".cursor")
      const config = reader.parse(join(folder, "mcp.json"), JSON.parse)
      reader.servers(config?.mcpServers, cursorServer, env)
      reader.commands(join(folder, "commands"), ".md", (text) => text)
      break
    }
  }
  return reader.found()
}

function createReader() {
  const servers: Record<string, object> = {}
  const commands: Record<string, string> = {}
  const files: string[] = []
  const problems: string[] = []
  let words = ""
  const read = (file: string): string | null => {
    const info = statSync(file, { throwIfNoEntry: false })
    if (info === undefined) return null
    if (!info.isFile() || info.size > FILE_MAX_BYTES) {
      problems.push(`${file} is not a regular file of at most 2 MiB`)
      return null
    }
    try {
      const text = readFileSync(file, "utf8").replace(/^\uFEFF/, "")
      files.push(file)
      return text
    } catch (error) {
      problems.push(`${file}: ${messageOf(error)}`)
      return null
    }
  }
  return {
    parse(file: string, parse: (text: string) => unknown): Json | null {
      const text = read(file)
      if (text === null) return null
      try {
        const value = parse(text)
        return isObject(value) ? value : null
      } catch {
        problems.push(`${file} cannot be understood`)
        return null
      }
    },
    servers(raw: unknown, convert: (raw: Json) => object, env: Env) {
      for (const [name, given] of Object.entries(isObject(raw) ? raw : {})) {
        const entry = isObject(given) ? convert(given) : {}
        const plain = name.replace(/[^A-Za-z0-9_-]/g, "_")
        const checked = readServer(plain, entry, env, () => {})
        if ("error" in checked) problems.push(checked.error)
        else servers[plain] = entry
      }
    },
    instructions(file: string) {
      words = read(file)?.trim() ?? ""
    },
    commands(folder: string, ending: string, convert: (text: string) => string | null) {
      for (const name of listed(folder).filter((one) => one.endsWith(ending))) {
        const text = read(join(folder, name))
        const body = text === null ? null : convert(text)
        const plain = basename(name, ending).replace(/[^A-Za-z0-9_-]/g, "_")
        if (body !== null && body.trim() !== "") commands[plain] = body
        else if (text !== null) problems.push(`${join(folder, name)} has no prompt`)
      }
    },
    found(): Found | null {
      if (files.length === 0 && problems.length === 0) return null
      return { servers, commands, instructions: words, files, problems }
    },
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort().slice(0, MAX_COMMANDS)
  } catch {
    return []
  }
}

function codexServer({ command, args, env, url, http_headers: headers, bearer_token_env_var: token }: Json) {
  if (typeof url !== "string") return stdio({ command, args, env })
  const all = {
    ...(isTextMap(headers) ? headers : {}),
    ...(typeof token === "string" && { Authorization: `Bearer \${${token}}` }),
  }
  return { type: "http", url, ...(Object.keys(all).length > 0 && { headers: all }) }
}

function geminiServer({ command, args, env, httpUrl, url, headers, timeout }: Json) {
  const common = {
    ...(isTextMap(headers) && { headers }),
    ...(typeof timeout === "number" && { timeout }),
  }
  if (typeof httpUrl === "string") return { type: "http", url: httpUrl, ...common }
  if (typeof url === "string") return { type: "sse", url, ...common }
  return { ...stdio({ command, args, env }), ...(typeof timeout === "number" && { timeout }) }
}

function cursorServer({ command, args, env, url, headers }: Json) {
  if (typeof url !== "string") return stdio({ command, args, env })
  return { type: "http", url, ...(isTextMap(headers) && { headers }) }
}

function stdio({ command, args, env }: Json) {
  return {
    type: "stdio",
    command,
    args: isTexts(args) ? args : [],
    env: isTextMap(env) ? env : {},
  }
}

/** TOML with `prompt` and `description`; what was typed stands where `{{args}}` is. */
function geminiCommand(text: string): string | null {
  try {
    const { prompt, description } = Bun.TOML.parse(text) as Json
    if (typeof prompt !== "string") return null
    const head =
      typeof description === "string" ? `---\ndescription: ${JSON.stringify(description)}\n---\n` : ""
    return `${head}${prompt.replaceAll("{{args}}", "$ARGUMENTS")}\n`
  } catch {
    return null
  }
}
