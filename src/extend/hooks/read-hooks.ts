import { isObject, isTextMap, isTexts, type Json } from "../json.ts"
import { HOOK_EVENTS, isToolEvent, supports } from "./events.ts"
import type { CommandHandler, Handler, Hook } from "./handler.ts"
import { compileMatcher } from "./matcher.ts"

/** Handlers of one source; more is a generated file gone wrong. */
const MAX_HOOKS = 500

export interface ReadHooks {
  readonly hooks: readonly Hook[]
  /** One line each; they name the event, not the file. */
  readonly problems: readonly string[]
}

/** Whose hooks they are; goes with each of them. */
export interface HookOrigin extends Pick<Hook, "source" | "label" | "agentId"> {
  /** `once` counts (hooks of a skill). */
  readonly once?: boolean
}

/** The `hooks` member of one settings file or head: what is valid holds, what is not is named. */
export function readHooks(value: unknown, origin: HookOrigin): ReadHooks {
  const hooks: Hook[] = []
  const problems: string[] = []
  if (value === undefined) return { hooks, problems }
  if (!isObject(value)) return { hooks, problems: ["hooks must be an object of events"] }
  for (const [event, groups] of Object.entries(value)) {
    const complain = (line: string) => problems.push(`hooks.${event}: ${line}`)
    if (!HOOK_EVENTS.has(event)) complain("there is no such event; it is ignored")
    else if (!Array.isArray(groups)) complain("must be a list of {matcher, hooks}")
    else for (const group of groups) readGroup(event, group, origin, hooks, complain)
  }
  if (hooks.length <= MAX_HOOKS) return { hooks, problems }
  return {
    hooks: hooks.slice(0, MAX_HOOKS),
    problems: [...problems, `hooks: only the first ${MAX_HOOKS} of ${hooks.length} handlers are used`],
  }
}

function readGroup(
  written: string,
  group: unknown,
  { once = false, ...origin }: HookOrigin,
  hooks: Hook[],
  complain: (line: string) => void,
): void {
  if (!isObject(group) || !Array.isArray(group.hooks)) return void complain('needs {"hooks": […]}')
  if (group.matcher !== undefined && typeof group.matcher !== "string") {
    return void complain("matcher must be text")
  }
  // The end of a subagent is its Stop.
  const event = written === "Stop" && origin.agentId !== undefined ? "SubagentStop" : written
  const matcher = compileMatcher(event, group.matcher)
  if (typeof matcher !== "function") return void complain(matcher.error)
  for (const raw of group.hooks) {
    const handler = isObject(raw) ? readHandler(event, raw) : "a handler must be an object"
    if (typeof handler === "string") complain(handler)
    else {
      const own = once && isObject(raw) && raw.once === true ? { ...handler, once: true as const } : handler
      hooks.push({ event, matcher, pattern: group.matcher ?? "", handler: own, ...origin })
    }
  }
}

/** The handler, or what is wrong with it. */
function readHandler(event: string, raw: Json): Handler | string {
  const { type, timeout, onFailure } = raw
  if (timeout !== undefined && !(typeof timeout === "number" && timeout > 0))
    return "timeout must be a number of seconds above 0"
  if (onFailure !== undefined && onFailure !== "continue" && onFailure !== "block")
    return 'onFailure must be "continue" or "block"'
  if (raw.if !== undefined && typeof raw.if !== "string") return "if must be a permission rule"
  if (raw.if !== undefined && !isToolEvent(event)) return "if only works for events of a tool call"
  if (typeof type !== "string" || !TYPES.has(type))
    return `unknown handler type ${JSON.stringify(type)}; use ${[...TYPES].join(", ")}`
  if (!supports(event, type)) return `handlers of type "${type}" cannot listen to this event`
  const common = {
    ...(typeof raw.if === "string" && { if: raw.if }),
    ...(typeof timeout === "number" && { timeout }),
    ...(onFailure !== undefined && { onFailure: onFailure as "continue" | "block" }),
    ...(typeof raw.statusMessage === "string" && { statusMessage: raw.statusMessage }),
  }
  switch (type) {
    case "command":
      return readCommand(raw, common)
    case "http": {
      if (typeof raw.url !== "string" || !/^https?:\/\//i.test(raw.url)) return "an http hook needs url"
      if (raw.headers !== undefined && !isTextMap(raw.headers)) return "headers must be texts by name"
      return {
        type,
        ...common,
        url: raw.url,
        ...(isTextMap(raw.headers) && { headers: raw.headers }),
        ...(isTexts(raw.allowedEnvVars) && { allowedEnvVars: raw.allowedEnvVars }),
      }
    }
    case "mcp_tool": {
      const { server, tool, input = {} } = raw
      if (typeof server !== "string" || server === "") return "an mcp_tool hook needs server"
      if (typeof tool !== "string" || tool === "") return "an mcp_tool hook needs tool"
      if (!isObject(input)) return "input must be an object"
      return { type, ...common, server, tool, input }
    }
    default: {
      const { prompt, model } = raw
      if (typeof prompt !== "string" || prompt.trim() === "") return `a hook of type "${type}" needs prompt`
      if (model !== undefined && typeof model !== "string") return "model must be text"
      const { onFailure: _, ...rest } = common
      return {
        type: type as "prompt" | "agent",
        ...rest,
        prompt,
        ...(model !== undefined && { model }),
        ...(type === "prompt" && raw.continueOnBlock === true && { continueOnBlock: true }),
      }
    }
  }
}

const TYPES: ReadonlySet<string> = new Set(["command", "http", "mcp_tool", "prompt", "agent"])

function readCommand(raw: Json, common: Pick<CommandHandler, "if" | "timeout">): Handler | string {
  const { command, args, shell } = raw
  if (typeof command !== "string" || command.trim() === "") return "a command hook needs command"
  if (args !== undefined && !isTexts(args)) return "args must be a list of texts"
  if (shell !== undefined && shell !== "bash" && shell !== "powershell")
    return 'shell must be "bash" or "powershell"'
  return {
    type: "command",
    ...common,
    command,
    ...(isTexts(args) && { args }),
    ...(shell !== undefined && { shell: shell as "bash" | "powershell" }),
    ...(raw.async === true && { async: true }),
    ...(raw.asyncRewake === true && { asyncRewake: true }),
  }
}
