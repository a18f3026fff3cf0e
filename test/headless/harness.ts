import { EventEmitter } from "node:events"
import type { HeadlessFlags } from "../../src/headless/flags.ts"
import { EMPTY_INFO, type HeadlessInfo } from "../../src/headless/info.ts"
import { type HeadlessRun, runHeadless } from "../../src/headless/run.ts"
import { createFakeEngine, type FakeEngine } from "./fake-engine.ts"
import { createQueue } from "./queue.ts"

export const INFO: HeadlessInfo = { ...EMPTY_INFO, version: "2.9.9" }

export const STREAM: HeadlessFlags = {
  outputFormat: "stream-json",
  inputFormat: "stream-json",
  verbose: true,
}

export type Message = Readonly<Record<string, unknown>> & {
  readonly type: string
  readonly subtype?: string
  readonly request_id?: string
  readonly request?: Readonly<Record<string, unknown>>
  readonly response?: Readonly<Record<string, unknown>>
}

export interface Host {
  readonly engine: FakeEngine
  readonly exit: Promise<number>
  readonly signals: EventEmitter
  readonly stderr: () => string
  readonly stdout: () => string
  readonly messages: () => readonly Message[]
  /** Writes a JSON line, or raw text, to the run's stdin. */
  say(message: unknown): void
  raw(text: string): void
  closeStdin(): void
  /** The first message that fits, past ones included; rejects after 5 s. */
  heard(fits: (message: Message) => boolean): Promise<Message>
  /** Sends a control request and settles with its `response`. */
  control(request: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>
}

/** Starts a run over streams in memory. */
export function startRun(options: Partial<HeadlessRun> & { readonly flags: HeadlessFlags }): Host {
  const engine = createFakeEngine()
  const stdin = createQueue<Uint8Array>()
  const signals = new EventEmitter()
  const waiting = new Set<() => void>()
  let out = ""
  let err = ""
  const exit = runHeadless({
    engine,
    info: INFO,
    env: {},
    stdin,
    stdout: {
      write(text, done) {
        out += text
        for (const look of [...waiting]) look()
        queueMicrotask(() => done())
        return true
      },
      on: () => undefined,
    },
    stderr: {
      write(text) {
        err += text
      },
    },
    signals,
    ...options,
  })
  const messages = () => {
    const lines = out.split("\n").filter((line) => line !== "")
    return lines.map((line): Message => JSON.parse(line))
  }
  const heard: Host["heard"] = (fits) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = messages().find(fits)
        if (found === undefined) return
        waiting.delete(look)
        clearTimeout(timer)
        resolve(found)
      }
      const timer = setTimeout(() => reject(new Error(`not heard; there was:\n${out}\n${err}`)), 5_000)
      waiting.add(look)
      look()
    })
  const raw = (text: string) => stdin.push(new TextEncoder().encode(text))
  const say = (message: unknown) => raw(`${JSON.stringify(message)}\n`)
  let requests = 0
  return {
    engine,
    exit,
    signals,
    stderr: () => err,
    stdout: () => out,
    messages,
    say,
    raw,
    closeStdin: () => stdin.end(),
    heard,
    async control(request) {
      const request_id = `host-${requests++}`
      say({ type: "control_request", request_id, request })
      const reply = await heard((m) => m.type === "control_response" && m.response?.request_id === request_id)
      return reply.response ?? {}
    },
  }
}

export function userMessage(text: string, more: Readonly<Record<string, unknown>> = {}) {
  const message = { role: "user", content: [{ type: "text", text }] }
  return { type: "user", session_id: "", message, parent_tool_use_id: null, ...more }
}
