import { never } from "../lib/never.ts"
import { textOf } from "../model/block.ts"
import type { Command, PromptCommand } from "../model/command.ts"
import type { Engine } from "../model/engine.ts"
import type { Event, EventBody, SessionState } from "../model/event.ts"
import { createAgentPort } from "./agents/agent-port.ts"
import { compact } from "./compaction/compact.ts"
import { createRun } from "./create-run.ts"
import { directCall } from "./direct-call.ts"
import { createEventQueue } from "./event-queue.ts"
import { createHistory, type History } from "./history.ts"
import { createLedger } from "./ledger.ts"
import type { EngineOptions, LoadedSession } from "./options.ts"
import { createPromptQueue } from "./queue.ts"
import type { Steering } from "./run.ts"
import { createSession } from "./session.ts"
import { type TurnOutcome, turn } from "./turn.ts"

/** What `close` gives children and the log to come to an end. */
const CLOSE_DEADLINE_MS = 2_000

/** The local engine: one session at a time, one turn at a time, commands at any time. */
export function createEngine(options: EngineOptions): Engine {
  const queue = createEventQueue()
  const ledger = createLedger()
  const quarantined = new Set<string>()
  let turnNumber = 0
  let context: SessionState["context"] = {
    used: 0,
    window: options.models.resolve(options.models.model).window,
  }
  let running: { readonly abort: AbortController; readonly done: Promise<void> } | undefined
  let closed = false

  const push = (body: EventBody, at: Pick<Event, "agent"> = {}) => {
    if (body.type === "reply.end" && at.agent === undefined) context = body.context
    queue.push({ ...body, turn: running === undefined ? 0 : turnNumber, ...at })
  }
  const prompts = createPromptQueue((queued) => push({ type: "queue", queued }))

  let sessionId = options.resume?.id ?? options.sessionId ?? crypto.randomUUID()
  const session = createSession(options, sessionId, {
    emitState: (why) => push({ type: "session", why, session: { ...session.state(context), id: sessionId } }),
    notice: (level, code, text) => push({ type: "notice", level, code, text }),
    onTask: (change) => push({ type: "task", ...change }),
    onTaskEnd: (task, toolUseId, summary) => {
      const content = `<task-notification>\n<task-id>${task.id}</task-id>\n<tool-use-id>${toolUseId}</tool-use-id>\n<output-file>${task.outputFile}</output-file>\n<status>${task.status}</status>\n<summary>${summary}</summary>\n</task-notification>`
      if (task.status !== "killed") enqueue({ uuid: crypto.randomUUID(), content, origin: "task" })
    },
  })
  let history = open(options.resume)
  session.changed(options.resume === undefined ? "start" : "resume")

  function open(resume: LoadedSession | undefined): History {
    return createHistory({
      log: options.store.openLog(sessionId),
      version: options.version,
      entrypoint: options.entrypoint,
      place: () => ({ cwd: session.place().cwd, gitBranch: options.place.gitBranch() }),
      ...(resume === undefined ? {} : { lines: resume.lines, leaf: resume.leaf }),
    })
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
    startNext()
  }

  function startNext(): void {
    if (running !== undefined || closed) return
    const prompt = prompts.next()
    if (prompt !== undefined) start((abort) => runTurn(prompt, abort))
  }

  /** One piece of work at a time; whatever it throws is a bug, and the session lives on. */
  function start(work: (abort: AbortController) => Promise<void>): void {
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

  async function runTurn(prompt: Steering, abort: AbortController): Promise<void> {
    turnNumber++
    const startedAt = performance.now()
    push({ type: "turn.begin", model: session.model().id, mode: session.mode() })
    const run = makeRun(abort)
    const outcome: TurnOutcome = await turn(run, [prompt]).catch((error: unknown) => ({
      reason: "crashed",
      message: `internal error: ${message(error)}`,
    }))
    if (prompt.origin === "person") {
      history.addSide({ type: "last-prompt", lastPrompt: excerpt(textOf(prompt.content)), sessionId })
    }
    const { meter } = run
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
      tools: options.tools,
      push,
      agents: (run) => createAgentPort(run, push),
      steering: () => prompts.take(),
    })

  /** After the running turn, in order. */
  function afterTurn(work: () => Promise<void>): void {
    const current = running
    if (current === undefined) {
      start(work)
      return
    }
    current.abort.abort()
    current.done.then(() => (running === undefined ? start(work) : afterTurn(work)))
  }

  async function change(next: LoadedSession | undefined, why: "clear" | "resume"): Promise<void> {
    history.close()
    sessionId = next?.id ?? crypto.randomUUID()
    session.restart(sessionId)
    quarantined.clear()
    context = { used: 0, window: session.model().window }
    history = open(next)
    session.changed(why)
  }

  function send(command: Command): void {
    switch (command.type) {
      case "prompt":
        if (command.silent === true) addSilently(command)
        else enqueue(toSteering(command))
        return
      case "interrupt":
        if (command.dropQueue === true) prompts.clear()
        running?.abort.abort()
        return
      case "answer":
        session.asks.answer(command.ask, command.answer)
        return
      case "mode": {
        const problem = session.setMode(command.mode)
        if (problem !== null) push({ type: "notice", level: "warning", code: "mode", text: problem })
        return
      }
      case "model":
        session.setModel(command.model)
        return
      case "effort":
        session.setEffort(command.effort)
        return
      case "thinking":
        session.setThinking(command.tokens)
        return
      case "unqueue":
        prompts.remove(command.uuid)
        return
      case "permissions":
        session.updatePermissions(command.updates)
        return
      case "clear":
        prompts.clear()
        afterTurn(() => change(undefined, "clear"))
        return
      case "resume":
        afterTurn(() => resume(command.session))
        return
      case "compact":
        afterTurn(() => compactNow(command.hint ?? ""))
        return
      case "stop-task":
        session.tasks.stop(command.task)
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

  function addSilently(command: PromptCommand): void {
    const { uuid, content } = toSteering(command)
    history.addUser(content, { uuid })
    push({ type: "prompt", uuid, content, origin: "person" })
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

  async function compactNow(hint: string): Promise<void> {
    const abort = new AbortController()
    if (!(await compact(makeRun(abort), { trigger: "manual", hint }))) {
      push({ type: "notice", level: "info", code: "compacting", text: "there is nothing to compact yet" })
    }
    context = { ...context, used: 0 }
  }

  return {
    send(command) {
      if (!closed) send(command)
    },
    events: () => queue,
    async close() {
      if (closed) return
      closed = true
      prompts.clear()
      running?.abort.abort()
      session.tasks.stopAll()
      await Promise.race([
        Promise.all([running?.done, session.tasks.idle()]),
        new Promise((resolve) => setTimeout(resolve, CLOSE_DEADLINE_MS).unref()),
      ])
      history.close()
      queue.end()
    },
  }
}

function toSteering(command: PromptCommand): Steering {
  return {
    uuid: command.uuid ?? crypto.randomUUID(),
    content: command.content,
    origin: command.origin ?? "person",
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The prompt as the session list shows it. */
const EXCERPT_CHARS = 200
function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim()
  return line.length <= EXCERPT_CHARS ? line : `${line.slice(0, EXCERPT_CHARS)}…`
}
