/** `ccts why`: the verdict about a call in this folder, in the words of the permission dialog, without running anything. */
import { PERMISSION_MODES, type PermissionMode, type Verdict } from "../../model/permission.ts"
import { complain } from "../complain.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import type { Flags } from "../flags.ts"
import type { Prepared } from "../prepare.ts"
import { printJson, printLine, printText } from "../print.ts"
import { callOf, type Question } from "../why-call.ts"

/** Documented: a script can branch on it. 64 and up are mistakes of the caller (sysexits: EX_USAGE). */
const EXIT: Readonly<Record<Verdict, number>> = { allow: 0, deny: 1, ask: 2 }
const EXIT_USAGE = 64

export const whyCommand = defineSubcommand({
  meta: {
    name: "why",
    description:
      "Say whether a command, path, address or tool call would be allowed here, and why. Exit code: 0 allowed, 1 denied, 2 would ask, 64 the question or the settings are wrong.",
  },
  args: {
    command: { type: "positional", required: false, description: "A shell command, in quotes" },
    path: { type: "string", valueHint: "path", description: "Reading this file or folder" },
    write: { type: "boolean", description: "With --path: writing it" },
    url: { type: "string", valueHint: "url", description: "Fetching this address" },
    tool: { type: "string", valueHint: "name", description: "A call of this tool" },
    input: { type: "string", valueHint: "json", description: "With --tool: its input" },
    "permission-mode": { type: "string", valueHint: "mode", description: "Judge as in this mode" },
    settings: {
      type: "string",
      valueHint: "file-or-json",
      description: "Further settings, as for a session",
    },
    profile: { type: "string", valueHint: "name", description: "Judge with this profile" },
    json: { type: "boolean", description: "Print one JSON object" },
  },
  async run({ args }) {
    const question = questionOf(args)
    if (typeof question === "string") return usage(question)
    const mode = args["permission-mode"]
    if (mode !== undefined && !PERMISSION_MODES.includes(mode as PermissionMode))
      return usage(`--permission-mode must be one of ${PERMISSION_MODES.join(", ")}.`)
    const { prepare } = await import("../prepare.ts")
    const flags: Flags = {
      ...(args.settings === undefined ? {} : { settings: args.settings }),
      ...(args.profile === undefined ? {} : { profile: args.profile }),
      ...(mode === undefined ? {} : { permissionMode: mode as PermissionMode }),
    }
    const { StartError } = await import("../start-error.ts")
    try {
      return await answer(prepare(flags, false), question, args.json === true)
    } catch (error) {
      // Not 1: that would read as "denied".
      if (error instanceof StartError) return usage(error.message)
      throw error
    }
  },
})

/** Who has rules in mind asks in their form: `Bash(git push)` is a question about `git push`. */
function commandIn(words: string): string {
  return /^Bash\((.*)\)$/s.exec(words.trim())?.[1] ?? words
}

function questionOf(args: {
  readonly _: readonly string[]
  readonly path?: string | undefined
  readonly write?: boolean | undefined
  readonly url?: string | undefined
  readonly tool?: string | undefined
  readonly input?: string | undefined
}): Question | string {
  const command = commandIn(args._.join(" "))
  const asked = [command !== "", args.path !== undefined, args.url !== undefined, args.tool !== undefined]
  if (asked.filter(Boolean).length !== 1)
    return "Ask about one thing: ccts why '<command>', --path <path>, --url <url> or --tool <name>."
  if (args.write === true && args.path === undefined) return "--write goes with --path."
  if (args.input !== undefined && args.tool === undefined) return "--input goes with --tool."
  if (args.path !== undefined) return { kind: "path", path: args.path, write: args.write === true }
  if (args.url !== undefined) return { kind: "url", url: args.url }
  if (args.tool === undefined) return { kind: "command", command }
  try {
    return { kind: "tool", tool: args.tool, input: JSON.parse(args.input ?? "{}") }
  } catch (error) {
    return `--input is not JSON: ${error instanceof Error ? error.message : String(error)}`
  }
}

async function answer(prepared: Prepared, question: Question, asJson: boolean): Promise<number> {
  const [{ explain }, { decide, judge, viewAll }, { offlinePolicy }, { sandboxFor }] = await Promise.all([
    import("../../permissions/explain.ts"),
    import("../../permissions/decide.ts"),
    import("../offline-policy.ts"),
    import("../choose-sandbox.ts"),
  ])
  const sandbox = await sandboxFor(prepared)
  const policy = offlinePolicy(prepared, sandbox.autoAllow)
  const call = await callOf(question, prepared, sandbox)
  if (typeof call === "string") return usage(call)
  const decision = decide(call, policy)
  if (asJson) {
    const { findings } = judge(call, policy, viewAll(call, policy))
    const report = {
      verdict: decision.verdict,
      reason: decision.reason.text,
      kind: decision.reason.kind,
      rule: decision.reason.rule ?? null,
      readOnly: decision.readOnly,
      mode: policy.mode,
      trusted: prepared.trusted,
      sandboxed: policy.sandboxed,
      parts: findings.map(({ verdict, subject, reason }) => ({ verdict, subject, reason: reason.text })),
      offers: decision.offers,
    }
    printJson(report)
    return EXIT[decision.verdict]
  }
  printText(explain(call, policy))
  if (policy.mode === "auto" && decision.verdict === "ask" && decision.firm !== true)
    printLine("note: in auto mode a model looks at this before you are asked")
  const held = prepared.config.problems.filter(({ kind }) => kind === "untrusted").length
  if (held > 0)
    printLine(
      `note: ${held} of this folder's settings ${held === 1 ? "does" : "do"} not count: it is not trusted, or changed since`,
    )
  if (sandbox.unavailable !== null)
    printLine(`note: the sandbox is on in the settings but not here: ${sandbox.unavailable}`)
  return EXIT[decision.verdict]
}

function usage(line: string): number {
  complain(line)
  return EXIT_USAGE
}
