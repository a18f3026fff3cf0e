import { never } from "../../lib/never.ts"
import type { RuleSource } from "../../model/permission.ts"
import type { Json } from "../json.ts"
import type { Matcher } from "./matcher.ts"

interface Common {
  /** A permission rule; the hook runs only for calls that it covers. */
  readonly if?: string
  /** Seconds. */
  readonly timeout?: number
  readonly statusMessage?: string
  /** A handler that breaks or times out stops what it guards. */
  readonly onFailure?: "continue" | "block"
  /** Runs once; counts for the hooks of a skill only. */
  readonly once?: true
}

export interface CommandHandler extends Common {
  readonly type: "command"
  readonly command: string
  /** Present: no shell, the command is looked up on PATH. */
  readonly args?: readonly string[]
  /** Who reads `command` when there are no `args`; `sh` by default. */
  readonly shell?: "bash" | "powershell"
  /** In the background: nobody waits for it and it decides nothing. */
  readonly async?: boolean
  /** In the background; exit code 2 tells the model what it printed. */
  readonly asyncRewake?: boolean
}

export interface HttpHandler extends Common {
  readonly type: "http"
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly allowedEnvVars?: readonly string[]
}

export interface CallbackHandler extends Common {
  readonly type: "callback"
  readonly id: string
}

/** A tool of an MCP server that is connected. */
export interface McpToolHandler extends Common {
  readonly type: "mcp_tool"
  readonly server: string
  readonly tool: string
  /** `${tool_input.file_path}` in texts is filled in from the event. */
  readonly input: Json
}

/** A question to a model: at once, or for a subagent that looks for itself. */
export interface ModelHandler extends Common {
  readonly type: "prompt" | "agent"
  /** `$ARGUMENTS` stands for the event. */
  readonly prompt: string
  readonly model?: string
  /** A no does not end the turn. */
  readonly continueOnBlock?: boolean
}

export type Handler = CommandHandler | HttpHandler | CallbackHandler | McpToolHandler | ModelHandler

/** A handler with where it listens and where it was written. */
export interface Hook {
  readonly event: string
  readonly matcher: Matcher
  readonly handler: Handler
  readonly source: RuleSource | "host" | "session"
  /** As it was written, for people. */
  readonly pattern: string
  /** The file, or whose it is. */
  readonly label: string
  /** It belongs to this subagent alone. */
  readonly agentId?: string
}

/** What a model said about a question of a hook. */
export interface ModelVerdict {
  readonly ok: boolean
  readonly reason: string
  /** It can never become so: asking again is in vain. */
  readonly impossible?: boolean
}

/** What one handler came back with, before its output was read. */
export interface Ran {
  readonly stdout: string
  readonly stderr: string
  /** Absent for handlers that are no process. */
  readonly exitCode?: number
  /** It did not come to its own end. */
  readonly cut?: "timeout" | "interrupted"
  /** It could not be started, reached or understood. */
  readonly error?: string
  /** Already an object (callbacks); read instead of stdout. */
  readonly answer?: unknown
  /** A model's answer. */
  readonly verdict?: ModelVerdict
  /** It goes on in the background and decides nothing. */
  readonly background?: true
}

/** What a handler is, as people wrote it. */
export function handlerText(handler: Handler): string {
  switch (handler.type) {
    case "command":
      return [handler.command, ...(handler.args ?? [])].join(" ")
    case "http":
      return handler.url
    case "mcp_tool":
      return `${handler.server}/${handler.tool}`
    case "prompt":
    case "agent":
      return handler.prompt
    case "callback":
      return `callback ${handler.id}`
    default:
      return never(handler)
  }
}

/** The same in one line of at most 120 characters. */
export function describeHandler(handler: Handler): string {
  const line = handlerText(handler).replace(/\s+/g, " ").trim()
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}
