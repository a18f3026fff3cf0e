import type { Answer } from "../model/command.ts"
import type { Engine } from "../model/engine.ts"
import type { AskEvent, Event } from "../model/event.ts"
import type { PermissionUpdate } from "../model/permission.ts"
import { isPermissionUpdate } from "../model/permission-update.ts"
import type { PermissionHost } from "./fold-state.ts"
import { type HostChannel, HostError } from "./host-channel.ts"
import { denialText } from "./permission-texts.ts"
import { isObject, type Json } from "./shapes.ts"

/**
 * Asks an MCP tool, `--permission-prompt-tool mcp__x__y`, with `{tool_name, input, tool_use_id}`; settles with the
 * object that its text result holds. Rejects with one clear line when there is no such tool.
 */
export type PromptTool = (tool: string, question: Json, signal: AbortSignal) => Promise<unknown>

/** There is no such tool: nothing that asks can be answered in this run. */
export class NoPromptTool extends Error {
  override name = "NoPromptTool"
}

export interface PermissionHostOptions {
  readonly engine: Pick<Engine, "send">
  readonly channel: HostChannel
  /** Read at every question: the host may go away. */
  host(): PermissionHost
  readonly toolName: string
  readonly promptTool?: PromptTool
  /** The server that a tool belongs to. */
  serverOf?: ((tool: string) => { readonly name: string; readonly source: string } | undefined) | undefined
  /** The prompt tool does not exist: the run cannot go on. */
  fatal(message: string): void
}

/** Answers every `ask` of the engine through whoever answers in this run. */
export function createPermissionHost(options: PermissionHostOptions): { see(event: Event): void } {
  const { engine, channel } = options
  const open = new Map<string, AbortController>()

  const withdraw = (ask: string) => {
    open.get(ask)?.abort(new HostError("The question is no longer open."))
    open.delete(ask)
  }

  const answer = async (event: Event & AskEvent, how: "stdio" | "tool") => {
    const abort = new AbortController()
    open.set(event.ask, abort)
    let given: Answer
    try {
      const reply =
        how === "stdio"
          ? await channel.request("can_use_tool", question(event, options), abort.signal)
          : await askTool(options, event, abort.signal)
      given = readAnswer(reply)
    } catch (error) {
      if (abort.signal.aborted) return
      const why = error instanceof Error ? error.message : String(error)
      if (error instanceof NoPromptTool) return options.fatal(why)
      given = { verdict: "deny", message: `${event.tool} was not approved: ${why}` }
    }
    if (!open.delete(event.ask)) return
    engine.send({ type: "answer", ask: event.ask, answer: given })
  }

  return {
    see(event) {
      if (event.type === "ask.end") return withdraw(event.ask)
      if (event.type === "ask") {
        const host = options.host()
        if (host !== "none") return void answer(event, host)
        engine.send({
          type: "answer",
          ask: event.ask,
          answer: { verdict: "deny", message: denialText(event) },
        })
      }
    },
  }
}

async function askTool(
  options: PermissionHostOptions,
  event: AskEvent,
  signal: AbortSignal,
): Promise<unknown> {
  const { promptTool, toolName } = options
  if (promptTool === undefined) {
    throw new NoPromptTool(
      `Error: MCP tool ${toolName} (passed via --permission-prompt-tool) not found. Available MCP tools: none`,
    )
  }
  const asked = { tool_name: event.tool, input: inputToShow(event), tool_use_id: event.toolUseId }
  return await promptTool(toolName, asked, signal)
}

/** Tools whose question is for a person even when everything else is approved. */
const PERSONAL = new Set(["AskUserQuestion", "ExitPlanMode"])

/** The payload of `can_use_tool` (spec/headless.md section 6). */
function question(event: Event & AskEvent, { serverOf }: Pick<PermissionHostOptions, "serverOf">): Json {
  const server = event.tool.startsWith("mcp__") ? serverOf?.(event.tool) : undefined
  const { reason, offers } = event.decision
  const { rule, path } = reason
  // Offers are alternatives, the first is the smallest; a host applies all suggestions it is given.
  const suggestions = offers[0]?.updates ?? []
  return {
    tool_name: event.tool,
    ...(server !== undefined && { mcp_server: { name: server.name, source: server.source } }),
    input: inputToShow(event),
    permission_suggestions: suggestions,
    ...(path !== undefined && { blocked_path: path }),
    decision_reason: reason.text,
    decision_reason_type: reason.kind,
    ...(rule?.behavior === "ask" && { matched_ask_rule: { source: rule.source, ...splitRule(rule.text) } }),
    display_name: event.tool,
    description: event.title,
    tool_use_id: event.toolUseId,
    ...(event.agent && { agent_id: event.agent.id }),
    ...(PERSONAL.has(event.tool) && { requires_user_interaction: true }),
  }
}

/**
 * A patch that is accepted by hunk is part of the input that is shown: a host that wants only some of it names the
 * others in `rejected` and sends the input back as `updatedInput`.
 */
function inputToShow({ input, preview }: AskEvent): Json {
  if (preview?.kind !== "patch") return input
  const review = preview.files.map(({ path, before, hunks }) => ({
    file_path: path,
    before,
    rejected: [],
    hunks,
  }))
  return { ...input, review }
}

function splitRule(text: string): Json {
  const open = text.indexOf("(")
  if (open < 0 || !text.endsWith(")")) return { tool_name: text }
  return { tool_name: text.slice(0, open), rule_content: text.slice(open + 1, -1) }
}

/** Throws `HostError` when the reply is no `PermissionResult`. */
export function readAnswer(reply: unknown): Answer {
  if (isObject(reply) && reply.behavior === "allow") {
    const { updatedInput, updatedPermissions } = reply
    if (updatedInput !== undefined && updatedInput !== null && !isObject(updatedInput)) {
      throw new HostError("the host's updatedInput is no object.")
    }
    return {
      verdict: "allow",
      ...(isObject(updatedInput) && { input: updatedInput }),
      ...(updatedPermissions !== undefined &&
        updatedPermissions !== null && { updates: readUpdates(updatedPermissions) }),
    }
  }
  if (isObject(reply) && reply.behavior === "deny") {
    const message =
      typeof reply.message === "string" && reply.message !== "" ? reply.message : "Denied by the host."
    return { verdict: "deny", message, ...(reply.interrupt === true && { interrupt: true }) }
  }
  throw new HostError("the host's answer is neither allow nor deny.")
}

/** Refuses the whole list when one entry is wrong: half of a change of permissions is not what was meant. */
function readUpdates(value: unknown): readonly PermissionUpdate[] {
  if (Array.isArray(value) && value.every(isPermissionUpdate)) return value
  throw new HostError("the host's updatedPermissions are not understood.")
}
