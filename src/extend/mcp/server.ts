/**
 * One configured server, supervised: its state can be asked at any time and nobody waits for it longer than a
 * deadline. A server that is lost is connected again when it is next called; remote ones also by themselves.
 */
import { sleep } from "../../lib/abort.ts"
import { never } from "../../lib/never.ts"
import type { HostRequest } from "../host-request.ts"
import { type Json, messageOf } from "../json.ts"
import type { ListName, Surroundings } from "./connect-request.ts"
import { type Connection, connect, isTransient, NeedsAuth } from "./connection.ts"
import type { Elicit } from "./elicitation.ts"
import type { McpLimits } from "./limits.ts"
import { createRelist } from "./relist.ts"
import type { Manifest } from "./sdk-transport.ts"
import type { ServerAuth } from "./server-auth.ts"
import type { ServerEntry } from "./server-config.ts"

export type ServerState = "connected" | "failed" | "needs-auth" | "pending" | "disabled"

/** First connection to a remote server: tries and the pause before the second. */
const FIRST_TRIES = 3
/** A remote server that was lost is tried again this often, with doubling pauses. */
const LOST_TRIES = 5
const PAUSE_MS = 1_000
/** An answer of a remote server must begin within this, or the time that a call was given (spec/mcp.md section 3). */
const MIN_FIRST_BYTE_MS = 60_000

export interface ServerParts {
  /** As they are when it connects. */
  around(): Surroundings
  readonly limits: McpLimits
  channel(): HostRequest | null
  manifest?: Manifest
  /** Signs requests to a remote server. */
  auth?: ServerAuth | null
  elicit: Elicit
  /** What was asked for in a browser is done. */
  onElicited(id: string): void
  /** State or tools changed. */
  onChange(): void
  /** Something a person should know; one line. */
  onNotice(line: string): void
}

export interface Server {
  readonly entry: ServerEntry
  readonly state: ServerState
  readonly error: string | undefined
  readonly serverInfo: Connection["serverInfo"] | undefined
  readonly instructions: string
  readonly hasResources: boolean
  /** As the server last listed them. */
  readonly tools: readonly Json[]
  /** The prompts it offers, as it last listed them. */
  readonly prompts: readonly Json[]
  /** What it offers to read; asked once, and again after it said that this changed. Never rejects. */
  resources(): Promise<readonly Json[]>
  /** Connects unless it is connected or on its way. Settles with the outcome; never rejects. */
  start(): Promise<void>
  /** Closes what is open and connects anew. */
  reconnect(): Promise<void>
  /** The connection, made again when it was lost. Rejects with one line. */
  connection(signal: AbortSignal): Promise<Connection>
  /** Tells the person something about it; one line. */
  notice(line: string): void
  /** Puts a question of this server to the person. */
  readonly elicit: Elicit
  /** The folders of the session are others now. */
  rootsChanged(): void
  disable(): Promise<void>
  close(): Promise<void>
}

export function createServer(entry: ServerEntry, parts: ServerParts): Server {
  const { config, name } = entry
  const remote = "url" in config
  let state: ServerState =
    entry.held === undefined ? "pending" : entry.held === "pending" ? "pending" : "disabled"
  let error: string | undefined =
    entry.held === "pending" ? "waits for your approval" : entry.held === "rejected" ? "rejected" : undefined
  let connection: Connection | null = null
  let tools: readonly Json[] = []
  let prompts: readonly Json[] = []
  let resources: Promise<readonly Json[]> | null = null
  let connecting: Promise<void> | null = null
  let life = new AbortController()
  let manifest = parts.manifest

  const become = (next: ServerState, why?: string) => {
    state = next
    error = why
    parts.onChange()
  }

  async function open(tries: number): Promise<void> {
    const { signal } = life
    for (let attempt = 1; ; attempt++) {
      try {
        let current: Connection | null = null
        const opened = await connect({
          entry,
          auth: parts.auth ?? null,
          firstByteMs: Math.max(MIN_FIRST_BYTE_MS, config.timeoutMs ?? parts.limits.givenCallMs ?? 0),
          around: parts.around,
          channel: parts.channel(),
          ...(manifest !== undefined && { manifest }),
          deadlineMs: parts.limits.connectMs,
          signal,
          onLost(why) {
            // One that was replaced has nothing more to say.
            if (current !== null && connection === current) lost(why)
          },
          onListChanged,
          onElicit: parts.elicit,
          onElicited: parts.onElicited,
        })
        // A second handshake is a real one.
        manifest = undefined
        connection = opened
        current = opened
        // A first prompt may be one of its commands; a server that does not list them is no worse for it.
        const [foundTools, foundPrompts] = await Promise.all([
          opened.listTools(soon()),
          opened.listPrompts(soon()).catch(() => []),
        ])
        tools = foundTools
        prompts = foundPrompts
        resources = null
        return become("connected")
      } catch (caught) {
        void connection?.close()
        connection = null
        if (signal.aborted) return
        if (caught instanceof NeedsAuth) return become("needs-auth", caught.message)
        if (attempt < tries && isTransient(caught)) {
          await sleep(PAUSE_MS * 2 ** (attempt - 1), signal)
          if (!signal.aborted) continue
          return
        }
        return become("failed", messageOf(caught))
      }
    }
  }

  function start(tries = remote ? FIRST_TRIES : 1): Promise<void> {
    if (state === "disabled" || entry.held !== undefined || connection !== null) return Promise.resolve()
    connecting ??= open(tries).finally(() => {
      connecting = null
    })
    return connecting
  }

  function lost(why: string): void {
    if (connection === null) return
    void connection.close()
    connection = null
    parts.onNotice(`MCP server ${name} was lost: ${why}`)
    become("failed", why)
    if (remote && !life.signal.aborted) void start(LOST_TRIES)
  }

  const soon = () => AbortSignal.any([life.signal, AbortSignal.timeout(parts.limits.connectMs)])
  const listTools = createRelist({
    connection: () => connection,
    read: (current) => current.listTools(soon()),
    take(found) {
      tools = found
      parts.onChange()
    },
  })
  const listPrompts = createRelist({
    connection: () => connection,
    read: (current) => current.listPrompts(soon()),
    take(found) {
      prompts = found
      parts.onChange()
    },
  })

  function onListChanged(list: ListName): void {
    switch (list) {
      case "tools":
        listTools()
        break
      case "prompts":
        listPrompts()
        break
      case "resources":
        resources = null
        parts.onChange()
        break
      default:
        never(list)
    }
  }

  async function shut(): Promise<void> {
    life.abort(new Error("closed"))
    const open = connection
    connection = null
    await Promise.all([open?.close(), connecting])
    life = new AbortController()
  }

  return {
    entry,
    get state() {
      return state
    },
    get error() {
      return error
    },
    get serverInfo() {
      return connection?.serverInfo
    },
    get instructions() {
      return connection?.instructions ?? ""
    },
    get hasResources() {
      return connection?.hasResources ?? false
    },
    get tools() {
      return state === "disabled" ? [] : tools
    },
    get prompts() {
      return state === "connected" ? prompts : []
    },
    resources() {
      if (connection === null || !connection.hasResources) return Promise.resolve([])
      // Not under the signal of who asks first: the list is for all who ask later, too.
      resources ??= connection.listResources(soon()).catch(() => {
        resources = null
        return []
      })
      return resources
    },
    notice: (line) => parts.onNotice(`MCP server ${name}: ${line}`),
    elicit: parts.elicit,
    start: () => start(),
    async reconnect() {
      await shut()
      state = "pending"
      error = undefined
      await start()
    },
    async connection(signal) {
      if (connection === null && state !== "disabled") {
        const aborted = new Promise<void>((resolve) =>
          signal.addEventListener("abort", () => resolve(), { once: true }),
        )
        await Promise.race([start(), aborted])
      }
      signal.throwIfAborted()
      if (connection !== null) return connection
      throw new Error(`MCP server ${name} is not connected: ${error ?? state}`)
    },
    rootsChanged: () => connection?.rootsChanged(),
    async disable() {
      await shut()
      become("disabled")
    },
    async close() {
      await shut()
      state = "disabled"
    },
  }
}
