/** What each command does. Every command is obeyed at once or put in order behind the running work. */
import { never } from "../lib/never.ts"
import type { Command, PromptCommand } from "../model/command.ts"
import type { PermissionUpdate } from "../model/permission.ts"
import type { Report } from "../model/report.ts"
import { type Core, message } from "./core.ts"
import { directCall } from "./direct-call.ts"
import { rememberRead } from "./file-memory.ts"
import { fireHook } from "./fire-hook.ts"
import type { LifeCycle } from "./life-cycle.ts"
import type { Names } from "./names.ts"
import { notify } from "./notify.ts"
import { makeReport } from "./reports.ts"
import type { Steering } from "./run.ts"
import { switchModel } from "./switch-model.ts"
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
      const tell = (problem: string | null) => {
        if (problem !== null) core.notice("warning", "model", problem)
      }
      const source = core.options.defers === true ? "sdk" : (command.source ?? "command")
      const done = switchModel(core.makeRun(core.current.aside), command.model, source)
      if (done instanceof Promise)
        session.settle(
          "model",
          done.then((problem) => {
            if (problem === null) core.notice("info", "model", `Model: ${session.model().displayName}`)
            tell(problem)
          }),
        )
      else tell(done)
      return
    }
    case "effort":
      session.setEffort(command.effort)
      return
    case "fast": {
      const problem = session.setFast(command.on)
      if (problem !== null) core.notice("warning", "fast", problem)
      return
    }
    case "thinking":
      session.setThinking(command.tokens, command.display)
      return
    case "unqueue":
      prompts.remove(command.uuid)
      return
    case "permissions":
      session.updatePermissions(command.updates)
      if (command.added !== undefined) tellAdded(core, command.updates, command.added)
      return
    case "reload":
      session.reload(command)
      session.watch()
      return
    case "signed-in":
      void notify(core.makeRun(core.current.aside), "auth_success", command.text)
      return
    case "leaving":
      session.leave(command.why)
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

/** DirectoryAdded is told, not asked. */
function tellAdded(
  core: Core,
  updates: readonly PermissionUpdate[],
  source: "slash_command" | "register_repo_root",
): void {
  if (!core.hears("DirectoryAdded")) return
  const run = core.makeRun(core.current.aside)
  for (const update of updates) {
    if (update.type !== "addDirectories") continue
    for (const directory of update.directories)
      void fireHook(run, "DirectoryAdded", { directory, source }, { matcher: source })
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
