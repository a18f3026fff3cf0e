import { PERMISSION_MODES, type PermissionMode, type PermissionUpdate } from "./permission.ts"

const DESTINATIONS: ReadonlySet<unknown> = new Set<PermissionUpdate["destination"]>([
  "userSettings",
  "projectSettings",
  "localSettings",
  "session",
  "cliArg",
])
const BEHAVIORS: ReadonlySet<unknown> = new Set(["allow", "deny", "ask"])

/** Whether what a host or a hook says is a change of permissions that can be made. */
export function isPermissionUpdate(value: unknown): value is PermissionUpdate {
  if (!isObject(value) || !DESTINATIONS.has(value.destination)) return false
  switch (value.type) {
    case "addRules":
    case "replaceRules":
    case "removeRules":
      return BEHAVIORS.has(value.behavior) && Array.isArray(value.rules) && value.rules.every(isRule)
    case "setMode":
      return PERMISSION_MODES.includes(value.mode as PermissionMode)
    case "addDirectories":
    case "removeDirectories":
      return Array.isArray(value.directories) && value.directories.every((one) => typeof one === "string")
    default:
      return false
  }
}

function isRule(value: unknown): boolean {
  if (!isObject(value) || typeof value.toolName !== "string") return false
  const { ruleContent } = value
  return ruleContent === undefined || ruleContent === null || typeof ruleContent === "string"
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
