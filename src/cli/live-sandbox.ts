/** The sandbox of a session that follows its settings: a command that starts later is contained as the files say then. */
import type { Config } from "../config/load.ts"
import type { AnyTool, LazyTool } from "../model/tool.ts"
import { type SessionSandbox, sandboxFor } from "./choose-sandbox.ts"
import type { Prepared } from "./prepare.ts"

export interface LiveSandbox extends SessionSandbox {
  /** Null when it follows or nothing changed; else why the sandbox stays as it is, in one line. */
  follow(config: Config): Promise<string | null>
  /** The tool, contained as the sandbox is when it is called; the same tool as long as the sandbox is the same. */
  containLazily(tool: LazyTool): LazyTool
}

/** @throws StartError as `sandboxFor`. */
export async function liveSandbox(prepared: Prepared): Promise<LiveSandbox> {
  let current = await sandboxFor(prepared)
  let settled = wordsOf(prepared.config)
  let closed = false
  /** One change after the other: the last one counts. */
  let turn: Promise<unknown> = Promise.resolve()
  const change = async (config: Config): Promise<string | null> => {
    const words = wordsOf(config)
    if (words === settled || closed) return null
    try {
      const next = await sandboxFor({ ...prepared, config })
      const before = current
      // One at a time (the runtime keeps its state in its module): what still runs keeps its walls and loses its network.
      await before.close()
      current = next
      settled = words
      return null
    } catch (error) {
      return `The sandbox stays as it was: ${error instanceof Error ? error.message : String(error)}`
    }
  }
  return {
    spawn: {
      async wrap(request) {
        await turn
        return current.spawn.wrap(request)
      },
    },
    get autoAllow() {
      return current.autoAllow
    },
    get unavailable() {
      return current.unavailable
    },
    contain: (tool) => current.contain(tool),
    containLazily(tool) {
      const contained = new WeakMap<SessionSandbox, Promise<AnyTool>>()
      return {
        ...tool,
        async load() {
          await turn
          const of = current
          const known = contained.get(of) ?? tool.load().then(of.contain)
          contained.set(of, known)
          return known
        },
      }
    },
    follow(config) {
      const done = turn.then(() => change(config))
      turn = done
      return done
    },
    async close() {
      closed = true
      await turn
      await current.close()
    },
  }
}

/** What the sandbox is made of, to see whether it changed. */
function wordsOf({ settings, layers }: Config): string {
  const { sandbox, permissions } = settings
  return JSON.stringify([
    sandbox,
    permissions,
    layers.map(({ source, base, values }) => [source, base, values.sandbox]),
  ])
}
