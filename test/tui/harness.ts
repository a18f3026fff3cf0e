/** A terminal reader over a fake screen and a fake engine; time is the test's own. */
import type { Command } from "../../src/model/command.ts"
import type { Engine } from "../../src/model/engine.ts"
import type { Event, EventBody, SessionState, TurnEnd } from "../../src/model/event.ts"
import { NO_USAGE } from "../../src/model/usage.ts"
import type { TuiOptions } from "../../src/tui/options.ts"
import type { TuiPorts } from "../../src/tui/ports.ts"
import { runTui } from "../../src/tui/start.ts"
import { createFakeScreen, type FakeScreen } from "./fake-screen.ts"

export interface Harness {
  readonly screen: FakeScreen
  readonly sent: Command[]
  readonly drafts: string[]
  readonly exit: Promise<number>
  /** Milliseconds that the reader believes have passed. */
  clock: number
  emit(...events: (EventBody & Partial<Event>)[]): Promise<void>
  /** Waits until everything asked for is drawn. */
  settle(): Promise<void>
  waitFor(what: string, done: () => boolean): Promise<void>
  stop(): Promise<void>
}

export const SESSION: SessionState = {
  id: "s1",
  cwd: "/home/me/work/app",
  model: "claude-test-1",
  modelName: "Test 1",
  mode: "default",
  modes: ["default", "acceptEdits", "plan"],
  effort: null,
  tools: ["Bash", "Edit"],
  credential: "api-key",
  context: { used: 50_000, window: 200_000 },
}

export const TURN_END: TurnEnd = {
  type: "turn.end",
  reason: "completed",
  result: "",
  stopReason: "end_turn",
  durationMs: 1_000,
  apiMs: 900,
  requests: 1,
  usage: NO_USAGE,
  denials: [],
  totals: { costUsd: 0, apiMs: 900, models: {} },
}

export interface HarnessOptions extends Partial<Omit<TuiOptions, "engine" | "screen" | "ports">> {
  readonly columns?: number
  readonly rows?: number
  readonly ports?: Partial<TuiPorts>
  readonly history?: string[]
}

const DEADLINE_MS = 4_000

export function startHarness(options: HarnessOptions = {}): Harness {
  const screen = createFakeScreen(options.columns ?? 80, options.rows ?? 30)
  const sent: Command[] = []
  const drafts: string[] = []
  const queue: Event[] = []
  let wake: () => void = () => undefined
  let closed = false
  let taken = 0
  let pushed = 0
  const engine: Engine = {
    send: (command) => void sent.push(command),
    async *events() {
      while (!closed) {
        const event = queue.shift()
        if (event === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
          continue
        }
        yield event
        taken += 1
      }
    },
    async close() {
      closed = true
      wake()
    },
  }
  const history = options.history ?? []
  const usual: TuiPorts = {
    listSessions: async () => [],
    tailSession: async () => [],
    models: () => [],
    completePath: async () => [],
    editFile: async () => true,
    memoryFiles: async () => [],
    exportSession: async ({ target }) => target,
    findFolder: async (typed) => typed,
    history: {
      at: (n) => history[n],
      add: (prompt) => void history.unshift(prompt),
      search(query, from) {
        const index = history.findIndex((prompt, at) => at >= from && prompt.includes(query))
        const found = history[index]
        return found === undefined ? undefined : { index, text: found }
      },
    },
    saveDraft: (draft) => void drafts.push(draft),
    loadDraft: () => "",
    editExternally: async () => null,
    suspend: async () => {},
    startNotices: [],
    auth: null,
    settings: null,
    hidden: new Set(),
    version: "2.2.0",
    credentialLine: "API key from the environment",
    demo: false,
  }
  // Getters stay getters: what they give may change while the reader runs.
  const ports: TuiPorts = Object.defineProperties(
    usual,
    Object.getOwnPropertyDescriptors(options.ports ?? {}),
  )
  const harness: Harness = {
    screen,
    sent,
    drafts,
    clock: 1_000_000,
    exit: Promise.resolve(0),
    async emit(...events) {
      for (const event of events) queue.push({ turn: 1, ...event } as Event)
      pushed += events.length
      wake()
      await harness.waitFor("events to be taken", () => taken >= pushed)
      await harness.settle()
    },
    async settle() {
      // A frame follows within 50 ms of whatever asked for it.
      await Bun.sleep(70)
    },
    async waitFor(what, done) {
      const end = Date.now() + DEADLINE_MS
      while (!done()) {
        if (Date.now() > end) throw new Error(`waited too long for ${what}\n${screen.footerText()}`)
        await Bun.sleep(2)
      }
    },
    async stop() {
      await engine.close()
      await harness.exit
    },
  }
  const { columns: _c, rows: _r, ports: _p, history: _h, ...rest } = options
  Object.assign(harness, { exit: runTui({ ...rest, engine, screen, ports, now: () => harness.clock }) })
  return harness
}

export function started(session: Partial<SessionState> = {}): EventBody {
  return { type: "session", session: { ...SESSION, ...session }, why: "start" }
}

export function begun(): EventBody {
  return { type: "turn.begin", model: "claude-test-1", mode: "default" }
}

const MESSAGE = { id: "m1", model: "claude-test-1", usage: NO_USAGE }

/** The events of one streamed text block. */
export function textBlock(
  block: number,
  parts: readonly string[],
  options: { open?: boolean } = {},
): EventBody[] {
  const begin: EventBody = {
    type: "block.begin",
    block,
    index: 0,
    message: MESSAGE,
    kind: "text",
    start: { type: "text", text: "" },
  }
  const grows = parts.map((part): EventBody => ({ type: "block.grow", block, text: part }))
  if (options.open) return [begin, ...grows]
  return [begin, ...grows, blockEnd(block, parts.join(""))]
}

export function blockEnd(block: number, text: string | null): EventBody {
  const end = { type: "block.end", block, message: MESSAGE, requestId: null } as const
  return text === null ? end : { ...end, content: { type: "text", text } }
}

export function toolBegin(
  id: string,
  tool: string,
  title: string,
  input: Record<string, unknown> = {},
): EventBody {
  return { type: "tool.begin", id, tool, title, input }
}

export function toolEnd(
  id: string,
  tool: string,
  more: Partial<Extract<EventBody, { type: "tool.end" }>> = {},
): EventBody {
  return {
    type: "tool.end",
    id,
    tool,
    result: { type: "tool_result", tool_use_id: id, content: "done" },
    data: null,
    view: { kind: "text", text: "done" },
    isError: false,
    uuid: `u-${id}`,
    durationMs: 5,
    ...more,
  }
}
