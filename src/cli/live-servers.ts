/**
 * MCP servers that follow their files while a session runs: `.mcp.json`, the person's state, the administrator's file,
 * and the settings that approve or forbid them. What `--mcp-config` named at the start stays.
 */
import { join } from "node:path"
import { isStateBroken, openState } from "../config/state.ts"
import { settingsSources, watchFiles } from "../config/watch.ts"
import type { McpFile, ReadServers } from "../extend/mcp/read-config.ts"
import type { FileServers, Servers } from "../extend/mcp/servers.ts"
import { childEnv } from "./child-env.ts"
import { configuredServers } from "./configured-servers.ts"
import { type Prepared, readConfig } from "./prepare.ts"

export interface LiveServersOptions {
  /** What the start read. */
  readonly first: ReadServers
  readonly flagFiles: Map<string, McpFile>
  servers(): Servers | null
  /** Called when there is something to start and there were no servers before. */
  openServers(): Promise<Servers>
  /** One line for people. */
  said(level: "info" | "warning", text: string): void
}

export interface Following {
  /** Reads the files now; settles when what they say is taken over. Never rejects. */
  reread(): Promise<void>
  end(): void
}

export function followServers(prepared: Prepared, options: LiveServersOptions): Following {
  let { first: last } = options
  let ended = false
  let reading: Promise<void> | null = null
  let again = false

  const follow = (): Promise<void> => {
    if (reading !== null) {
      again = true
      return reading
    }
    again = false
    reading = reread()
      .catch((error: unknown) =>
        options.said("warning", `MCP servers stay as they were: ${(error as Error).message}`),
      )
      .finally(() => {
        reading = null
        return again && !ended ? follow() : undefined
      })
    return reading
  }

  async function reread(): Promise<void> {
    const { paths } = prepared
    const config = readConfig(prepared)
    // What is broken now was good at the start, or is being written.
    if (isStateBroken(paths) || config.problems.some(({ kind }) => kind === "fatal")) return
    const env = { ...process.env, ...config.settings.env }
    const now = await configuredServers(
      { ...prepared, env, config, state: openState(paths) },
      options.flagFiles,
    )
    if (ended) return
    const news = now.problems.filter(
      ({ message }) => !last.problems.some((known) => known.message === message),
    )
    for (const { message } of news) options.said("warning", message)
    if (now.broken.some((file) => !last.broken.includes(file))) {
      last = { ...last, problems: [...last.problems, ...news] }
      return
    }
    const unchanged = Bun.deepEquals(now.entries, last.entries) && Bun.deepEquals(now.problems, last.problems)
    const lines = now.warnings.filter((line) => !last.warnings.includes(line))
    last = now
    for (const line of lines) options.said("warning", line)
    if (unchanged || (options.servers() === null && now.entries.length === 0)) return
    const servers = options.servers() ?? (await options.openServers())
    const files: FileServers = { ...now, env: childEnv({ env, config }) }
    const line = summary(servers.reload(files))
    if (line !== null) options.said("info", line)
  }

  const { paths, cwd, config } = prepared
  const end = watchFiles(
    [
      join(cwd, ".mcp.json"),
      paths.stateFile,
      join(paths.managedDir, "managed-mcp.json"),
      ...settingsSources(paths, config.files, []),
    ],
    () => void follow(),
  )
  // Written by `mcp login`, here or in another process; on macOS the keychain says nothing.
  const endSignIns = watchFiles([join(paths.ownDir, "credentials.json")], () => options.servers()?.signedIn())
  return {
    reread: follow,
    end() {
      ended = true
      end()
      endSignIns()
    },
  }
}

function summary({ added, removed, changed }: ReturnType<Servers["reload"]>): string | null {
  const parts = [
    ...(added.length > 0 ? [`new: ${added.join(", ")}`] : []),
    ...(changed.length > 0 ? [`changed: ${changed.join(", ")}`] : []),
    ...(removed.length > 0 ? [`gone: ${removed.join(", ")}`] : []),
  ]
  return parts.length === 0 ? null : `MCP servers follow their files (${parts.join("; ")})`
}
