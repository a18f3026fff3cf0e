/** The local engine: one session at a time, one turn at a time, commands at any time. The parts, and who tells whom. */

import type { Command } from "../model/command.ts"
import { countLines } from "../model/count-lines.ts"
import type { Engine } from "../model/engine.ts"
import type { Event, EventBody } from "../model/event.ts"
import { createAgentPort } from "./agents/agent-port.ts"
import { leftBehind, scheduled, taskEnd, taskNews, wakeUp } from "./background-news.ts"
import { usedBy } from "./context-used.ts"
import type { Core, Current } from "./core.ts"
import { createRun } from "./create-run.ts"
import { elicit } from "./elicit.ts"
import { createEventQueue } from "./event-queue.ts"
import { fireHook } from "./fire-hook.ts"
import { startsCommand } from "./intake.ts"
import { createLedger } from "./ledger.ts"
import { createLifeCycle, openHistory } from "./life-cycle.ts"
import { createNames } from "./names.ts"
import { createNotes } from "./notes.ts"
import { notify } from "./notify.ts"
import { obey } from "./obey.ts"
import type { EngineOptions } from "./options.ts"
import { createPromptQueue, excerpt } from "./queue.ts"
import type { Steering } from "./run.ts"
import { createSchedule } from "./schedule.ts"
import { createSession } from "./session.ts"
import { createTurns } from "./turns.ts"
import { createWork } from "./work.ts"

/** What `close` gives children and the log to come to an end. */
const CLOSE_DEADLINE_MS = 2_000

export function createEngine(options: EngineOptions): Engine {
  const queue = createEventQueue()
  const ledger = createLedger()
  const quarantined = new Set<string>()
  const edits = { linesAdded: 0, linesRemoved: 0 }
  let closed = false

  const push = (body: EventBody, at: Pick<Event, "agent"> = {}) => {
    if (body.type === "tool.end") countLines(body.view, edits)
    if (body.type === "reply.end" && at.agent === undefined) current.context = body.context
    queue.push({ ...body, turn: inTurn(), ...at })
  }
  const notice: Core["notice"] = (level, code, text, data) =>
    push({ type: "notice", level, code, text, ...(data === undefined ? {} : { data }) })
  const prompts = createPromptQueue((queued) => push({ type: "queue", queued }))

  const notes = createNotes()

  const schedule = createSchedule({
    file: options.scheduleFile ?? null,
    ...(options.endsWithAnswer === true ? { endsWithAnswer: true } : {}),
    now: () => options.now?.().getTime() ?? Date.now(),
    fire(prompt) {
      notice("info", "scheduled", `scheduled: ${excerpt(prompt)}`)
      work.prompt(scheduled(prompt))
    },
    problem: (text) => notice("warning", "scheduled", text),
  })

  const id = options.resume?.id ?? options.sessionId ?? crypto.randomUUID()
  const session = createSession(options, id, {
    schedule,
    notice,
    emitState: (why) =>
      push({ type: "session", why, session: { ...session.state(current.context), id: current.id } }),
    rename: (name) => names.give(name),
    note: notes.add,
    clearAfterTurn: () => turns.clearAfter(),
    addSide: (line) => current.history.addSide(line),
    wake: (text) => work.prompt(wakeUp(text)),
    aside: () => core.makeRun(current.aside),
    onTask: (change) => push({ type: "task", ...change }),
    onNews: (task, text) => work.prompt(taskNews(task, text)),
    onTaskEnd(task, toolUseId, summary) {
      if (task.status !== "killed") work.prompt(taskEnd(task, toolUseId, summary))
      if (task.kind === "agent")
        void notify(core.makeRun(current.aside), "agent_completed", `${task.description}: ${task.status}`)
    },
  })
  const current: Current = {
    id,
    history: openHistory(options, id, () => session.place().cwd, options.resume),
    context: { used: usedBy(options.resume), window: session.model().window },
    aside: new AbortController(),
  }

  const core: Core = {
    options,
    session,
    ledger,
    prompts,
    current,
    edits,
    bornAt: performance.now(),
    get closed() {
      return closed
    },
    push,
    notice,
    hears: (...events) => events.some((event) => session.hooks.listens(event)),
    makeRun: (abort) =>
      createRun({
        session,
        history: current.history,
        ledger,
        quarantined,
        abort,
        depth: 0,
        files: session.files,
        contextUsed: current.context.used,
        limits: options.limits,
        tools: () => (options.finish?.tool ? [...options.tools, options.finish.tool] : options.tools),
        push,
        agents: (run) => createAgentPort(run, push),
        steering: () => prompts.take(joins),
      }),
  }
  /** What may join a running turn: commands and what is for later get a turn of their own. */
  const joins = (prompt: Steering) => prompt.priority !== "later" && !startsCommand(options, prompt)

  const names = createNames(core)
  const life = createLifeCycle(core, {
    enqueue: (prompt) => work.prompt(prompt),
    leave() {
      schedule.clear()
      prompts.clear("news")
      quarantined.clear()
      notes.take()
      turns.forget()
      return leftBehind(session.tasks.leave())
    },
    enter: names.restart,
  })
  const turns = createTurns(core, { life, names, notes })
  const work = createWork({
    prompts,
    runPrompt: turns.prompt,
    begins: turns.stopIdle,
    ended: () => current.history.sync(),
    problem: (code, text) => notice("error", code, text),
  })
  const inTurn = () => (work.current !== null ? turns.number : 0)
  const parts = { core, work, turns, life, names }

  function send(command: Command): void {
    if (!closed) obey(parts, command)
  }

  session.changed(options.resume === undefined ? "start" : "resume")
  options.attach?.({
    send,
    changed: () => session.changed("tools"),
    notice(level, code, text, data) {
      notice(level, code, text, data)
      if (code === "elicitation_complete") void notify(core.makeRun(current.aside), code, text)
    },
    fire: (event, input, extra) => fireHook(core.makeRun(current.aside), event, input, extra),
    elicit(about, signal) {
      const abort = work.current ?? current.aside
      return elicit(core.makeRun(abort), about, AbortSignal.any([signal, abort.signal]))
    },
  })
  life.begin(options.resume === undefined ? "startup" : "resume", options.setup)
  if (core.hears("FileChanged")) session.watch()

  return {
    send,
    events: () => queue,
    async close() {
      if (closed) return
      closed = true
      const rested = work.close()
      turns.stopIdle()
      current.aside.abort()
      schedule.stop()
      session.tasks.stopAll()
      session.endWatch()
      await Promise.race([
        Promise.all([rested, session.tasks.idle(), session.settled("told")]),
        new Promise((resolve) => setTimeout(resolve, CLOSE_DEADLINE_MS).unref()),
      ])
      await life.end()
      current.history.close()
      queue.end()
    },
  }
}
