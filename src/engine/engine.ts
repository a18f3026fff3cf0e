import { raceAbort } from "../lib/abort.ts"
import { never } from "../lib/never.ts"
import { textOf } from "../model/block.ts"
import type { Command, PromptCommand } from "../model/command.ts"
import type { Engine } from "../model/engine.ts"
import type { Event, EventBody, SessionState } from "../model/event.ts"
import type { Report } from "../model/report.ts"
import { createAgentPort } from "./agents/agent-port.ts"
import { compact, STUCK } from "./compaction/compact.ts"
import { usedBy } from "./context-used.ts"
import { createRun, newMeter } from "./create-run.ts"
import { deferredCall, takeUp } from "./deferred.ts"
import { directCall } from "./direct-call.ts"
import { elicit } from "./elicit.ts"
import { createEventQueue } from "./event-queue.ts"
import { rememberRead } from "./file-memory.ts"
import { createHistory, type History } from "./history.ts"
import { isAnsweredHere, startsCommand } from "./intake.ts"
import { createLedger } from "./ledger.ts"
import { modelRecord } from "./local-commands.ts"
import type { EngineOptions, LoadedSession } from "./options.ts"
import { createPromptQueue, excerpt } from "./queue.ts"
import { countLines, makeReport } from "./reports.ts"
import type { Meter, Run, Steering } from "./run.ts"
import { createSchedule } from "./schedule.ts"
import { createSession } from "./session.ts"
import { endSession, type Opening, openSession, tellFailure, tellIdle } from "./session-hooks.ts"
import { suggestPrompt } from "./suggest-prompt.ts"
import { makeTitle } from "./title.ts"
import { turn } from "./turn.ts"
import type { TurnOutcome } from "./turn-outcome.ts"

/** Notes for the model that wait for a prompt; the newest say most. */
const MAX_NOTES = 10

/** What `close` gives children and the log to come to an end. */
const CLOSE_DEADLINE_MS = 2_000

/** The local engine: one session at a time, one turn at a time, commands at any time. */
export function createEngine(options: EngineOptions): Engine {
  const queue = createEventQueue()
  const ledger = createLedger()
  const quarantined = new Set<string>()
  const bornAt = performance.now()
  const edits = { linesAdded: 0, linesRemoved: 0 }
  let turnNumber = 0
  let context: SessionState["context"] = {
    used: usedBy(options.resume),
    window: options.models.resolve(options.models.model).window,
  }
  let running: { readonly abort: AbortController; readonly done: Promise<void> } | undefined
  /** What waits for the running work to end; it comes before prompts that wait. */
  const afterwards: Work[] = []
  let closed = false
  /** The session's first hooks; null when there is nothing to wait for. */
  let opening: Promise<Opening> | null = null
  let idle = new AbortController()
  /** Requests beside the turns; `close` and a new session end them. */
  let aside = new AbortController()
  /** A resumed session has its name already. */
  let titled = options.titles !== true || options.resume !== undefined
  let clearing = false
  /** What the model reads before the next prompt. */
  const notes: Steering[] = []
  let deferred = options.defers === true ? deferredCall(options.resume?.lines ?? []) : null
  /** A name given by the host, kept until the session has a line: a title alone is no session. */
  let givenTitle: string | null = null

  const push = (body: EventBody, at: Pick<Event, "agent"> = {}) => {
    if (body.type === "tool.end") countLines(body.view, edits)
    if (body.type === "reply.end" && at.agent === undefined) context = body.context
    queue.push({ ...body, turn: running === undefined ? 0 : turnNumber, ...at })
  }
  const prompts = createPromptQueue((queued) => push({ type: "queue", queued }))

  let sessionId = options.resume?.id ?? options.sessionId ?? crypto.randomUUID()
  const schedule = createSchedule({
    file: options.scheduleFile ?? null,
    now: () => options.now?.().getTime() ?? Date.now(),
    fire(prompt) {
      push({ type: "notice", level: "info", code: "scheduled", text: `scheduled: ${excerpt(prompt)}` })
      remind(`<scheduled-task>\n${prompt}\n</scheduled-task>`)
    },
    problem: (text) => push({ type: "notice", level: "warning", code: "scheduled", text }),
  })
  const session = createSession(options, sessionId, {
    schedule,
    onNews: (task, text) =>
      remind(
        `<task-notification>\n<task-id>${task.id}</task-id>\n<status>running</status>\n<event>${text}</event>\n</task-notification>`,
      ),
    emitState: (why) => push({ type: "session", why, session: { ...session.state(context), id: sessionId } }),
    notice: (level, code, text) => push({ type: "notice", level, code, text }),
    wake: (content) => enqueue({ uuid: crypto.randomUUID(), content, origin: "task" }),
    rename: (name) => {
      givenTitle = name
    },
    note: (content) => {
      if (notes.push({ uuid: crypto.randomUUID(), content, origin: "reminder" }) > MAX_NOTES) notes.shift()
    },
    clearAfterTurn: () => {
      clearing = true
    },
    addSide: (line) => history.addSide(line),
    onTask: (change) => push({ type: "task", ...change }),
    onTaskEnd: (task, toolUseId, summary) => {
      const content = `<task-notification>\n<task-id>${task.id}</task-id>\n<tool-use-id>${toolUseId}</tool-use-id>\n<output-file>${task.outputFile}</output-file>\n<status>${task.status}</status>\n<summary>${summary}</summary>\n</task-notification>`
      if (task.status !== "killed") enqueue({ uuid: crypto.randomUUID(), content, origin: "task" })
    },
  })
  let history = open(options.resume)
  let toolsTold = session.state(context).tools.join()
  session.changed(options.resume === undefined ? "start" : "resume")
  options.attach?.({
    send(command) {
      if (!closed) send(command)
    },
    changed: () => session.changed("tools"),
    notice: (level, code, text, data) =>
      push({ type: "notice", level, code, text, ...(data === undefined ? {} : { data }) }),
    elicit(about, signal) {
      const abort = running?.abort ?? aside
      return elicit(makeRun(abort), about, AbortSignal.any([signal, abort.signal]))
    },
  })

  function open(resume: LoadedSession | undefined): History {
    return createHistory({
      log: options.store.openLog(sessionId),
      version: options.version,
      entrypoint: options.entrypoint,
      place: () => ({ cwd: session.place().cwd, gitBranch: options.place.gitBranch() }),
      ...(resume === undefined ? {} : { lines: resume.lines, leaf: resume.leaf }),
    })
  }

  function remind(content: string): void {
    enqueue({ uuid: crypto.randomUUID(), content, origin: "reminder" })
  }

  function enqueue(prompt: Steering): void {
    if (closed) return
    if (!prompts.add(prompt)) {
      push({
        type: "notice",
        level: "error",
        code: "queue_full",
        text: "too many prompts are waiting; this one was dropped",
      })
    }
    if (prompt.priority === "now") running?.abort.abort()
    startNext()
  }

  function startNext(): void {
    if (running !== undefined || closed) return
    const work = afterwards.shift()
    const prompt = work === undefined ? prompts.next() : undefined
    if (work === undefined && prompt === undefined) return
    idle.abort()
    if (work !== undefined) start(work)
    else if (prompt !== undefined) start((abort) => runPrompt(prompt, abort))
  }

  /** One piece of work at a time; whatever it throws is a bug, and the session lives on. */
  function start(work: Work): void {
    const abort = new AbortController()
    const done = work(abort)
      .catch((error: unknown) => {
        push({ type: "notice", level: "error", code: "crashed", text: `internal error: ${message(error)}` })
      })
      .then(() => {
        running = undefined
        history.sync()
        startNext()
      })
    running = { abort, done }
  }

  async function runPrompt(prompt: Steering, abort: AbortController): Promise<void> {
    await runTurn(abort, async (run, context) => {
      const before = await takeUpDeferred(run)
      if ("reason" in before) return before
      // A command that is answered here leaves the notes to the prompt after it.
      const due = isAnsweredHere(options, prompt) ? [] : notes.splice(0)
      const outcome = await turn(run, [...before.context, ...context, ...due, prompt])
      if (prompt.origin === "person") {
        nameSession(textOf(prompt.content))
        history.addSide({ type: "last-prompt", lastPrompt: excerpt(textOf(prompt.content)), sessionId })
      }
      return outcome
    })
  }

  /** What an earlier process put off comes before anything new. */
  async function takeUpDeferred(run: Run): Promise<TurnOutcome | { readonly context: readonly Steering[] }> {
    const call = deferred
    deferred = null
    return call === null ? { context: [] } : takeUp(run, call)
  }

  /** Beside everything else, and never a reason for anything to wait or fail. */
  function nameSession(prompt: string): void {
    if (titled || prompt.trim() === "") return
    titled = true
    const of = history
    makeTitle(makeRun(aside), prompt)
      .then((title) => {
        if (title === null || closed || of !== history) return
        history.addSide({ type: "ai-title", aiTitle: title, sessionId })
        session.setTitle(title)
      })
      .catch(() => {})
  }

  /** Tools may have come or gone since readers were last told: a host's schema, servers, skills. */
  function tellTools(): void {
    const now = session.state(context).tools.join()
    if (toolsTold !== now) session.changed("tools")
    toolsTold = now
  }

  /** Whatever `work` does, `turn.end` follows `turn.begin`. */
  async function runTurn(
    abort: AbortController,
    work: (run: Run, context: readonly Steering[]) => Promise<TurnOutcome>,
  ): Promise<void> {
    turnNumber++
    const startedAt = performance.now()
    // What the session starts with is part of the first turn: its hooks, and servers that still connect.
    const context = await whenOpen(abort.signal)
    tellTools()
    push({ type: "turn.begin", model: session.model().id, mode: session.mode() })
    options.finish?.begin()
    let meter = newMeter(0)
    let outcome: TurnOutcome
    try {
      const run = makeRun(abort)
      meter = run.meter
      outcome = await work(run, context)
      tellFailure(run, outcome)
    } catch (error) {
      outcome = { reason: "crashed", message: `internal error: ${message(error)}` }
    }
    session.turnEnded()
    const suggesting = suggestsAfter(outcome, meter)
    // Told before the end of the turn: a run that would be over with it waits for the suggestion.
    if (suggesting) pushSuggesting(true)
    writeTitle()
    if (prompts.length === 0 && !closed) {
      idle = new AbortController()
      void tellIdle(makeRun(new AbortController()), idle.signal)
    }
    push({
      type: "turn.end",
      ...outcome,
      result: meter.lastText,
      stopReason: outcome.reason === "interrupted" ? null : meter.stopReason,
      durationMs: performance.now() - startedAt,
      apiMs: meter.apiMs,
      requests: meter.requests,
      usage: meter.usage,
      denials: meter.denials,
      totals: ledger.totals(),
    })
    if (suggesting) void suggest()
    if (clearing) await change(undefined, "clear")
    clearing = false
  }

  /** Not where it would be noise: the first turn, a failure, a plan, a prompt that waits already. */
  function suggestsAfter({ reason, localCommand, terminal }: TurnOutcome, meter: Meter): boolean {
    return (
      options.suggestions === true &&
      reason === "completed" &&
      localCommand === undefined &&
      terminal === undefined &&
      meter.lastText !== "" &&
      session.mode() !== "plan" &&
      prompts.length === 0 &&
      !closed &&
      !clearing &&
      (turnNumber > 1 || options.resume !== undefined)
    )
  }

  function pushSuggesting(open: boolean): void {
    push({ type: "notice", level: "info", code: "suggesting", text: "", data: { open } })
  }

  /** Beside everything else; the next prompt makes it pointless. */
  async function suggest(): Promise<void> {
    const suggestion = await suggestPrompt(makeRun(aside), idle.signal).catch(() => null)
    if (suggestion !== null && !idle.signal.aborted && !closed)
      push({
        type: "notice",
        level: "info",
        code: "prompt_suggestion",
        text: suggestion,
        data: { suggestion },
      })
    pushSuggesting(false)
  }

  const makeRun = (abort: AbortController) =>
    createRun({
      session,
      history,
      ledger,
      quarantined,
      abort,
      depth: 0,
      files: session.files,
      contextUsed: context.used,
      limits: options.limits,
      tools: () => (options.finish?.tool ? [...options.tools, options.finish.tool] : options.tools),
      push,
      agents: (run) => createAgentPort(run, push),
      steering: () => prompts.take(joins),
    })

  const hears = (...events: readonly string[]) => events.some((event) => session.hooks.listens(event))

  function beginSession(source: "startup" | "resume" | "clear", setup?: "init" | "maintenance"): void {
    opening = null
    if (!hears("SessionStart", ...(setup === undefined ? [] : ["Setup"]))) return
    opening = openSession(makeRun(new AbortController()), source, setup)
    void opening.then(({ prompt }) => {
      if (prompt !== undefined) enqueue(prompt)
    })
  }

  async function whenOpen(signal: AbortSignal): Promise<readonly Steering[]> {
    const ready = options.ready?.() ?? null
    if (opening === null && ready === null) return []
    const opened = await raceAbort(Promise.all([opening, ready]), signal)
    if (opened === "aborted") return []
    opening = null
    return opened[0]?.context ?? []
  }

  /** What may join a running turn: commands and what is for later get a turn of their own. */
  const joins = (prompt: Steering) => prompt.priority !== "later" && !startsCommand(options, prompt)

  /** After the running turn, in order. */
  function afterTurn(work: Work): void {
    afterwards.push(work)
    startNext()
  }

  async function change(next: LoadedSession | undefined, why: "clear" | "resume"): Promise<void> {
    if (hears("SessionEnd")) await endSession(makeRun(new AbortController()), why)
    aside.abort()
    schedule.clear()
    aside = new AbortController()
    deferred = null
    titled = options.titles !== true || next !== undefined
    history.close()
    sessionId = next?.id ?? crypto.randomUUID()
    session.restart(sessionId)
    quarantined.clear()
    notes.length = 0
    context = { used: usedBy(next), window: session.model().window }
    history = open(next)
    session.changed(why)
    beginSession(why)
  }

  function send(command: Command): void {
    switch (command.type) {
      case "prompt":
        if (command.silent === true) afterTurn(() => addSilently(command))
        else enqueue(toSteering(command))
        return
      case "interrupt":
        if (command.dropQueue === true) prompts.clear("person")
        running?.abort.abort()
        return
      case "continue":
        afterTurn((abort) =>
          runTurn(abort, async (run, context) => {
            const before = await takeUpDeferred(run)
            return "reason" in before ? before : turn(run, [...before.context, ...context])
          }),
        )
        return
      case "open":
        afterTurn((abort) => runTurn(abort, async () => ({ reason: "completed", localCommand: "init" })))
        return
      case "answer":
        session.asks.answer(command.ask, command.answer)
        return
      case "elicited":
        session.elicitations.answer(command.elicit, command.answer)
        return
      case "mode": {
        const problem = session.setMode(command.mode)
        if (problem !== null) push({ type: "notice", level: "warning", code: "mode", text: problem })
        return
      }
      case "model":
        session.setModel(command.model)
        noteModel(command.model ?? "default")
        return
      case "effort":
        session.setEffort(command.effort)
        return
      case "thinking":
        session.setThinking(command.tokens, command.display)
        return
      case "unqueue":
        prompts.remove(command.uuid)
        return
      case "permissions":
        session.updatePermissions(command.updates)
        return
      case "reload":
        session.reload(command)
        return
      case "clear":
        prompts.clear()
        running?.abort.abort()
        afterTurn(() => change(undefined, "clear"))
        return
      case "resume":
        running?.abort.abort()
        afterTurn(() => resume(command.session))
        return
      case "compact":
        afterTurn((abort) => runTurn(abort, (run) => compactNow(run, command.hint ?? "")))
        return
      case "stop-task":
        session.tasks.stop(command.task)
        return
      case "background":
        for (const [id, detach] of session.detachable)
          if (command.toolUseId === undefined || command.toolUseId === id) detach.abort()
        return
      case "title":
        givenTitle = command.title
        if (history.leaf !== null) writeTitle()
        return
      case "seen":
        void rememberRead(session.files, command.path, command.mtime)
        return
      case "report":
        void tell(command.report, command.id)
        return
      case "call":
        if (running === undefined) start((abort) => directCall(makeRun(abort), command))
        else
          push({
            type: "notice",
            level: "warning",
            code: "busy",
            text: "a turn is running; nothing was called",
          })
        return
      default:
        never(command)
    }
  }

  async function tell(report: Report["report"], id: string): Promise<void> {
    try {
      const facts = { ledger, run: makeRun(aside), durationMs: performance.now() - bornAt, ...edits }
      push({ type: "report", id, ...(await makeReport(report, facts)) })
    } catch (error) {
      push({
        type: "notice",
        level: "error",
        code: "report",
        text: `no report: ${message(error)}`,
        data: { id },
      })
    }
  }

  /** A conversation that has begun is told that another model goes on with it. */
  function noteModel(name: string): void {
    if (history.leaf !== null) session.note(modelRecord(name, session.model()))
  }

  /** Between turns only: a reply that is repeated takes back whatever was recorded since it began. */
  async function addSilently(command: PromptCommand): Promise<void> {
    const { uuid, content } = toSteering(command)
    history.addUser(content, { uuid })
    push({ type: "prompt", uuid, content, origin: "person" })
  }

  /** Kept until the session has a line: a title alone is no session. */
  function writeTitle(): void {
    if (givenTitle !== null) history.addSide({ type: "custom-title", customTitle: givenTitle, sessionId })
    givenTitle = null
  }

  async function resume(id: string): Promise<void> {
    const loaded = await options.store.load(id)
    if (loaded !== null) return change(loaded, "resume")
    push({
      type: "notice",
      level: "error",
      code: "resume",
      text: `No conversation found with session ID: ${id}`,
    })
  }

  async function compactNow(run: Run, hint: string): Promise<TurnOutcome> {
    const result = await compact(run, { trigger: "manual", hint })
    context = { ...context, used: run.meter.contextUsed }
    switch (result) {
      case "done":
        return { reason: "completed" }
      case "aborted":
        return { reason: "interrupted", during: "reply" }
      case "blocked":
        return { reason: "completed" }
      case "nothing":
        push({ type: "notice", level: "info", code: "info", text: "there is nothing to compact yet" })
        return { reason: "completed" }
      case "stuck":
        return { reason: "api_error", message: STUCK }
      default:
        return never(result)
    }
  }

  beginSession(options.resume === undefined ? "startup" : "resume", options.setup)

  return {
    send(command) {
      if (!closed) send(command)
    },
    events: () => queue,
    async close() {
      if (closed) return
      closed = true
      prompts.clear()
      afterwards.length = 0
      running?.abort.abort()
      idle.abort()
      aside.abort()
      schedule.stop()
      session.tasks.stopAll()
      await Promise.race([
        Promise.all([running?.done, session.tasks.idle()]),
        new Promise((resolve) => setTimeout(resolve, CLOSE_DEADLINE_MS).unref()),
      ])
      if (hears("SessionEnd")) await endSession(makeRun(new AbortController()), "other")
      history.close()
      queue.end()
    },
  }
}

type Work = (abort: AbortController) => Promise<void>

function toSteering(command: PromptCommand): Steering {
  return {
    uuid: command.uuid ?? crypto.randomUUID(),
    content: command.content,
    origin: command.origin ?? "person",
    ...(command.verbatim === undefined ? {} : { verbatim: command.verbatim }),
    ...(command.priority === undefined ? {} : { priority: command.priority }),
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
