/**
 * `--debug`: what a session does, line by line, in a file. Names, sizes, verdicts and durations only, so that nothing
 * secret gets there: no prompt, no input, no output, no header. The file is bounded.
 */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import type { Engine } from "../model/engine.ts"
import type { Event } from "../model/event.ts"
import { complain } from "./complain.ts"
import type { Prepared } from "./prepare.ts"

/** A day of work stays below it; a loop that goes wild does not fill the disk. */
const MAX_BYTES = 16 * 1024 * 1024
const MAX_LINE_CHARS = 2_000

type Category = "session" | "api" | "tools" | "permissions" | "hooks" | "mcp"

/** The engine, told about in the debug log when the flags ask for one. */
export function withDebugLog(engine: Engine, prepared: Prepared, sessionId: string): Engine {
  const { flags, env, paths, cwd } = prepared
  if (flags.debug === undefined && flags.debugFile === undefined) return engine
  const named = flags.debugFile ?? (env.CLAUDE_CODE_DEBUG_LOGS_DIR || undefined)
  const file = named === undefined ? join(paths.configDir, "debug", `${sessionId}.txt`) : resolve(cwd, named)
  const log = openLog(file)
  if (log === null) return engine
  const wanted = compileFilter(typeof flags.debug === "string" ? flags.debug : "")
  const calls = new Map<string, string>()
  return {
    send: (command) => engine.send(command),
    async *events() {
      for await (const event of engine.events()) {
        const line = lineOf(event, calls)
        if (line !== null && wanted(line[0])) log.write(line)
        yield event
      }
    },
    async close() {
      await engine.close()
      log.close()
    },
  }
}

/** `mcp,hooks` names what is wanted, `!api` what is not; empty is everything. */
export function compileFilter(text: string): (category: string) => boolean {
  const words = text
    .split(",")
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== "")
  const without = new Set(words.filter((word) => word.startsWith("!")).map((word) => word.slice(1)))
  const only = new Set(words.filter((word) => !word.startsWith("!")))
  return (category) => !without.has(category) && (only.size === 0 || only.has(category))
}

/** Null, after one line on stderr, when the file cannot be written: a log is no reason not to work. */
function openLog(file: string): { write(line: readonly [Category, string]): void; close(): void } | null {
  let fd: number | null
  try {
    mkdirSync(dirname(file), { recursive: true })
    fd = openSync(file, "a", 0o600)
  } catch (error) {
    complain(`There is no debug log: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
  let left = MAX_BYTES
  const end = () => {
    if (fd !== null) closeSync(fd)
    fd = null
  }
  return {
    write([category, text]) {
      if (fd === null) return
      const flat = text.replace(/\s+/g, " ").slice(0, MAX_LINE_CHARS)
      const line = `${new Date().toISOString()} [${category}] ${flat}\n`
      left -= Buffer.byteLength(line)
      try {
        writeSync(fd, left > 0 ? line : "The log ends here: it has reached 16 MB.\n")
      } catch {
        left = 0
      }
      if (left <= 0) end()
    },
    close: end,
  }
}

function lineOf(event: Event, calls: Map<string, string>): readonly [Category, string] | null {
  const who = event.agent === undefined ? "" : ` (subagent ${event.agent.id})`
  switch (event.type) {
    case "session":
      return ["session", `${event.why}: ${event.session.id}, ${event.session.model}, ${event.session.mode}`]
    case "turn.begin":
      return ["session", `turn ${event.turn} begins: ${event.model}, ${event.mode}${who}`]
    case "turn.end":
      return [
        "session",
        `turn ${event.turn} ends: ${event.reason}, ${event.requests} requests, ${Math.round(event.durationMs)} ms${who}`,
      ]
    case "reply.begin":
      return ["api", `request ${event.reply} leaves (${event.cause})${who}`]
    case "reply.end": {
      const { usage, failed } = event
      const ending =
        failed === undefined
          ? (event.stopReason ?? "no stop reason")
          : `${failed.category} ${failed.status ?? ""}`
      return [
        "api",
        `request ${event.reply} ends: ${ending}, ${usage.input_tokens} in, ${usage.cache_read_input_tokens} cached, ${usage.output_tokens} out${who}`,
      ]
    }
    case "tool.begin":
      calls.set(event.id, event.tool)
      return ["tools", `${event.tool} begins (${event.id})${who}`]
    case "tool.end": {
      calls.delete(event.id)
      const { refused } = event
      if (refused !== undefined)
        return [
          "permissions",
          `${event.tool} (${event.id}) was refused by ${refused.by}: ${refused.kind}${who}`,
        ]
      const how = event.isError ? "failed" : "ended"
      return ["tools", `${event.tool} ${how} after ${Math.round(event.durationMs)} ms (${event.id})${who}`]
    }
    case "ask":
      return ["permissions", `${event.tool} (${event.toolUseId}) asks: ${event.decision.reason.kind}${who}`]
    case "ask.end":
      return ["permissions", `answered: ${event.verdict}${who}`]
    case "elicit":
      return ["mcp", `${event.about.server} asks the person (${event.about.mode})`]
    case "elicit.end":
      return ["mcp", `the question was answered: ${event.action}`]
    case "compacted":
      return ["session", `compacted: ${event.preTokens} to ${event.postTokens} tokens`]
    case "rewound":
      return ["session", `goes on from before the prompt ${event.to}`]
    case "notice":
      return noticeLine(event)
    default:
      return null
  }
}

function noticeLine({
  code,
  text,
  data = {},
}: Event & { type: "notice" }): readonly [Category, string] | null {
  switch (code) {
    case "hook_started":
      return ["hooks", `${String(data.hook_name)} begins (${String(data.hook_id)})`]
    case "hook_response": {
      const exit = data.exit_code === undefined ? "" : `, exit code ${String(data.exit_code)}`
      return [
        "hooks",
        `${String(data.hook_name)} ends: ${String(data.outcome)}${exit} (${String(data.hook_id)})`,
      ]
    }
    case "api_retry":
      return [
        "api",
        `attempt ${String(data.attempt)} failed: ${String(data.category)} ${String(data.status ?? "")}`,
      ]
    case "extension":
      return text.startsWith("MCP server") ? ["mcp", text.split(":", 1)[0] ?? ""] : null
    default:
      return null
  }
}
