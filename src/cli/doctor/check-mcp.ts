import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { isObject } from "../../config/key-type.ts"
import { trustKey } from "../../config/state.ts"
import { jsonErrorLine } from "../../lib/json-error-line.ts"
import type { Place } from "../place.ts"
import type { Check, Finding } from "./finding.ts"

const FILE_MAX_BYTES = 2 * 1024 * 1024
const area = "mcp"

/** Whether what is configured could start: the shape, the command on PATH, the address. Nothing is started. */
export const checkMcp: Check = (place) => {
  const { cwd, state, config } = place
  const findings: Finding[] = []
  const project = readProject(join(cwd, ".mcp.json"), findings)
  const sources: readonly (readonly [string, unknown])[] = [
    [".mcp.json", project],
    ["user", state.read(["mcpServers"])],
    ["local", state.read(["projects", trustKey(cwd), "mcpServers"])],
  ]
  let count = 0
  const refused = config.settings.disabledMcpjsonServers
  for (const [source, servers] of sources) {
    if (!isObject(servers)) continue
    for (const [name, server] of Object.entries(servers)) {
      count++
      if (source === ".mcp.json" && Array.isArray(refused) && refused.includes(name)) continue
      const problem = problemOf(server, place)
      if (problem !== null)
        findings.push({
          area,
          level: "warning",
          text: `${name} (${source}): ${problem.text}`,
          fix: problem.fix,
        })
    }
  }
  return [
    { area, level: "ok", text: count === 0 ? "no servers configured" : `${count} configured` },
    ...findings,
  ]
}

function readProject(file: string, findings: Finding[]): unknown {
  const info = statSync(file, { throwIfNoEntry: false })
  if (info === undefined) return null
  if (!info.isFile() || info.size > FILE_MAX_BYTES) {
    findings.push({
      area,
      level: "error",
      text: `${file} is not a regular file of at most 2 MiB`,
      fix: "move it away",
    })
    return null
  }
  let text = ""
  try {
    text = readFileSync(file, "utf8")
    const whole: unknown = JSON.parse(text)
    if (isObject(whole) && (whole.mcpServers === undefined || isObject(whole.mcpServers)))
      return whole.mcpServers
    findings.push({ area, level: "error", text: `${file}: must hold {"mcpServers": {…}}`, fix: "correct it" })
  } catch {
    const line = jsonErrorLine(text) ?? 1
    findings.push({
      area,
      level: "error",
      text: `${file}:${line}: is not valid JSON`,
      fix: "correct the line",
    })
  }
  return null
}

function problemOf(server: unknown, { env }: Place): { readonly text: string; readonly fix: string } | null {
  if (!isObject(server)) return { text: "is not an object", fix: "see `ccts mcp add --help`" }
  const { command, url } = server
  if (typeof url === "string")
    return URL.canParse(expand(url, env))
      ? null
      : { text: `its url is no address: ${url}`, fix: "correct url" }
  if (typeof command !== "string" || command === "")
    return { text: "has neither command nor url", fix: "give it one of them" }
  const name = expand(command, env)
  return Bun.which(name, { PATH: env.PATH ?? "" }) === null
    ? { text: `command not found: ${name}`, fix: `install ${name}, or give its full path` }
    : null
}

/** `${NAME}` and `${NAME:-default}` as the configuration allows them. */
function expand(text: string, env: Place["env"]): string {
  return text.replace(
    /\$\{(\w+)(?::-([^}]*))?\}/g,
    (whole, name: string, preset?: string) => env[name] ?? preset ?? whole,
  )
}
