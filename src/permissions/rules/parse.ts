/** The grammar of rules (spec/settings.md section 4). What does not parse is reported and has no effect. */

import type { Verdict } from "../../model/permission.ts"

export type ParsedRule =
  /** A bare name or a pattern of names. */
  | { readonly kind: "tool"; readonly tool: string }
  | { readonly kind: "command"; readonly tool: "Bash" | "PowerShell"; readonly pattern: CommandPattern }
  | { readonly kind: "path"; readonly tool: "Read" | "Edit" | "Cd"; readonly pattern: string }
  | { readonly kind: "domain"; readonly pattern: string }
  | { readonly kind: "agent"; readonly type: string }
  | { readonly kind: "skill"; readonly name: string; readonly prefix: boolean }
  | { readonly kind: "parameter"; readonly tool: string; readonly name: string; readonly pattern: string }

/** `text` with `*`; `boundary`: the command may also end right after `text`, or go on after a blank. */
export interface CommandPattern {
  readonly text: string
  readonly boundary: boolean
  readonly exact: boolean
  /** What every command that it matches begins with. */
  readonly head: string
  /** The part of `head` before any blank, quote or escape: it stands as such in some reading of the command. */
  readonly start: string
}

export type RuleProblem = { readonly error: string }

const ALIASES: Readonly<Record<string, string>> = {
  Task: "Agent",
  KillShell: "TaskStop",
  KillBash: "TaskStop",
  ListPeers: "ListAgents",
  Brief: "SendUserMessage",
  ListMcpResources: "ListMcpResourcesTool",
  ReadMcpResource: "ReadMcpResourceTool",
  ReadMcpResourceDir: "ReadMcpResourceDirTool",
  ProposeGoal: "SetGoal",
}

/** Input fields that identify what a call touches; they have rules of their own kind. */
const PRIMARY = new Set(["command", "file_path", "path", "notebook_path", "url"])

/** Tools whose specifier means something else, with the fields that `field:value` may still name. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Bash: ["run_in_background", "timeout", "dangerouslyDisableSandbox"],
  PowerShell: ["run_in_background", "timeout", "dangerouslyDisableSandbox"],
  Agent: ["model", "run_in_background", "isolation", "mode", "effort", "team_name", "subagent_type"],
  Read: ["offset", "limit", "pages", "allow_large"],
  Edit: ["replace_all"],
  Skill: [],
  WebFetch: ["offset"],
}

const UNSCOPED_PATH_TOOLS = new Set([
  "Write",
  "NotebookEdit",
  "Glob",
  "Grep",
  "MultiEdit",
  "EditBatch",
  "LSP",
])

export function canonicalTool(name: string): string {
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name
}

/** Parses one rule as it would count with `behavior`; an allow rule is held to a stricter grammar. */
export function parseRule(text: string, behavior: Verdict = "deny"): ParsedRule | RuleProblem {
  const trimmed = text.trim()
  const open = trimmed.indexOf("(")
  const name = open < 0 ? trimmed : trimmed.slice(0, open)
  if (!/^[A-Za-z_*][\w*.:@/-]*$/.test(name)) return { error: `"${text}" does not start with a tool name` }
  const nameProblem = checkName(name, behavior)
  if (nameProblem) return { error: `"${text}": ${nameProblem}` }
  const tool = canonicalTool(name)
  if (open < 0) return { kind: "tool", tool }
  if (!trimmed.endsWith(")")) return { error: `"${text}" lacks the closing parenthesis` }
  const spec = trimmed.slice(open + 1, -1)
  if (spec.trim() === "")
    return { error: `"${text}" has empty parentheses; write "${name}" for the whole tool` }
  if (spec === "*") return { kind: "tool", tool }
  if (tool.includes("*")) return { error: `"${text}": a pattern of tool names takes no parentheses` }
  const result = parseSpecifier(tool, spec, behavior)
  return "error" in result ? { error: `"${text}": ${result.error}` } : result
}

function checkName(name: string, behavior: Verdict): string | null {
  if (!name.includes("*") || behavior !== "allow") return null
  return /^mcp__[A-Za-z0-9.@/:-]+(_[A-Za-z0-9.@/:-]+)*__[^*]*\*/.test(name)
    ? null
    : "an allow rule may use * only after mcp__<server>__"
}

function parseSpecifier(tool: string, spec: string, behavior: Verdict): ParsedRule | RuleProblem {
  const field = /^([A-Za-z_]\w*):([\s\S]*)$/.exec(spec)
  const fieldName = field?.[1] ?? ""
  const own = Object.hasOwn(FIELDS, tool) ? FIELDS[tool] : undefined
  if (own?.includes(fieldName)) return parseField(tool, fieldName, field?.[2] ?? "", behavior)
  switch (tool) {
    case "Bash":
    case "PowerShell":
      return parseCommandPattern(tool, spec)
    case "Read":
    case "Edit":
    case "Cd":
      if (/^!/.test(spec)) return { error: "a path pattern cannot start with !" }
      return { kind: "path", tool, pattern: spec }
    case "WebFetch":
      if (fieldName === "domain") return parseDomain(field?.[2] ?? "")
      return { error: "write WebFetch(domain:example.com)" }
    case "Agent":
      return { kind: "agent", type: spec.trim() }
    case "Skill":
      return { kind: "skill", name: spec.replace(/(:| )\*$/, "").trim(), prefix: /(:| )\*$/.test(spec) }
    default:
  }
  if (UNSCOPED_PATH_TOOLS.has(tool) && !field)
    return { error: `a path in ${tool}(…) has no effect; use Edit(…) for writing and Read(…) for reading` }
  if (!field) return { error: `${tool}(…) takes parameter:value` }
  return parseField(tool, fieldName, field[2] ?? "", behavior)
}

function parseField(
  tool: string,
  name: string,
  pattern: string,
  behavior: Verdict,
): ParsedRule | RuleProblem {
  if (behavior === "allow") return { error: "parameter:value works in deny and ask rules only" }
  if (PRIMARY.has(name)) return { error: `${name} cannot be matched by parameter:value` }
  return { kind: "parameter", tool, name, pattern: pattern.trim() }
}

function parseDomain(text: string): ParsedRule | RuleProblem {
  const pattern = text.trim().toLowerCase().replace(/\.$/, "")
  if (!/^[\p{L}\p{N}_.*:[\]-]+$/u.test(pattern)) return { error: `"${text}" is not a host name` }
  return { kind: "domain", pattern }
}

function parseCommandPattern(tool: "Bash" | "PowerShell", spec: string): ParsedRule | RuleProblem {
  const text = spec.trim()
  if (text === "*") return { error: `write ${tool} for every command` }
  const prefix = /^([\s\S]*?)(:\*| \*)$/.exec(text)
  if (prefix) {
    const body = (prefix[1] ?? "").trim()
    if (body === "") return { error: "a prefix needs a command before the *" }
    return { kind: "command", tool, pattern: commandPattern(body, { boundary: true, exact: false }) }
  }
  return {
    kind: "command",
    tool,
    pattern: commandPattern(text, { boundary: false, exact: !text.includes("*") }),
  }
}

function commandPattern(text: string, how: { boundary: boolean; exact: boolean }): CommandPattern {
  const [head = ""] = text.split("*", 1)
  return { text, ...how, head, start: /^[^\s'"\\$`]*/.exec(head)?.[0] ?? "" }
}
