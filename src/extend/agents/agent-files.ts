/** Agents in files: Markdown with a head of fields, below `.claude/agents` of the project and of the person. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import type { AgentKind } from "../../model/agent.ts"
import { isObject } from "../json.ts"
import { type ReadAgents, readAgent } from "./read-agents.ts"

const MAX_FILES = 500
const MAX_FILE_BYTES = 256 * 1024
const MAX_DEPTH = 5

/** A missing folder has no agents. Files are read in the order of their paths. */
export function readAgentFiles(folder: string, source: AgentKind["source"]): ReadAgents {
  const kinds: AgentKind[] = []
  const problems: string[] = []
  for (const file of markdownFiles(folder, MAX_DEPTH).slice(0, MAX_FILES)) {
    const kind = readFile(file, source)
    if (typeof kind === "string") problems.push(`${file}: ${kind}`)
    else if (kind !== null) kinds.push(kind)
  }
  return { kinds, problems }
}

function markdownFiles(folder: string, depth: number): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
    return entries.flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return depth > 1 ? markdownFiles(path, depth - 1) : []
      return entry.name.endsWith(".md") ? [path] : []
    })
  } catch {
    return []
  }
}

/** Null for a file without a head: notes lie there too. */
function readFile(file: string, source: AgentKind["source"]): AgentKind | string | null {
  try {
    const info = statSync(file)
    if (!info.isFile()) return null
    if (info.size > MAX_FILE_BYTES) return "is larger than 256 KB; it is not used"
    const text = readFileSync(file, "utf8").replace(/^\uFEFF/, "")
    const head = /^---\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|$)/s.exec(text)
    if (head === null) return null
    const fields: unknown = Bun.YAML.parse(head[1] ?? "")
    if (!isObject(fields)) return "its head must hold fields"
    if (typeof fields.name !== "string") return "its head needs a name"
    return readAgent(fields.name, { ...fields, prompt: text.slice(head[0].length).trim() }, source)
  } catch (error) {
    return `cannot be used: ${error instanceof Error ? error.message.split("\n", 1)[0] : String(error)}`
  }
}
