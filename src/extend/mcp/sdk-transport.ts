/**
 * An MCP server inside the host's process, reached through `mcp_message` requests (spec/headless.md section 2.6).
 * With a manifest the handshake and the first list of tools are answered from it, without asking the host.
 */
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js"
import type { HostRequest } from "../host-request.ts"
import { isObject, type Json } from "../json.ts"

export interface Manifest {
  readonly initializeResult: Json
  readonly toolsListResult?: Json
}

/** Protocol versions that a manifest may be of (those of the MCP SDK). */
const VERSIONS: ReadonlySet<unknown> = new Set([
  "2025-11-25",
  "2025-06-18",
  "2025-03-26",
  "2024-11-05",
  "2024-10-07",
])

export function readManifest(raw: unknown): Manifest | "malformed" | "protocol_version_mismatch" {
  if (!isObject(raw) || !isObject(raw.initializeResult)) return "malformed"
  const { initializeResult, toolsListResult } = raw
  if (!isObject(initializeResult.serverInfo) || !isObject(initializeResult.capabilities)) return "malformed"
  if (!VERSIONS.has(initializeResult.protocolVersion)) return "protocol_version_mismatch"
  if (toolsListResult === undefined || toolsListResult === null) return { initializeResult }
  if (!isObject(toolsListResult) || !Array.isArray(toolsListResult.tools)) return "malformed"
  return { initializeResult, toolsListResult }
}

export function createSdkTransport(options: {
  readonly name: string
  readonly channel: HostRequest
  readonly manifest?: Manifest
}): Transport {
  const { name, channel, manifest } = options
  const abort = new AbortController()
  const calls = new Map<unknown, AbortController>()
  let listed = manifest?.toolsListResult

  /** What the manifest already answers; undefined goes to the host. */
  const known = (message: Json): Json | undefined => {
    if (manifest === undefined) return undefined
    if (message.method === "initialize") return manifest.initializeResult
    if (message.method !== "tools/list") return undefined
    const first = listed
    // Only the first list is the manifest's; later ones were asked for because something changed.
    listed = undefined
    return first
  }

  const transport: Transport = {
    async start() {},
    async send(sent) {
      const message = sent as unknown as Json
      const { id, method } = message
      const deliver = (response: unknown) => {
        if (isObject(response)) transport.onmessage?.({ ...response, id } as unknown as JSONRPCMessage)
      }
      if (method === "notifications/initialized" && manifest !== undefined) return
      if (method === "notifications/cancelled" && isObject(message.params)) {
        calls.get(message.params.requestId)?.abort(new Error("cancelled"))
      }
      const own = method === undefined ? undefined : known(message)
      if (own !== undefined) {
        queueMicrotask(() => deliver({ jsonrpc: "2.0", result: own }))
        return
      }
      const call = new AbortController()
      if (id !== undefined) calls.set(id, call)
      // Not awaited: the host may take as long as its tool does, and other messages must pass.
      void channel
        .request("mcp_message", { server_name: name, message }, AbortSignal.any([abort.signal, call.signal]))
        .then(
          (reply) => {
            if (id !== undefined && method !== undefined)
              deliver(isObject(reply) ? reply.mcp_response : undefined)
          },
          (error: unknown) => {
            if (id === undefined || method === undefined) return
            const text = error instanceof Error ? error.message : String(error)
            deliver({ jsonrpc: "2.0", error: { code: -32_000, message: text } })
          },
        )
        .finally(() => calls.delete(id))
    },
    async close() {
      abort.abort(new Error("the connection was closed"))
      transport.onclose?.()
    },
  }
  return transport
}
