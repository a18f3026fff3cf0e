import { isObject, type Json } from "../json.ts"
import type { Server } from "./server.ts"
import { publicConfig } from "./server-config.ts"

/** `McpServerStatus` of spec/headless.md section 7. */
export interface ServerStatus {
  readonly name: string
  readonly status: Server["state"]
  readonly scope: string
  /** `sdk`, `plugin`, or the scope. */
  readonly source: string
  readonly error?: string
  readonly serverInfo?: { readonly name: string; readonly version: string }
  readonly config: Json
  readonly tools?: readonly {
    readonly name: string
    readonly description?: string
    readonly annotations: Json
  }[]
}

export function statusOf(server: Server): ServerStatus {
  const { entry, state, error, serverInfo, tools } = server
  return {
    name: entry.name,
    status: state,
    scope: entry.scope,
    source: sourceOf(entry),
    ...(error !== undefined && { error }),
    ...(serverInfo !== undefined && { serverInfo }),
    config: { ...publicConfig(entry.config), ...(entry.config.type === "sdk" && { name: entry.name }) },
    ...(state === "connected" && { tools: tools.flatMap(describeTool) }),
  }
}

function sourceOf({ name, scope, config }: Server["entry"]): string {
  if (config.type === "sdk") return "sdk"
  return scope === "dynamic" && name.startsWith("plugin:") ? "plugin" : scope
}

function describeTool({ name, description, annotations: raw }: Json) {
  if (typeof name !== "string") return []
  const { readOnlyHint, destructiveHint, openWorldHint } = isObject(raw) ? raw : {}
  const annotations = {
    ...(readOnlyHint !== undefined && { readOnly: readOnlyHint }),
    ...(destructiveHint !== undefined && { destructive: destructiveHint }),
    ...(openWorldHint !== undefined && { openWorld: openWorldHint }),
  }
  return [{ name, ...(typeof description === "string" && { description }), annotations }]
}
