import type { Block } from "../model/block.ts"
import type { Engine } from "../model/engine.ts"
import { ControlError, type Controls } from "./controls.ts"
import type { FoldState } from "./fold-state.ts"
import type { HostLink } from "./host-channel.ts"
import { initializeReply, type OnInitialize, readInitialize } from "./initialize.ts"
import { type InputLine, readLines } from "./lines.ts"
import type { Progress } from "./progress.ts"
import type { ControlFrame, ControlReply } from "./sdk-message.ts"
import { isObject, type Json } from "./shapes.ts"

/** Messages kept while an `initialize` is being applied. */
const MAX_HELD = 1_000
/** Prompts sent and not yet taken up: a host that sends more does not wait for anything. */
const MAX_WAITING = 10_000
const MAX_ERROR_CHARS = 1_000
/** The time hosts give us (the Python SDK's own limit) to answer an `initialize`. */
const INITIALIZE_MS = 60_000

export interface HostInputOptions {
  readonly stdin: AsyncIterable<Uint8Array>
  readonly engine: Pick<Engine, "send">
  readonly state: FoldState
  readonly progress: Progress
  readonly link: HostLink
  readonly controls: Controls
  readonly onInitialize?: OnInitialize
  send(frame: ControlFrame): void
  warn(line: string): void
  /** `--await-initialize`: the first line must be it, because nothing was loaded before. */
  readonly initializeFirst?: boolean
  /** The input cannot be followed any more; `startup` is a reason hosts know. */
  fatal(line: string, startup?: string): void
}

/**
 * Reads what the host sends until the end of stdin and acts on it. An `initialize` is applied before anything that
 * came after it; answers to our own requests are never held back, so neither side can wait for the other.
 */
export async function readHost(options: HostInputOptions): Promise<void> {
  const { link, send, warn } = options
  const held: Json[] = []
  const running = new Map<string, AbortController>()
  const unknown = new Set<string>()
  let initializing: Promise<void> | null = null
  let broken = false
  let first = true
  let begun = false
  let holds: "everything" | "prompts" = "everything"

  /** The session starts once it is known which hooks the host has. */
  const begin = () => {
    if (begun) return
    begun = true
    options.progress.begins()
    options.engine.send({ type: "begin" })
  }

  const fail = (line: string, startup?: string) => {
    broken = true
    options.fatal(line, startup)
  }

  const act = (message: Json) => {
    if (message.type === "user") {
      begin()
      const problem = takePrompt(options, message)
      if (problem !== null) fail(problem)
      return
    }
    const { request_id: id, request } = message
    if (typeof id !== "string" || !isObject(request))
      return warn("A control_request without request_id or request was ignored.")
    const abort = new AbortController()
    running.set(id, abort)
    const answering = answer(options, id, request, abort.signal).then((response) => {
      running.delete(id)
      send({ type: "control_response", response })
    })
    // What follows a change of models is meant for the new one.
    if (request.subtype !== "initialize" && request.subtype !== "set_model") return
    holds = request.subtype === "initialize" ? "everything" : "prompts"
    const mine = Promise.all([initializing, answering]).then(() => {
      if (request.subtype === "initialize") begin()
      if (initializing === mine) release()
    })
    initializing = mine
  }

  const release = () => {
    initializing = null
    while (held.length > 0 && initializing === null && !broken) act(held.shift() ?? {})
  }

  const take = (message: Json) => {
    switch (message.type) {
      case "control_response":
        if (isReply(message.response)) link.settle(message.response)
        return
      case "control_cancel_request":
        if (typeof message.request_id === "string") running.get(message.request_id)?.abort()
        return
      case "user":
      case "control_request":
        if (initializing === null || (holds === "prompts" && message.type !== "user")) return act(message)
        if (held.length < MAX_HELD) return void held.push(message)
        return fail(`More than ${MAX_HELD} messages arrived before initialize was answered.`)
      case "keep_alive":
        return
      default: {
        const type = String(message.type).slice(0, 60)
        if (unknown.has(type) || unknown.size > 20) return
        unknown.add(type)
        return warn(`Messages of type "${type}" on stdin are ignored.`)
      }
    }
  }

  try {
    for await (const line of readLines(options.stdin)) {
      const message = readMessage(line)
      if (first && options.initializeFirst && !isInitialize(message)) {
        return fail(
          "The first line of stdin must be initialize (--await-initialize).",
          "initialize_not_first",
        )
      }
      first = false
      if (typeof message === "string") fail(message)
      else take(message)
      if (broken) return
    }
  } catch (error) {
    warn(`Stdin cannot be read any more: ${error instanceof Error ? error.message : String(error)}`)
  }
  // Nobody answers our questions from here on.
  if (options.state.host === "stdio") options.state.host = "none"
  link.close()
  while (initializing !== null && !broken) await initializing
  if (!broken) begin()
}

/** The object of a line, or what is wrong with it. */
function readMessage(line: InputLine): Json | string {
  if ("tooLong" in line) return `Line ${line.number} of stdin is longer than 50 MB.`
  try {
    const value: unknown = JSON.parse(line.text)
    return isObject(value) ? value : `Line ${line.number} of stdin is not a JSON object.`
  } catch (error) {
    return `Line ${line.number} of stdin is not JSON: ${error instanceof Error ? error.message : String(error)}`
  }
}

function isInitialize(message: Json | string): boolean {
  return typeof message !== "string" && isObject(message.request) && message.request.subtype === "initialize"
}

function isReply(value: unknown): value is ControlReply {
  return isObject(value) && typeof value.request_id === "string"
}

/** Sends a user message to the engine; what is wrong with it, or null. */
function takePrompt({ engine, state, progress }: HostInputOptions, message: Json): string | null {
  const inner = message.message
  if (!isObject(inner) || inner.role !== "user") return 'A user message on stdin needs message.role "user".'
  if (!isContent(inner.content))
    return "A user message on stdin needs message.content: a string or content blocks."
  if (progress.waiting().length >= MAX_WAITING) return `More than ${MAX_WAITING} prompts are waiting.`
  const uuid = typeof message.uuid === "string" ? message.uuid : state.options.newUuid()
  const silent = message.shouldQuery === false
  if (message.uuid === uuid && !silent && state.given.size < MAX_WAITING) state.given.add(uuid)
  if (!silent) progress.sent(uuid)
  engine.send({
    type: "prompt",
    content: inner.content,
    uuid,
    ...(silent && { silent }),
    origin: "person",
    ...(message.client_composed === true && { verbatim: true }),
    ...(isPriority(message.priority) && { priority: message.priority }),
  })
  return null
}

function isPriority(value: unknown): value is "now" | "next" | "later" {
  return value === "now" || value === "next" || value === "later"
}

function isContent(content: unknown): content is string | readonly Block[] {
  if (typeof content === "string") return true
  return (
    Array.isArray(content) &&
    content.length > 0 &&
    content.every((block) => isObject(block) && typeof block.type === "string")
  )
}

async function answer(
  options: HostInputOptions,
  request_id: string,
  request: Json,
  signal: AbortSignal,
): Promise<ControlReply> {
  const subtype = String(request.subtype)
  const control = Object.hasOwn(options.controls, subtype) ? options.controls[subtype] : undefined
  try {
    if (subtype === "initialize")
      return {
        subtype: "success",
        request_id,
        response: await initialize(options, request),
        // A host that joins again can put these questions anew.
        pending_permission_requests: options.link.pending("can_use_tool"),
        pending_user_dialog_requests: [],
        pending_elicitation_requests: options.link.pending("elicitation"),
      }
    if (control === undefined) {
      const error = `This version does not support the control request "${subtype.slice(0, 60)}".`
      return { subtype: "error", request_id, error, error_code: "unsupported_request" }
    }
    return { subtype: "success", request_id, response: await control(request, signal) }
  } catch (error) {
    return {
      subtype: "error",
      request_id,
      error: oneScreen(error instanceof Error ? error.message : String(error)),
      ...(error instanceof ControlError && { error_code: error.code }),
    }
  }
}

/** An error says what is wrong; what was sent comes back only in part. */
function oneScreen(text: string): string {
  return text.length <= MAX_ERROR_CHARS ? text : `${text.slice(0, MAX_ERROR_CHARS).toWellFormed()}…`
}

async function initialize({ state, link, onInitialize }: HostInputOptions, raw: Json): Promise<Json> {
  const request = readInitialize(raw)
  if ("error" in request) throw new Error(request.error)
  if (request.forwardSubagentText !== undefined) state.subagentText = request.forwardSubagentText
  if (request.perTaskStopAffordance !== undefined) state.stopsTasks = request.perTaskStopAffordance
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error("initialize was not applied within 60 s.")),
    INITIALIZE_MS,
  )
  try {
    const extra = await Promise.race([onInitialize?.(request, link) ?? {}, late.promise])
    return initializeReply(state.options.info, extra)
  } finally {
    clearTimeout(timer)
  }
}
