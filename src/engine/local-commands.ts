import { EFFORTS } from "../model/model-info.ts"
import { contextTokens } from "../model/usage.ts"
import { type CompactResult, compact, contextEstimate, STUCK } from "./compaction/compact.ts"
import { commandRecord } from "./model-record.ts"
import type { EngineOptions } from "./options.ts"
import type { Run, Steering } from "./run.ts"
import { switchModel } from "./switch-model.ts"

/** A built-in command that is answered without the model, by a prompt that any reader may send. */
interface LocalCommand {
  readonly description: string
  readonly argumentHint: string
  readonly aliases?: readonly string[]
  /** The answer, for people. */
  answer(run: Run, args: string): Promise<string> | string
}

const COMPACTED: Readonly<Record<CompactResult, string>> = {
  done: "The conversation was compacted.",
  nothing: "There is nothing to compact yet.",
  blocked: "The conversation was not compacted: a hook refused.",
  aborted: "The conversation was not compacted: interrupted.",
  stuck: STUCK,
}

const LOCAL: Readonly<Record<string, LocalCommand>> = {
  clear: {
    description: "Begin a new, empty conversation",
    argumentHint: "",
    aliases: ["new", "reset"],
    answer(run) {
      run.session.clearAfterTurn()
      return "The conversation was cleared."
    },
  },
  compact: {
    description: "Summarise the conversation to make room",
    argumentHint: "[what to keep]",
    async answer(run, hint) {
      return COMPACTED[await compact(run, { trigger: "manual", hint })]
    },
  },
  context: {
    description: "Show how full the context window is",
    argumentHint: "",
    answer(run) {
      const { window, id } = run.settings().model
      const used = contextEstimate(run)
      const share = window <= 0 ? "" : ` of ${count(window)} (${Math.round((100 * used) / window)}%)`
      return `${count(used)} tokens${share} are in the context of ${id}.`
    },
  },
  cost: {
    description: "Show what this run has used and cost",
    argumentHint: "",
    aliases: ["usage", "stats"],
    answer(run) {
      const { models, costUsd } = run.ledger.totals()
      const lines = Object.entries(models).map(
        ([name, total]) =>
          `${name}: ${count(contextTokens(total.usage))} tokens in and out, $${total.costUsd.toFixed(4)}`,
      )
      return lines.length === 0
        ? "Nothing has been asked of a model yet."
        : [`Total: $${costUsd.toFixed(4)}`, ...lines].join("\n")
    },
  },
  effort: {
    description: "Set how hard the model works",
    argumentHint: `[${EFFORTS.join("|")}|auto]`,
    answer({ session }, level) {
      if (level === "") return `Effort: ${session.effort() ?? "the model's default"}`
      const known = EFFORTS.find((effort) => effort === level)
      if (known === undefined && level !== "auto")
        return `/effort takes ${EFFORTS.join(", ")} or auto, not ${level}`
      session.setEffort(known ?? null)
      return `Set effort to ${known ?? "the model's default"}`
    },
  },
  help: {
    description: "List the commands",
    argumentHint: "",
    answer: ({ session }) =>
      [...localCommands(session.options), ...(session.options.commands?.list() ?? [])]
        .map(({ name, argumentHint, description }) =>
          `/${name}${argumentHint === "" ? "" : ` ${argumentHint}`}: ${description}`.trim(),
        )
        .join("\n"),
  },
  model: {
    description: "Choose the model",
    argumentHint: "[name]",
    async answer(run, name) {
      const { session } = run
      if (name === "") return `Model: ${session.model().displayName} (${session.model().id})`
      const problem = await switchModel(run, name === "default" ? null : name, "command")
      if (problem !== null) return problem
      return `Set model to ${session.model().displayName} (${session.model().id})`
    },
  },
  rename: {
    description: "Give the session a name",
    argumentHint: "<name>",
    answer({ session }, name) {
      if (name === "") return "/rename needs a name."
      session.rename(name)
      return `The session is called ${name}`
    },
  },
}

/** For hosts and `/help`. */
export function localCommands({ extraCommands = [] }: Pick<EngineOptions, "extraCommands"> = {}) {
  const own = Object.entries(LOCAL).map(([name, { description, argumentHint, aliases }]) => ({
    name,
    description,
    argumentHint,
    ...(aliases === undefined ? {} : { aliases }),
  }))
  const extra = extraCommands.map(({ answer: _, ...about }) => about)
  return [...own, ...extra].sort((a, b) => (a.name < b.name ? -1 : 1))
}

export function isLocalCommand(options: EngineOptions, name: string): boolean {
  return find(options, name) !== undefined
}

function find(options: EngineOptions, name: string): LocalCommand | undefined {
  if (Object.hasOwn(LOCAL, name)) return LOCAL[name]
  const alias = Object.values(LOCAL).find((command) => command.aliases?.includes(name))
  if (alias !== undefined) return alias
  const extra = options.extraCommands?.find((command) => command.name === name)
  return extra && { ...extra, answer: (_, args) => extra.answer(args) }
}

/** Answers it; the record goes into the transcript, not to the model. */
export async function answerLocally(
  run: Run,
  prompt: Steering,
  { name, args }: { readonly name: string; readonly args: string },
): Promise<void> {
  run.emit({ type: "prompt", uuid: prompt.uuid, content: prompt.content, origin: "person" })
  const output = (await find(run.session.options, name)?.answer(run, args)) ?? ""
  const call = commandRecord(name, args)
  run.history.addSystem("local_command", { content: call, level: "info", uuid: prompt.uuid })
  run.history.addSystem("local_command", {
    content: `<local-command-stdout>${output}</local-command-stdout>`,
    level: "info",
  })
  run.meter.lastText = output
  run.emit({
    type: "notice",
    level: "info",
    code: "local_command_output",
    text: output.split("\n")[0] ?? "",
    data: { content: output },
  })
}

function count(tokens: number): string {
  return tokens.toLocaleString("en-US")
}
