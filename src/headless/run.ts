import { isOn } from "../lib/is-on.ts"
import { createMemoryWatch } from "../lib/memory-watch.ts"
import { sanitise } from "../lib/sanitise.ts"
import type { Command } from "../model/command.ts"
import type { Engine } from "../model/engine.ts"
import type { Event } from "../model/event.ts"
import { builtInControls, type ControlContext, type Controls } from "./controls.ts"
import { createElicitationHost } from "./elicitation-host.ts"
import type { HeadlessFlags } from "./flags.ts"
import { toSdkMessages } from "./fold.ts"
import { type FoldState, newFold, type PermissionHost } from "./fold-state.ts"
import { failureResult } from "./fold-turn.ts"
import { createHostLink } from "./host-channel.ts"
import { readHost } from "./host-input.ts"
import type { HeadlessInfo } from "./info.ts"
import type { OnInitialize } from "./initialize.ts"
import { createPermissionHost, type PermissionHostOptions, type PromptTool } from "./permission-host.ts"
import { createProgress } from "./progress.ts"
import { type PromptInput, readPrompt } from "./read-prompt.ts"
import type { ControlFrame } from "./sdk-message.ts"
import { shortLine } from "./short-line.ts"
import { type Ending, type SignalSource, watchSignals } from "./signals.ts"
import { jsonArraySink, jsonSink, type Sink, streamSink, textSink } from "./sink.ts"
import { AGENT_WAIT_MS, createWaits } from "./waits.ts"
import { createWriter, type OutputStream, type Writer } from "./writer.ts"

/** How long a slow reader of stdout is waited for at the end (spec/headless.md section 1). */
const FLUSH_MS = 30_000
/** The same where nothing more is owed: after SIGTERM the host kills within 5 s. */
const SILENT_FLUSH_MS = 2_000
/** Characters of unread answers to a host that only writes; messages themselves wait for the reader. */
const MAX_BACKLOG = 64 * 1024 * 1024

export interface HeadlessRun {
  readonly engine: Engine
  readonly flags: HeadlessFlags
  /** The prompt of the command line. */
  readonly prompt?: string
  readonly stdin: PromptInput
  readonly stdout: OutputStream
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean }
  readonly info: HeadlessInfo
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly onInitialize?: OnInitialize
  /** Control requests beyond the built-in ones; a name given here wins over the built-in one. */
  readonly controls?: Controls | ((context: ControlContext & { readonly core: Controls }) => Controls)
  /** Frames with the lines that the log took, for `--session-mirror`. */
  readonly mirror?: (send: (frame: ControlFrame) => void) => void
  readonly promptTool?: PromptTool
  /** The MCP server that a tool belongs to. */
  readonly serverOf?: PermissionHostOptions["serverOf"]
  /** Without a prompt the run begins with this (a call that was put off, only the start's hooks). */
  readonly begin?: Command
  /** Hooks of the start may bring the first prompt. */
  readonly hooksMayPrompt?: boolean
  readonly signals?: SignalSource
}

/**
 * A whole run without a screen: reads the prompt or the host's stream, drives the engine, writes what
 * `--output-format` asks for, closes the engine. Settles with the exit code; never rejects for bad input.
 */
export async function runHeadless(run: HeadlessRun): Promise<number> {
  const { engine, flags } = run
  const streaming = flags.inputFormat === "stream-json"
  const complain = (line: string) => {
    run.stderr.write(`${run.stderr.isTTY ? sanitise(line) : line}\n`)
  }
  const read = streaming ? null : await readPrompt(run.prompt, run.stdin)
  const missing = read !== null && "error" in read && read.missing === true
  /** What to say when the first hooks bring no prompt either. */
  const promptless = missing && run.begin === undefined && run.hooksMayPrompt === true ? read.error : null
  if (read !== null && "error" in read && !(missing && (run.begin !== undefined || promptless !== null))) {
    complain(read.error)
    await engine.close()
    return 1
  }
  if (read !== null && "warning" in read) complain(read.warning)

  const writer = createWriter(run.stdout)
  const whole = (run.env ?? process.env).CLAUDE_CODE_ENTRYPOINT === "sdk-ts"
  const sink = makeSink(flags, writer, { terminal: run.stdout.isTTY === true, whole })
  const state = newFold(foldOptions(run))
  state.host = permissionHost(flags)
  const progress = createProgress()
  const ending = Promise.withResolvers<Ending>()
  const end = ending.resolve
  const waits = createWaits({
    engine,
    progress,
    agentsMs: Number((run.env ?? process.env).CLAUDE_CODE_PRINT_BG_WAIT_CEILING_MS ?? "") || AGENT_WAIT_MS,
    idleMs: positive((run.env ?? process.env).CLAUDE_CODE_EXIT_AFTER_STOP_DELAY),
    finish: () => end({ code: exitCode(last) }),
  })
  let last: Event | null = null
  let over = false
  const memory = createMemoryWatch()

  const send = (frame: ControlFrame) => {
    // What a hook reads of a result may be cut; whatever is acted upon may not.
    const cut = !whole && frame.type === "control_request" && frame.request.subtype === "hook_callback"
    void writer.write(`${cut ? shortLine(frame) : JSON.stringify(frame)}\n`)
    if (writer.backlog < MAX_BACKLOG) return
    end({ code: 1, error: "The host sends requests but does not read the answers.", silent: true })
  }
  const link = createHostLink(send, state.options.newUuid)
  const asker = createPermissionHost({
    engine,
    channel: link,
    host: () => state.host,
    toolName: flags.permissionPromptTool ?? "",
    ...(run.promptTool && { promptTool: run.promptTool }),
    ...(run.serverOf && { serverOf: run.serverOf }),
    fatal: (error) => end({ code: 1, error, silent: true }),
  })

  const elicitor = createElicitationHost({ engine, channel: streaming ? link : null })

  if (flags.sessionMirror === true && flags.outputFormat === "stream-json") run.mirror?.(send)

  const interruption = watchSignals(run.signals ?? process, { engine, progress, end })

  const pump = async () => {
    for await (const event of engine.events()) {
      if (over) return
      if (event.type === "reply.begin") memory.look()
      progress.see(event)
      for (const message of toSdkMessages(state, event)) await sink.take(message)
      asker.see(event)
      elicitor.see(event)
      if (event.type === "notice" && event.level !== "info" && flags.outputFormat !== "stream-json")
        complain(event.text)
      // A turn that broke without an end would be waited for forever.
      if (event.type === "notice" && event.code === "crashed" && progress.running) {
        end({ code: 1, failure: event.text })
      }
      if (event.type === "turn.end" && event.agent === undefined) {
        last = event
        if (interruption.asked) end({ code: 0 })
      }
      if (promptless !== null && event.type === "notice" && event.code === "opening") {
        if (event.data?.open === false) promptFromHooks(promptless)
      }
      waits.check()
    }
    end({ code: 1, error: "The session ended unexpectedly.", failure: "The session ended unexpectedly." })
  }
  const promptFromHooks = (error: string) => {
    if (progress.waiting().length === 0) end({ code: 1, error, silent: true })
    else waits.inputClosed()
  }
  pump().catch((error: unknown) => {
    const failure = `Internal error: ${error instanceof Error ? error.message : String(error)}`
    end({ code: 1, error: failure, failure })
  })
  void writer.broken.then(() => end({ code: 0, silent: true }))

  if (read === null) {
    const core = builtInControls({ engine, state, progress })
    const more =
      typeof run.controls === "function" ? run.controls({ engine, state, progress, core }) : run.controls
    const controls = { ...core, ...more }
    const input = readHost({
      stdin: run.stdin,
      engine,
      state,
      progress,
      link,
      controls,
      ...(run.onInitialize && { onInitialize: run.onInitialize }),
      initializeFirst: flags.awaitInitialize === true,
      send,
      warn: complain,
      fatal: (error, startup) => end({ code: 1, error, failure: error, ...(startup && { startup }) }),
    })
    void input.then(waits.inputClosed)
  } else {
    const uuid = state.options.newUuid()
    if (promptless === null) {
      progress.sent(uuid)
      if ("prompt" in read) engine.send({ type: "prompt", content: read.prompt, uuid, origin: "person" })
      else if (run.begin !== undefined) engine.send(run.begin)
      waits.inputClosed()
    }
  }

  const { code, error, failure, startup, silent } = await ending.promise
  over = true
  interruption.stop()
  waits.stop()
  memory.stop()
  if (error !== undefined) complain(error)
  if (!silent) {
    const cutShort = interruption.asked && !progress.settled()
    const errors = failure !== undefined ? [failure] : cutShort ? ["Interrupted."] : []
    if (errors.length > 0) await sink.take(failureResult(state, errors, startup))
    await sink.end()
  }
  link.close()
  await engine.close()
  await writer.flush(silent ? SILENT_FLUSH_MS : FLUSH_MS)
  return code
}

function makeSink(
  flags: HeadlessFlags,
  writer: Writer,
  { terminal, whole }: { readonly terminal: boolean; readonly whole: boolean },
): Sink {
  switch (flags.outputFormat) {
    case "stream-json":
      return streamSink(writer, { whole })
    case "json":
      return flags.verbose ? jsonArraySink(writer) : jsonSink(writer)
    default:
      return textSink(writer, { terminal })
  }
}

function foldOptions({ flags, info, env = process.env }: HeadlessRun): FoldState["options"] {
  return {
    info,
    partial: flags.includePartialMessages === true,
    hookEvents: flags.includeHookEvents === true,
    subagentText: flags.forwardSubagentText === true || isOn(env.CLAUDE_CODE_FORWARD_SUBAGENT_TEXT),
    replayUsers: flags.replayUserMessages === true,
    sessionState: isOn(env.CLAUDE_CODE_SDK_READS_SESSION_STATE),
    now: () => Date.now(),
    newUuid: () => crypto.randomUUID(),
  }
}

/** Milliseconds of a variable; undefined when it has none. */
function positive(text: string | undefined): number | undefined {
  const value = Number(text ?? "")
  return Number.isFinite(value) && value > 0 ? value : undefined
}

function permissionHost(flags: HeadlessFlags): PermissionHost {
  const { permissionPromptTool: tool } = flags
  if (flags.permissionPrompts === "none" || tool === undefined) return "none"
  if (tool !== "stdio") return "tool"
  return flags.inputFormat === "stream-json" ? "stdio" : "none"
}

/** An interrupted turn is what was asked for; every other failed turn is a failed run. */
function exitCode(last: Event | null): number {
  if (last?.type !== "turn.end") return 0
  return last.reason === "completed" || last.reason === "interrupted" ? 0 : 1
}
