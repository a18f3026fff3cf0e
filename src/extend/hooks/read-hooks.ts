import type { RuleSource } from "../../model/permission.ts"
import { isObject, isTextMap, isTexts, type Json } from "../json.ts"
import { HOOK_EVENTS, isToolEvent } from "./events.ts"
import type { Handler, Hook } from "./handler.ts"
import { compileMatcher } from "./matcher.ts"

/** Handlers of one source; more is a generated file gone wrong. */
const MAX_HOOKS = 500

export interface ReadHooks {
  readonly hooks: readonly Hook[]
  /** One line each; they name the event, not the file. */
  readonly problems: readonly string[]
}

/** The `hooks` member of one settings file: what is valid holds, what is not is named. */
export function readHooks(value: unknown, source: RuleSource): ReadHooks {
  const hooks: Hook[] = []
  const problems: string[] = []
  if (value === undefined) return { hooks, problems }
  if (!isObject(value)) return { hooks, problems: ["hooks must be an object of events"] }
  for (const [event, groups] of Object.entries(value)) {
    const complain = (line: string) => problems.push(`hooks.${event}: ${line}`)
    if (!HOOK_EVENTS.has(event)) complain("there is no such event; it is ignored")
    else if (!Array.isArray(groups)) complain("must be a list of {matcher, hooks}")
    else for (const group of groups) readGroup(event, group, source, hooks, complain)
  }
  if (hooks.length <= MAX_HOOKS) return { hooks, problems }
  return {
    hooks: hooks.slice(0, MAX_HOOKS),
    problems: [...problems, `hooks: only the first ${MAX_HOOKS} of ${hooks.length} handlers are used`],
  }
}

function readGroup(
  event: string,
  group: unknown,
  source: RuleSource,
  hooks: Hook[],
  complain: (line: string) => void,
): void {
  if (!isObject(group) || !Array.isArray(group.hooks)) return void complain('needs {"hooks": […]}')
  if (group.matcher !== undefined && typeof group.matcher !== "string") {
    return void complain("matcher must be text")
  }
  const matcher = compileMatcher(event, group.matcher)
  if (typeof matcher !== "function") return void complain(matcher.error)
  for (const raw of group.hooks) {
    const handler = isObject(raw) ? readHandler(event, raw) : "a handler must be an object"
    if (typeof handler === "string") complain(handler)
    else hooks.push({ event, matcher, handler, source })
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
  const common = {
    ...(typeof raw.if === "string" && { if: raw.if }),
    ...(typeof timeout === "number" && { timeout }),
    ...(onFailure !== undefined && { onFailure: onFailure as "continue" | "block" }),
    ...(typeof raw.statusMessage === "string" && { statusMessage: raw.statusMessage }),
  }
  switch (type) {
    case "command": {
      if (typeof raw.command !== "string" || raw.command.trim() === "") return "a command hook needs command"
      if (raw.args !== undefined && !isTexts(raw.args)) return "args must be a list of texts"
      if (raw.shell === "powershell") return "hooks in PowerShell do not run in this version"
      return {
        type,
        ...common,
        command: raw.command,
        ...(isTexts(raw.args) && { args: raw.args }),
        ...(raw.async === true && { async: true }),
        ...(raw.asyncRewake === true && { asyncRewake: true }),
      }
    }
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
    case "mcp_tool":
    case "prompt":
    case "agent":
      return `handlers of type "${type}" do not run in this version`
    default:
      return `unknown handler type ${JSON.stringify(type)}; use command or http`
  }
}
