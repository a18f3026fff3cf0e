/** An MCP server over a WebSocket, one JSON-RPC message a frame (subprotocol `mcp`). */
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js"
import { isObject } from "../json.ts"
import { MAX_MESSAGE_BYTES } from "./limits.ts"

export interface WebSocketTransport extends Transport {
  /** Why it is gone; empty while it is open. */
  ending(): string
}

export function createWebSocketTransport(
  url: string,
  headers: Readonly<Record<string, string>>,
): WebSocketTransport {
  let socket: WebSocket | null = null
  let closed = false
  let ending = ""
  const transport: WebSocketTransport = {
    start() {
      const opened = Promise.withResolvers<void>()
      // The runtime's own options: a browser's socket has no headers.
      const open = new WebSocket(url, { protocols: ["mcp"], headers: { ...headers } } as never)
      socket = open
      open.onopen = () => opened.resolve()
      open.onmessage = ({ data }) => receive(data)
      open.onerror = () => {
        if (open.readyState === WebSocket.OPEN) return
        ending ||= `the WebSocket at ${new URL(url).host} cannot be opened`
        opened.reject(new Error(ending))
      }
      open.onclose = ({ code, reason }) => {
        ending ||= `the WebSocket was closed (${code}${reason === "" ? "" : `: ${reason.slice(0, 200)}`})`
        opened.reject(new Error(ending))
        if (!closed) transport.onclose?.()
        closed = true
      }
      return opened.promise
    },
    async send(message) {
      if (socket?.readyState !== WebSocket.OPEN) throw new Error(ending || "the WebSocket is not open")
      socket.send(JSON.stringify(message))
    },
    async close() {
      if (closed) return
      closed = true
      socket?.close()
      transport.onclose?.()
    },
    ending: () => ending,
  }

  function receive(data: unknown): void {
    const text =
      typeof data === "string" ? data : data instanceof ArrayBuffer ? Buffer.from(data).toString() : ""
    if (text.length > MAX_MESSAGE_BYTES) {
      ending = `it sent a message of more than ${MAX_MESSAGE_BYTES / 1024 / 1024} MB`
      socket?.close()
      return
    }
    let message: unknown
    try {
      message = JSON.parse(text)
    } catch {
      // What is no message is nobody's.
      return
    }
    if (isObject(message) && message.jsonrpc === "2.0")
      transport.onmessage?.(message as unknown as JSONRPCMessage)
  }
  return transport
}
