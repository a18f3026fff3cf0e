import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { z } from "zod"
import { resolveModel } from "../../src/api/models.ts"
import { BUILT_IN_AGENTS } from "../../src/engine/agents/kinds.ts"
import { createEngine } from "../../src/engine/engine.ts"
import type { EngineOptions } from "../../src/engine/options.ts"
import type { ApiItem, ApiPort, MessagesRequest, StreamEvent } from "../../src/model/api.ts"
import type { Command } from "../../src/model/command.ts"
import type { Event } from "../../src/model/event.ts"
import { NO_HOOKS } from "../../src/model/hook.ts"
import type { Line } from "../../src/model/line.ts"
import type { Rule } from "../../src/model/permission.ts"
import type { OfferedTool, Tool } from "../../src/model/tool.ts"
import { encodeReply } from "../fake-api/encode-reply.ts"
import { isErrorReply, type Part, type Reply } from "../fake-api/reply.ts"
import { validateRequest } from "../fake-api/validate-request.ts"

/** How long a test waits for an event before it fails. */
const DEADLINE_MS = 30_000

export type EngineScript = readonly Reply[] | ((request: MessagesRequest, index: number) => Reply)

/**
 * The scripted model behind the API port itself, without HTTP: fast enough for a thousand turns. It rejects what
 * the real service rejects, by the same validator as the fake server.
 */
export function scriptedApi(
  script: EngineScript,
): ApiPort & { readonly requests: MessagesRequest[]; readonly rejections: string[] } {
  const requests: MessagesRequest[] = []
  const rejections: string[] = []
  return {
    requests,
    rejections,
    async *stream(request, { signal }): AsyncGenerator<ApiItem> {
      const index = requests.length
      requests.push(structuredClone(request))
      const { betas: _, ...body } = request
      const problem = validateRequest(body)
      if (problem !== null) {
        rejections.push(problem.message)
        yield failure("invalid_request", 400, problem.message)
        return
      }
      const reply = typeof script === "function" ? script(request, index) : (script[index] ?? [])
      yield { type: "sent", attempt: 1 }
      if (isErrorReply(reply)) {
        yield failure(
          reply.error.status === 529 ? "overloaded" : "prompt_too_long",
          reply.error.status,
          reply.error.message,
        )
        return
      }
      const parts = (Array.isArray(reply) ? reply : [reply]) as readonly Part[]
      for (const encoded of encodeReply({
        model: request.model,
        parts,
        usage: { input_tokens: 10, output_tokens: 1 },
      })) {
        await Promise.resolve()
        if (signal.aborted) {
          yield failure("aborted", null, "aborted")
          return
        }
        yield {
          type: "event",
          event: JSON.parse(encoded.slice(encoded.indexOf("data: ") + 6)) as StreamEvent,
        }
      }
      yield { type: "done", requestId: `req_${index}` }
    },
  }
}

function failure(
  category: "aborted" | "invalid_request" | "overloaded" | "prompt_too_long",
  status: number | null,
  message: string,
): ApiItem {
  return { type: "failed", failure: { category, status, message, requestId: null } }
}

export interface Rig {
  send(command: Command): void
  say(text: string): void
  readonly events: Event[]
  /** The first event from `from` on that fits; fails at the deadline. */
  until<T extends Event["type"]>(
    type: T,
    fits?: (event: Extract<Event, { type: T }>) => boolean,
  ): Promise<Extract<Event, { type: T }>>
  readonly lines: Line[]
  /** Drops the events collected so far; `until` goes on behind them. */
  forget(): void
  readonly folder: string
  close(): Promise<void>
}

/** An engine with a temp folder, an in-memory log and the given tools. */
export function rig(options: {
  readonly api: ApiPort
  readonly tools?: readonly OfferedTool[]
  readonly rules?: readonly string[]
  readonly over?: (base: EngineOptions) => Partial<EngineOptions>
}): Rig {
  const folder = mkdtempSync(join(tmpdir(), "ccts-engine-"))
  const lines: Line[] = []
  const log = (id: string) => ({
    id,
    file: null,
    leaf: null,
    append: (added: readonly Line[]) => void lines.push(...added),
    sync() {},
    close() {},
  })
  const rules: readonly Rule[] = (options.rules ?? []).map((text) => ({
    behavior: "allow",
    source: "session",
    text,
    base: folder,
  }))
  const base: EngineOptions = {
    api: options.api,
    tools: options.tools ?? [],
    hooks: NO_HOOKS,
    spawn: { wrap: async (request) => request },
    place: {
      cwd: folder,
      home: folder,
      configDir: join(folder, ".claude"),
      additionalRoots: [],
      env: {},
      sessionDir: (id) => join(folder, "sessions", id),
      tasksDir: (id) => join(folder, "tasks", id),
      gitBranch: () => "",
      resolve: (path) => path,
    },
    models: {
      model: "claude-sonnet-4-5",
      fallback: [],
      effort: null,
      thinking: null,
      maxTokens: null,
      betas: [],
      resolve: (name) => resolveModel(name, {}),
    },
    permissions: {
      mode: "default",
      modes: ["default", "acceptEdits", "plan"],
      rules,
      sandboxed: false,
      persist: async () => null,
    },
    store: { openLog: log, openChildLog: (_, id) => log(id), load: async () => null },
    prompt: { memory: async () => [], git: async () => "" },
    limits: {},
    agents: { kinds: BUILT_IN_AGENTS, maxDepth: 3, maxConcurrent: 20 },
    compaction: { auto: true, window: null },
    canAsk: true,
    credential: "test",
    version: "2.2.0",
    entrypoint: "test",
    maxConcurrency: 10,
  }
  const engine = createEngine({ ...base, ...options.over?.(base) })
  const events: Event[] = []
  let seen = 0
  let wake: (() => void) | undefined
  const reader = (async () => {
    for await (const event of engine.events()) {
      events.push(event)
      wake?.()
    }
  })()

  return {
    send: (command) => engine.send(command),
    say: (content) => engine.send({ type: "prompt", content }),
    events,
    lines,
    forget() {
      events.length = 0
      seen = 0
    },
    folder,
    async until(type, fits) {
      const deadline = Date.now() + DEADLINE_MS
      while (true) {
        while (seen < events.length) {
          const event = events[seen++] as Event
          if (event.type === type && (fits?.(event as never) ?? true)) return event as never
        }
        const left = deadline - Date.now()
        if (left <= 0)
          throw new Error(`no ${type} within ${DEADLINE_MS} ms; last: ${JSON.stringify(events.slice(-3))}`)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
    },
    async close() {
      await engine.close()
      await reader
    },
  }
}

/** A tool for tests: reads or writes as told, and does what `work` says. */
export function toyTool(
  name: string,
  kind: "read" | "write" | "free",
  work: (input: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<string>,
): Tool<Record<string, unknown>> {
  return {
    name,
    prompt: `The ${name} tool of a test.`,
    schema: z.record(z.string(), z.unknown()),
    inputSchema: { type: "object" },
    access: (_, { cwd }) => (kind === "free" ? [] : [{ kind, path: join(cwd, "file.txt") }]),
    title: () => name.toLowerCase(),
    async *run(input, ctx) {
      yield "working"
      const text = await work(input, ctx.signal)
      return { content: text, data: { text }, view: { kind: "text", text } }
    },
  }
}
