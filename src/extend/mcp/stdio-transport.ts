/**
 * An MCP server as a child process in a group of its own. What it prints is bounded: one message may be large, a line
 * that never ends is the end of the server. Closing it leaves nobody behind.
 */
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js"
import { type Group, startGroup } from "../../lib/process.ts"
import { isObject } from "../json.ts"
import { MAX_MESSAGE_BYTES } from "./limits.ts"

/** Of stderr, for the line that says why it failed. */
const KEPT_STDERR_CHARS = 2_000
/** What a server gets to end by itself once its input is closed, and again after TERM. */
const CLOSE_GRACE_MS = 300

export interface StdioRequest {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

export interface StdioTransport extends Transport {
  /** Why it is gone, with the end of what it complained about; empty while it runs. */
  ending(): string
}

export function createStdioTransport(request: StdioRequest): StdioTransport {
  let group: Group | null = null
  let closed = false
  let ending = ""
  let stderr = ""
  const decoder = new TextDecoder()
  const errors = new TextDecoder()
  const transport: StdioTransport = {
    async start() {
      const lines = createLines(
        (line) => receive(transport, line),
        () => {
          ending = `it printed a line of more than ${MAX_MESSAGE_BYTES / 1024 / 1024} MB`
          group?.kill()
        },
      )
      group = startGroup({
        ...request,
        stdin: "pipe",
        onData(stream, chunk) {
          if (stream === "stdout") lines.push(decoder.decode(chunk, { stream: true }))
          else stderr = (stderr + errors.decode(chunk, { stream: true })).slice(-KEPT_STDERR_CHARS)
        },
      })
      void group.ended.then(({ code }) => {
        const said = stderr.trim().split("\n").at(-1) ?? ""
        ending ||= `the process ended with exit code ${code}${said === "" ? "" : `: ${said.slice(-300)}`}`
        // What it started has no more business here, also when it ended by itself.
        group?.stop()
        if (!closed) transport.onclose?.()
      })
    },
    async send(message) {
      if (group === null) throw new Error("the server is not started")
      try {
        await group.write(`${JSON.stringify(message)}\n`)
      } catch (error) {
        // A closed pipe is mostly the end of the process, whose words say more.
        await Promise.race([group.ended, Bun.sleep(CLOSE_GRACE_MS)])
        throw ending === "" ? error : new Error(ending)
      }
    },
    async close() {
      if (closed) return
      closed = true
      if (group !== null) await end(group)
      transport.onclose?.()
    },
    ending: () => ending,
  }
  return transport
}

async function end(group: Group): Promise<void> {
  const over = () => Promise.race([group.ended.then(() => true), Bun.sleep(CLOSE_GRACE_MS).then(() => false)])
  group.endInput()
  if (await over()) return
  group.stop()
  if (await over()) return
  group.kill()
}

function receive(transport: Transport, line: string): void {
  if (line.trim() === "") return
  let message: unknown
  try {
    message = JSON.parse(line)
  } catch {
    // Servers that log to stdout are common; what is no message is nobody's.
    return
  }
  for (const one of Array.isArray(message) ? message : [message])
    if (isObject(one) && one.jsonrpc === "2.0") transport.onmessage?.(one as unknown as JSONRPCMessage)
}

function createLines(onLine: (line: string) => void, onTooLong: () => void) {
  let parts: string[] = []
  let size = 0
  return {
    push(text: string) {
      let rest = text
      for (let at = rest.indexOf("\n"); at >= 0; at = rest.indexOf("\n")) {
        parts.push(rest.slice(0, at))
        rest = rest.slice(at + 1)
        const line = parts.join("")
        parts = []
        size = 0
        onLine(line)
      }
      if (rest === "") return
      parts.push(rest)
      size += rest.length
      if (size <= MAX_MESSAGE_BYTES) return
      parts = []
      size = 0
      onTooLong()
    },
  }
}
