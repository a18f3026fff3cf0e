import { textOf } from "../model/block.ts"
import { contextPrompts, fireHook } from "./fire-hook.ts"
import { answerLocally, isLocalCommand } from "./local-commands.ts"
import type { EngineOptions } from "./options.ts"
import { dynamicReminder } from "./prompt/system-prompt.ts"
import { quoted } from "./quoted.ts"
import type { Run, Steering } from "./run.ts"
import { turnPort } from "./turn-port.ts"

const COMMAND = /^\/([\p{L}\p{N}_:./-]+)(?:\s+([\s\S]*))?$/u

/** True for a command that the model never sees. */
export function isAnsweredHere(options: EngineOptions, prompt: Steering): boolean {
  const call = commandOf(prompt)
  return call !== null && isLocalCommand(options, call.name)
}

/** True for a prompt that begins a command, which gets a turn of its own. */
export function startsCommand(options: EngineOptions, prompt: Steering): boolean {
  const call = commandOf(prompt)
  if (call === null) return false
  return (
    isLocalCommand(options, call.name) ||
    (options.commands?.list() ?? []).some((one) => one.name === call.name)
  )
}

function commandOf({ content, origin, verbatim }: Steering): { name: string; args: string } | null {
  if (origin !== "person" || verbatim) return null
  const match = COMMAND.exec(textOf(content).trim())
  return match === null ? null : { name: match[1] ?? "", args: (match[2] ?? "").trim() }
}

/**
 * Prompts as the conversation gets them: commands replaced by their text, mentioned files beside what was typed. Null
 * when a command answered by itself and the model has nothing to do.
 */
export async function takeIn(run: Run, prompts: readonly Steering[]): Promise<readonly Steering[] | null> {
  const taken: Steering[] = []
  if (run.agent === undefined && run.history.leaf === null && prompts.length > 0) {
    const content = await dynamicReminder(run.session.options, run.session.model())
    if (content !== null) taken.push({ uuid: crypto.randomUUID(), content, origin: "reminder" })
  }
  for (const prompt of prompts) {
    const call = run.agent === undefined ? commandOf(prompt) : null
    if (call !== null && isLocalCommand(run.session.options, call.name)) {
      await answerLocally(run, prompt, call)
      continue
    }
    const expanded = call === null ? null : await expandCommand(run, prompt, call)
    if (expanded === "blocked") continue
    taken.push(...(expanded ?? [prompt, ...(await attachments(run, prompt))]))
  }
  return taken.length === 0 && prompts.length > 0 ? null : taken
}

/** The command that answered a turn by itself. */
export function localCommandOf(prompts: readonly Steering[]): string {
  return prompts.flatMap((prompt) => commandOf(prompt)?.name ?? [])[0] ?? ""
}

async function expandCommand(
  run: Run,
  prompt: Steering,
  { name, args }: { readonly name: string; readonly args: string },
): Promise<readonly Steering[] | "blocked" | null> {
  const port = turnPort(run)
  const command = (await run.session.options.commands?.expand(name, args, port)) ?? null
  if (command === null) return null
  const event = "UserPromptExpansion"
  const said = await fireHook(
    run,
    event,
    {
      expansion_type: command.from ?? "slash_command",
      command_name: command.name,
      command_args: args,
      ...(command.source === undefined ? {} : { command_source: command.source }),
      prompt: textOf(prompt.content),
    },
    { matcher: command.name },
  )
  if (said.block === true || said.stop === true) {
    const why = said.reason ?? said.stopReason ?? "no reason given"
    const text = `/${command.name} was stopped by a ${event} hook: ${why}${quoted(textOf(prompt.content), said)}`
    run.emit({ type: "prompt", uuid: prompt.uuid, content: prompt.content, origin: "person" })
    run.emit({ type: "notice", level: "warning", code: "prompt_blocked", text })
    run.meter.lastText = text
    return "blocked"
  }
  const record = `<command-name>/${command.name}</command-name>\n<command-message>${command.name}</command-message>\n<command-args>${args}</command-args>`
  return [
    { ...prompt, content: record, shown: prompt.content },
    {
      uuid: crypto.randomUUID(),
      content: [
        { type: "text", text: command.text },
        ...(command.blocks ?? []),
        // Paths in a server's words are not the person's.
        ...(command.from === undefined ? await port.mentions(command.text) : []),
      ],
      origin: "reminder",
    },
    ...contextPrompts(event, said.context),
  ]
}

async function attachments(run: Run, prompt: Steering): Promise<readonly Steering[]> {
  if (prompt.origin !== "person" || prompt.verbatim || run.agent !== undefined) return []
  if (run.session.options.expandsMentions === false) return []
  const { readMentions } = await import("./mentions.ts")
  const text = textOf(prompt.content)
  const blocks = text.includes("@") ? await readMentions(run, text) : []
  return blocks.length === 0 ? [] : [{ uuid: crypto.randomUUID(), content: blocks, origin: "reminder" }]
}
