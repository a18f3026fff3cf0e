import { textOf } from "../model/block.ts"
import { contextPrompts, fireHook, hears } from "./fire-hook.ts"
import { localCommandOf, takeIn } from "./intake.ts"
import { quoted } from "./quoted.ts"
import type { Run, Steering } from "./run.ts"
import { nameSession } from "./session-hooks.ts"
import type { TurnOutcome } from "./turn-outcome.ts"

/**
 * Brings prompts into the conversation: commands become their text, mentioned files come along, hooks have their
 * say. Returns how the turn ends when the model has nothing to do, or null.
 */
export async function addPrompts(run: Run, prompts: readonly Steering[]): Promise<TurnOutcome | null> {
  const first = prompts.find(({ origin }) => origin === "person")
  if (first !== undefined && run.agent === undefined) run.session.sawPrompt(first.uuid)
  const taken = await takeIn(run, prompts)
  if (taken === null) return { reason: "completed", localCommand: localCommandOf(prompts) }
  for (const prompt of taken) {
    const refused = await admit(run, prompt)
    if (refused !== null) return refused
  }
  return null
}

/** Lets UserPromptSubmit hooks see a prompt first: they may refuse it, add to it, or end the turn. */
async function admit(run: Run, prompt: Steering): Promise<TurnOutcome | null> {
  const event = "UserPromptSubmit"
  const source = prompt.origin === "person" ? typedBy(run) : prompt.source
  if (source === undefined || run.agent !== undefined || !hears(run, event)) {
    await addPrompt(run, prompt)
    return null
  }
  const typed = textOf(prompt.shown ?? prompt.content)
  const { title } = run.session.state({ used: 0, window: 0 })
  const outcome = await fireHook(run, event, {
    prompt: typed,
    source,
    ...(title === undefined ? {} : { session_title: title }),
  })
  if (run.signal.aborted) return null
  if (outcome.sessionTitle !== undefined) nameSession(run, outcome.sessionTitle)
  if (outcome.block === true || outcome.stop === true) {
    const why = (outcome.stop === true ? outcome.stopReason : outcome.reason) ?? "no reason given"
    const text = `The prompt was stopped by a ${event} hook: ${why}${quoted(typed, outcome)}`
    run.emit({ type: "notice", level: "warning", code: "prompt_blocked", text })
    run.meter.lastText = text
    return { reason: "completed", terminal: "hook_stopped", message: why }
  }
  await addPrompt(run, prompt)
  for (const more of contextPrompts(event, outcome.context)) await addPrompt(run, more)
  return null
}

function typedBy({ session }: Run): "sdk" | "user" {
  return session.options.entrypoint.startsWith("sdk") ? "sdk" : "user"
}

/** One prompt as it is: on disk, in memory, told. */
export async function addPrompt(run: Run, { uuid, content, origin, shown }: Steering): Promise<void> {
  run.history.addUser(content, {
    uuid,
    ...(origin === "person" ? { permissionMode: run.session.mode() } : { isMeta: true }),
  })
  run.emit({ type: "prompt", uuid, content: shown ?? content, origin })
  if (origin !== "person" || run.agent !== undefined) return
  const snapshot = await run.session.options.checkpoints?.begin(uuid)
  if (snapshot) run.history.addSide(snapshot)
}

/** A word of this program to the model. */
export function reminder(content: string): Steering {
  return { uuid: crypto.randomUUID(), content, origin: "reminder" }
}
