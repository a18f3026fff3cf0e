import type { RuleSource } from "../../model/permission.ts"
import type { Matcher } from "./matcher.ts"

interface Common {
  /** A permission rule; the hook runs only for calls that it covers. */
  readonly if?: string
  /** Seconds. */
  readonly timeout?: number
  readonly statusMessage?: string
  /** A handler that breaks or times out stops what it guards. */
  readonly onFailure?: "continue" | "block"
}

export interface CommandHandler extends Common {
  readonly type: "command"
  readonly command: string
  /** Present: no shell, the command is looked up on PATH. */
  readonly args?: readonly string[]
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

export type Handler = CommandHandler | HttpHandler | CallbackHandler

/** A handler with where it listens and where it was written. */
export interface Hook {
  readonly event: string
  readonly matcher: Matcher
  readonly handler: Handler
  readonly source: RuleSource | "host"
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
  /** It goes on in the background and decides nothing. */
  readonly background?: true
}

/** What people see of a handler: its command, address or name. One line, bounded. */
export function describeHandler(handler: Handler): string {
  const text =
    handler.type === "command"
      ? [handler.command, ...(handler.args ?? [])].join(" ")
      : handler.type === "http"
        ? handler.url
        : `callback ${handler.id}`
  const line = text.replace(/\s+/g, " ").trim()
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}
