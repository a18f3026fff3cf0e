import { mkdtempSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createTasks, type Tasks } from "../../src/engine/tasks.ts"
import { createServers } from "../../src/extend/mcp/create-servers.ts"
import { type McpLimits, mcpLimits } from "../../src/extend/mcp/limits.ts"
import type { ServerAuth } from "../../src/extend/mcp/server-auth.ts"
import { readServer, type ServerEntry } from "../../src/extend/mcp/server-config.ts"
import type { Servers } from "../../src/extend/mcp/servers.ts"
import type { AnyTool, ToolContext, ToolOutput } from "../../src/model/tool.ts"

export const toyServer = join(import.meta.dir, "toy-server.ts")
export const bun = process.execPath
const modules = join(import.meta.dir, "../../node_modules/@modelcontextprotocol")
export const everything = join(modules, "server-everything/dist/index.js")
export const filesystem = join(modules, "server-filesystem/dist/index.js")

/** A wait in a test that takes longer than this has failed. */
export const DEADLINE_MS = 15_000

export interface ServersRig {
  readonly servers: Servers
  readonly folder: string
  readonly notices: string[]
  tool(name: string): AnyTool
  /** Runs a tool to its end; `progress` collects what it says meanwhile. */
  run(name: string, input?: object, signal?: AbortSignal): Promise<{ output: ToolOutput; progress: string[] }>
  /** What went into the background. */
  readonly tasks: Tasks
  /** What was said when background work ended. */
  readonly ends: string[]
  /** Waits until `fits`, looking after every change. */
  until(fits: () => boolean): Promise<void>
}

/** Servers of a session of their own, started, and closed after `use`. */
export async function withServers<T>(
  configs: Readonly<Record<string, object>>,
  use: (rig: ServersRig) => Promise<T>,
  limits: Partial<McpLimits> = {},
  auth?: (entry: ServerEntry) => ServerAuth | null,
): Promise<T> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ccts-mcp-")))
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
  const notices: string[] = []
  const entries = Object.entries(configs).map(([name, raw]): ServerEntry => {
    const config = readServer(name, raw, env, (line) => notices.push(line))
    if ("error" in config) throw new Error(config.error)
    return { name, scope: "dynamic", config }
  })
  let wake: (() => void) | undefined
  const ends: string[] = []
  const tasks = createTasks({
    folder: () => join(folder, "tasks"),
    onChange() {},
    onEnd: (_, __, summary) => ends.push(summary),
    onNews() {},
  })
  const servers = createServers({
    entries,
    problems: [],
    around: { env, projectDir: folder, roots: [folder], sessionId: "s" },
    limits: { ...mcpLimits({}), connectMs: 10_000, ...limits },
    ...(auth !== undefined && { auth }),
    onChange: () => wake?.(),
    onNotice: (line) => notices.push(line),
  })
  servers.start()
  const tool = (name: string): AnyTool => {
    const found = servers.tools().find((one) => one.name === name)
    if (found === undefined)
      throw new Error(
        `no tool ${name}; there are ${servers
          .tools()
          .map((one) => one.name)
          .join(", ")}`,
      )
    return found
  }
  const rig: ServersRig = {
    servers,
    folder,
    notices,
    tasks,
    ends,
    tool,
    async run(name, input = {}, signal = new AbortController().signal) {
      const context = {
        signal,
        toolUseId: "toolu_1",
        spillDir: join(folder, "spill"),
        cwd: folder,
        home: folder,
        tasks,
      }
      const running = tool(name).run(input as never, context as unknown as ToolContext)
      const progress: string[] = []
      for (;;) {
        const step = await running.next()
        if (step.done) return { output: step.value, progress }
        progress.push(step.value)
      }
    },
    async until(fits) {
      const deadline = Date.now() + DEADLINE_MS
      while (!fits()) {
        if (Date.now() > deadline)
          throw new Error(`not within ${DEADLINE_MS} ms; ${JSON.stringify(servers.status())}`)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 200)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
    },
  }
  try {
    return await use(rig)
  } finally {
    await servers.close()
  }
}

/** How a server is. */
export function stateOf(servers: Servers, name: string): string {
  return servers.status().find((one) => one.name === name)?.status ?? "absent"
}
