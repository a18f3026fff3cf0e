/** Each fault at each phase of a turn: nothing hangs, nothing runs twice, nothing is lost, and the session goes on. */
import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { readFileSync } from "node:fs"
import type { Line } from "../../src/model/line.ts"
import {
  dropAfter,
  endAfter,
  error,
  errorEvent,
  malformed,
  type Part,
  type Reply,
  silence,
  text,
  toolUse,
} from "../fake-api/reply.ts"
import { toyTool } from "./harness.ts"
import { sessionOf, wire } from "./wire.ts"

setDefaultTimeout(60_000)

type Phase = "before the first byte" | "in text" | "in tool input" | "after a tool ran"
const PHASES: readonly Phase[] = ["before the first byte", "in text", "in tool input", "after a tool ran"]

interface Row {
  /** The faulty reply; `body` is what it would have been. */
  readonly fault: (phase: Phase, body: readonly Part[]) => Reply
  /** How often in a row; more than the client is willing to repeat ends the turn. */
  readonly times: number
  readonly end: "recovers" | "fails"
}

/** Where a fault inside the stream sits: events after `message_start`. */
const eventsAt = (phase: Phase) => (phase === "before the first byte" || phase === "after a tool ran" ? 0 : 5)
/** Bytes that are sent before the connection is cut: some of the block under way, never its end. */
const bytesAt = (phase: Phase) =>
  phase === "before the first byte" || phase === "after a tool ran" ? 0 : 900

const FAULTS: Readonly<Record<string, Row>> = {
  "529 twice": { fault: () => error(529), times: 2, end: "recovers" },
  "529 for ever": { fault: () => error(529), times: 99, end: "fails" },
  "500 twice": { fault: () => error(500), times: 2, end: "recovers" },
  "429 with retry-after": { fault: () => error(429, { retryAfter: 0.02 }), times: 1, end: "recovers" },
  "401": { fault: () => error(401), times: 99, end: "fails" },
  "413": { fault: () => error(413), times: 1, end: "recovers" },
  "400 prompt is too long": {
    fault: () => error(400, { message: "prompt is too long: 250000 tokens > 200000 maximum" }),
    times: 1,
    end: "recovers",
  },
  "a dropped socket": {
    fault: (phase, body) => [...body, dropAfter(bytesAt(phase))],
    times: 1,
    end: "recovers",
  },
  "sockets that always drop": {
    fault: (phase, body) => [...body, dropAfter(bytesAt(phase))],
    times: 99,
    end: "fails",
  },
  silence: { fault: (phase, body) => [...body, silence(bytesAt(phase))], times: 1, end: "recovers" },
  "silence for ever": { fault: (phase, body) => [...body, silence(bytesAt(phase))], times: 99, end: "fails" },
  "a malformed event": {
    fault: (phase, body) => [...body, malformed(eventsAt(phase))],
    times: 1,
    end: "recovers",
  },
  "an error event": {
    fault: (phase, body) => [...body, errorEvent("overloaded_error", "Overloaded", eventsAt(phase))],
    times: 1,
    end: "recovers",
  },
  "a clean early end": {
    fault: (phase, body) => [...body, endAfter(eventsAt(phase))],
    times: 1,
    end: "recovers",
  },
}

/** A healthy reply comes well within this, also on a loaded machine. */
const SHORT = { firstByteMs: 500, idleMs: 500, silentMs: 100, tickMs: 20 }

const LONG = "A sentence that is long enough to be cut somewhere in its middle. ".repeat(4)
const LAST = "All done."

function bodyOf(phase: Phase): readonly Part[] {
  if (phase === "in tool input") return [toolUse("Count", { why: LONG })]
  return [text(phase === "in text" ? LONG : "Short.")]
}

/** A turn of one call and an answer, with the fault put in at its phase. */
function scriptOf(row: Row, phase: Phase): (request: unknown, index: number) => Reply {
  const good: readonly Reply[] = [
    [text("I count."), toolUse("Count", { why: "first" })],
    ...(phase === "in tool input" ? [toolUse("Count", { why: LONG })] : []),
    text(LAST),
  ]
  const at = phase === "before the first byte" ? 0 : 1
  let place = 0
  let faults = 0
  return (request) => {
    if (isSummary(request)) return text("A summary of what happened.")
    if (place === at && faults < row.times) {
      faults++
      return row.fault(phase, bodyOf(phase))
    }
    return good[place++] ?? text("And on.")
  }
}

function isSummary(request: unknown): boolean {
  return JSON.stringify((request as { body: unknown }).body).includes("about to be replaced by a summary")
}

function counter() {
  const runs: unknown[] = []
  const tool = toyTool("Count", "read", async ({ why }) => {
    runs.push(why)
    return "counted"
  })
  return { runs, tool }
}

for (const [name, row] of Object.entries(FAULTS)) {
  describe(name, () => {
    for (const phase of PHASES) {
      test.concurrent(`${phase}: the turn ${row.end}, and the next prompt works`, async () => {
        const { runs, tool } = counter()
        const script = scriptOf(row, phase)
        let calm = true
        const r = await wire({
          script: (request, index) => (calm ? text("Hello again.") : script(request, index)),
          tools: [tool],
          client: {
            env: { CLAUDE_CODE_MAX_RETRIES: "3" },
            ...(name.startsWith("silence") ? { deadlines: SHORT } : {}),
          },
        })
        // Something that a compaction can work on.
        r.say("Hello")
        await r.until("turn.end")
        calm = false
        r.say("Count, please")
        const end = await r.until("turn.end")
        expect(end.reason).toBe(row.end === "recovers" ? "completed" : "api_error")
        if (row.end === "recovers") expect(end.result).toBe(LAST)
        else expect(end.message).toMatch(/service|connection|data|broke|credential|lost/i)
        // Every call ran once: half a call never, a whole one never again.
        expect(new Set(runs).size).toBe(runs.length)
        const told = r.events.flatMap((event) => (event.type === "tool.end" ? [event.id] : []))
        expect(new Set(told).size).toBe(told.length)
        expect(told.length).toBe(runs.length)

        calm = true
        r.say("Still there?")
        const next = await r.until("turn.end")
        expect(next.reason).toBe("completed")
        expect(next.result).toBe("Hello again.")
        // 400 was only ever what the script said, never the fake's own judgement of a request.
        const scripted = name === "400 prompt is too long" ? 1 : 0
        expect(r.rejected().length).toBe(scripted)
        await expectWhole(r.file(await sessionOf(r)), r.events)
        await r.close()
      })
    }
  })
}

/** Every block and result that was told is a line of the file, and every line has its parent before it. */
async function expectWhole(file: string, events: readonly { readonly type: string }[]): Promise<void> {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line)
  const ids = new Set<unknown>()
  for (const line of lines) {
    if (!("uuid" in line)) continue
    if (line.parentUuid !== null) expect(ids.has(line.parentUuid)).toBe(true)
    ids.add(line.uuid)
  }
  for (const event of events as readonly { type: string; uuid?: string }[])
    if (event.uuid !== undefined) expect(ids.has(event.uuid)).toBe(true)
}

describe("Esc gives the prompt back", () => {
  const STATES: Readonly<
    Record<string, { readonly reply: Reply; readonly at: string; readonly code?: string }>
  > = {
    "before the first byte": { reply: [text("x"), silence(0)], at: "reply.begin" },
    "in a silence": { reply: [text("x"), silence(0)], at: "notice", code: "silence" },
    "in text": { reply: [text(LONG), silence(900)], at: "block.grow" },
    "in tool input": { reply: [toolUse("Count", { why: LONG }), silence(1500)], at: "block.grow" },
    "after whole calls": {
      reply: [toolUse("Count", { why: "a" }), text(LONG), silence(1500)],
      at: "block.end",
    },
    "in the pause before a retry": { reply: error(529, { retryAfter: 60 }), at: "notice", code: "api_retry" },
    "in the pause after a 429": { reply: error(429, { retryAfter: 60 }), at: "notice", code: "api_retry" },
    "while retries go on and on": { reply: [text(LONG), dropAfter(700)], at: "notice", code: "api_retry" },
  }
  for (const [name, { reply, at, code }] of Object.entries(STATES)) {
    test.concurrent(name, async () => {
      const { runs, tool } = counter()
      let calm = false
      const r = await wire({
        script: () => (calm ? text("Hello again.") : reply),
        tools: [tool],
        client: { deadlines: { firstByteMs: 60_000, idleMs: 60_000, silentMs: 20, tickMs: 5 } },
      })
      r.say("Go")
      await r.until(at as "notice", (event) => code === undefined || event.code === code)
      const before = performance.now()
      r.send({ type: "interrupt" })
      const end = await r.until("turn.end")
      expect(end.reason).toBe("interrupted")
      // The promise is 100 ms; the rest is room for a loaded machine. Without it this takes 60 s.
      expect(performance.now() - before).toBeLessThan(2_000)
      expect(runs).toEqual([])
      calm = true
      r.say("Still there?")
      expect((await r.until("turn.end")).result).toBe("Hello again.")
      expect(r.rejected()).toEqual([])
      await expectWhole(r.file(await sessionOf(r)), r.events)
      await r.close()
    })
  }
})
