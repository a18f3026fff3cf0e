/** The results of Bash as the model reads them (spec/tools.md Bash). */
import type { Exit } from "../../lib/process.ts"
import { failed, type ToolOutput } from "../../model/tool.ts"
import { excerpt, firstChars, lastChars, persistedText } from "../result.ts"
import { type CommandFacts, meaningOfOne } from "./facts.ts"
import { gitOperation } from "./git-operation.ts"
import { lacksTerminal } from "./needs-terminal.ts"
import { printedImage } from "./printed-image.ts"
import type { ShellRun } from "./run.ts"

/** BASH_MAX_OUTPUT_LENGTH (spec/cli.md section 5). */
const INLINE_DEFAULT = 30_000
/** The most that BASH_MAX_OUTPUT_LENGTH may ask for (spec/cli.md section 5). */
const INLINE_MAX = 150_000
/** spec/tools.md Bash: the excerpt of a failure. */
const FAILURE_CHARS = 10_000
/** Shown to the user only; own choice. */
const VIEW_CHARS = 4_000
/** A job that the command left behind with `&`. */
const LEFT_BEHIND =
  "[A process that this command started with & is still running. What it prints from now on is not kept: use run_in_background for servers and watchers.]"
const NO_TERMINAL =
  "The command wants a terminal, and Bash has none. Use its options for running without questions; where only the person can answer, ask them to run it themselves: typed with a leading ! at the prompt it gets a terminal."
/** What the shell says of a program that is not there is not enough to go on from. */
const NO_GH =
  "The GitHub CLI (gh) is not installed here. Say so to the person, who can install it from https://cli.github.com; until then use plain git, and do not look for tokens or call the API by other means."

/** What the shell says of a program that is not there. */
const NOT_FOUND_CODE = 127
/** 128 and the number of TERM, as the shell says it. */
const TIMED_OUT_CODE = 143

interface End {
  readonly shell: ShellRun
  readonly exit: Exit
  readonly facts: CommandFacts
  /** A line about the working directory. */
  readonly notice: string | null
  readonly env: Readonly<Record<string, string>>
  readonly unsandboxed: boolean
}

export async function renderEnd(end: End): Promise<ToolOutput> {
  const { shell, exit, facts } = end
  if (shell.overflowed())
    return renderFailure(shell, `Exit code ${exit.code}\nCommand was ended: it printed more than 5GB`)
  const meaning = exit.code === 1 ? meaningOfOne(facts.last) : undefined
  if (exit.code !== 0 && meaning === undefined)
    return renderFailure(
      shell,
      `Exit code ${exit.code}`,
      join(
        end.notice ?? "",
        lacksGh(end) ? NO_GH : "",
        lacksTerminal(trimmed(shell, "stderr")) ? NO_TERMINAL : "",
      ) || null,
    )

  const limit = Math.min(Number(end.env.BASH_MAX_OUTPUT_LENGTH) || INLINE_DEFAULT, INLINE_MAX)
  const out = trimmed(shell, "stdout")
  const err = join(trimmed(shell, "stderr"), end.notice ?? "")
  const stdout = firstChars(out, limit)
  const stderr = err.length > limit ? excerpt(err, limit) : err
  const git = gitOperation(facts.commands, join(out, err))
  const image = cutBytes(shell) === 0 ? await printedImage(out) : null
  const left = shell.leftBehind() ? LEFT_BEHIND : ""
  const whole = join(out, err)
  const large = whole.length > limit || cutBytes(shell) > 0
  const data = {
    stdout,
    stderr,
    interrupted: false,
    isImage: false,
    noOutputExpected: false,
    ...(meaning === undefined ? {} : { returnCodeInterpretation: meaning }),
    ...(end.unsandboxed ? { dangerouslyDisableSandbox: true } : {}),
    ...(git === undefined ? {} : { gitOperation: git }),
  }
  if (image !== null) {
    const text = join(err, left)
    return {
      content: [image, ...(text === "" ? [] : [{ type: "text" as const, text }])],
      data: { ...data, isImage: true },
      view: view(text === "" ? "(an image)" : text),
    }
  }
  if (large) {
    shell.spool.open()
    const { path, total, complete } = shell.spool
    const content = shell.spool.opened
      ? persistedText(whole, total, path, complete)
      : excerpt(whole, limit, cutBytes(shell))
    const saved = shell.spool.opened ? { persistedOutputPath: path, persistedOutputSize: total } : {}
    return { content: join(content, left), data: { ...data, ...saved }, view: view(whole) }
  }
  const content = join(whole === "" ? (meaning ?? "(Bash completed with no output)") : whole, left)
  return { content, data, view: view(content) }
}

export function renderTimeout(shell: ShellRun, limitMs: number): ToolOutput {
  return renderFailure(shell, `Exit code ${TIMED_OUT_CODE}\nCommand timed out after ${durationText(limitMs)}`)
}

export function renderInterrupted(shell: ShellRun): ToolOutput {
  const stdout = excerpt(trimmed(shell, "stdout"), FAILURE_CHARS, 0)
  const stderr = excerpt(trimmed(shell, "stderr"), FAILURE_CHARS, 0)
  const content = join(stdout, stderr, "<error>Command was aborted before completion</error>")
  return { content, isError: true, data: { stdout, stderr, interrupted: true }, view: view(content) }
}

function renderFailure(shell: ShellRun, first: string, notice: string | null = null): ToolOutput {
  const whole = join(trimmed(shell, "stdout"), trimmed(shell, "stderr"))
  const shown = excerpt(whole, FAILURE_CHARS, cutBytes(shell))
  let saved = ""
  if (shown !== whole) {
    shell.spool.open()
    if (shell.spool.opened) saved = `Full output saved to: ${shell.spool.path}`
  }
  const text = join(first, shown, saved, notice ?? "")
  return { ...failed(text), view: view(text) }
}

function lacksGh({ exit, shell, facts }: End): boolean {
  if (exit.code !== NOT_FOUND_CODE || !facts.commands.some((words) => words[0] === "gh")) return false
  return /\bgh: (?:command )?not found/.test(trimmed(shell, "stderr"))
}

/** Both ends of a stream without blank lines around them; what lies between is said, when anything does. */
function trimmed(shell: ShellRun, stream: "stdout" | "stderr"): string {
  const { head, cut, tail } = shell.spool.text(stream)
  const text = cut === 0 ? head : `${head}\n\n... [${cut} characters truncated] ...\n\n${tail}`
  return text.replace(/^(?:[ \t\r]*\n)+/, "").trimEnd()
}

function cutBytes(shell: ShellRun): number {
  return shell.spool.text("stdout").cut + shell.spool.text("stderr").cut
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n")
}

/** The end of an output is what people look for. */
function view(text: string): ToolOutput["view"] {
  return { kind: "text", text: text.length > VIEW_CHARS ? `…${lastChars(text, VIEW_CHARS)}` : text }
}

export function durationText(ms: number): string {
  return ms % 1000 === 0 || ms >= 10_000 ? `${Math.round(ms / 1000)}s` : `${(ms / 1000).toFixed(1)}s`
}
