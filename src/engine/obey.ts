/** What each command does. Every command is obeyed at once or put in order behind the running work. */
import { never } from "../lib/never.ts"
import type { Command, PromptCommand } from "../model/command.ts"
import type { Report } from "../model/report.ts"
import { type Core, message } from "./core.ts"
import { directCall } from "./direct-call.ts"
import { rememberRead } from "./file-memory.ts"
import type { LifeCycle } from "./life-cycle.ts"
import { modelRecord } from "./local-commands.ts"
import type { Names } from "./names.ts"
import { makeReport } from "./reports.ts"
import type { Steering } from "./run.ts"
import type { Turns } from "./turns.ts"
import type { WorkQueue } from "./work.ts"

export interface Parts {
  readonly core: Core
  readonly work: WorkQueue
  readonly turns: Turns
  readonly life: LifeCycle
  readonly names: Names
}

export function obey({ core, work, turns, life, names }: Parts, command: Command): void {
  const { session, prompts } = core
  switch (command.type) {
    case "prompt":
      if (command.silent === true) work.after(() => addSilently(core, command))
      else work.prompt(toSteering(command))
      return
    case "interrupt":
      if (command.dropQueue === true) prompts.clear("person")
      work.interrupt()
      return
    case "answer":
      session.asks.answer(command.ask, command.answer)
      return
    case "elicited":
      session.elicitations.answer(command.elicit, command.answer)
      return
    case "continue":
      work.after(turns.goOn)
      return
    case "open":
      work.after(turns.open)
      return
    case "mode": {
      const problem = session.setMode(command.mode)
      if (problem !== null) core.notice("warning", "mode", problem)
      return
    }
    case "model": {
      const problem = session.setModel(command.model)
      if (problem !== null) core.notice("warning", "model", problem)
      // A conversation that has begun is told that another model goes on with it.
      else if (core.current.history.leaf !== null)
        session.note(modelRecord(command.model ?? "default", session.model()))
      return
    }
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
      work.interrupt()
      work.after(life.clear)
      return
    case "resume":
      work.interrupt()
      work.after(() => life.resume(command.session))
      return
    case "rewind":
      work.interrupt()
      work.after(() => life.rewind(command.to))
      return
    case "compact":
      work.after((abort) => turns.compact(command.hint ?? "", abort))
      return
    case "stop-task":
      session.tasks.stop(command.task)
      return
    case "background":
      for (const [id, detach] of session.detachable)
        if (command.toolUseId === undefined || command.toolUseId === id) detach.abort()
      return
    case "title":
      names.give(command.title)
      names.write()
      return
    case "seen":
      void rememberRead(session.files, command.path, command.mtime)
      return
    case "report":
      void report(core, command.report, command.id)
      return
    case "call":
      if (!work.now((abort) => directCall(core.makeRun(abort), command)))
        core.notice("warning", "busy", "a turn is running; nothing was called")
      return
    default:
      never(command)
  }
}

async function report(core: Core, which: Report["report"], id: string): Promise<void> {
  const { ledger, current, bornAt, edits } = core
  try {
    const facts = {
      ledger,
      run: core.makeRun(current.aside),
      durationMs: performance.now() - bornAt,
      ...edits,
    }
    core.push({ type: "report", id, ...(await makeReport(which, facts)) })
  } catch (error) {
    const text = `no report: ${message(error)}`
    core.push({ type: "notice", level: "error", code: "report", text, data: { id } })
  }
}

/** Between turns only: a reply that is repeated takes back whatever was recorded since it began. */
async function addSilently(core: Core, command: PromptCommand): Promise<void> {
  const { uuid, content } = toSteering(command)
  core.current.history.addUser(content, { uuid })
  core.push({ type: "prompt", uuid, content, origin: "person" })
}

function toSteering(command: PromptCommand): Steering {
  return {
    uuid: command.uuid ?? crypto.randomUUID(),
    content: command.content,
    origin: command.origin ?? "person",
    ...(command.verbatim === undefined ? {} : { verbatim: command.verbatim }),
    ...(command.priority === undefined ? {} : { priority: command.priority }),
  }
}
