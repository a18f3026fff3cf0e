import { persistSetting } from "../../config/persist.ts"
import type { Controls } from "../../headless/controls.ts"
import { isObject, type Json } from "../../headless/shapes.ts"
import type { PermissionUpdate } from "../../model/permission.ts"
import { PERMISSION_MODES, type PermissionMode } from "../../model/permission.ts"
import type { HostContext } from "./host-context.ts"
import { parseRuleText } from "./rule-text.ts"

/** What a host may write into which file: each key is a decision on security (SDK `updateSettings`). */
const WRITABLE = { localSettings: ["outputStyle"], userSettings: ["effortLevel"] } as const
const FILES = { localSettings: "local", userSettings: "user" } as const

/** Settings of the running session: read, written through the program's own writer, laid over for the session. */
export function settingsControls({ prepared, permissions, core }: HostContext): Controls {
  const { config, flags } = prepared
  let overlay: Json = {}
  return {
    get_settings: () => ({
      effective: merged(config.settings, overlay),
      sources: [
        ...config.layers.map(({ source, values, file }) => ({
          source,
          settings: values,
          ...(file && { file }),
        })),
        ...(Object.keys(overlay).length > 0 ? [{ source: "flagSettings", settings: overlay }] : []),
      ],
    }),
    async update_settings({ source, settings }) {
      if (source !== "localSettings" && source !== "userSettings")
        throw new Error("source must be localSettings or userSettings.")
      if (!isObject(settings)) throw new Error("settings must be an object.")
      const allowed: readonly string[] = WRITABLE[source]
      const other = Object.keys(settings).find((key) => !allowed.includes(key))
      if (other !== undefined)
        throw new Error(`A host may not write ${other} to ${source}; only ${allowed.join(", ")}.`)
      const name = FILES[source]
      if (flags.settingSources !== undefined && !flags.settingSources.includes(name))
        throw new Error(`This session does not load ${source} (--setting-sources).`)
      for (const [key, value] of Object.entries(settings)) {
        if (typeof value !== "string") throw new Error(`${key} must be a string.`)
        await persistSetting(key, value, name, config.files)
      }
      return {}
    },
    apply_flag_settings({ settings }, signal) {
      if (!isObject(settings)) throw new Error("settings must be an object.")
      const { model, effortLevel, permissions: rules, ...others } = settings
      if (rules !== undefined && rules !== null && !isObject(rules))
        throw new Error("permissions must be an object.")
      const updates = isObject(rules) ? sessionUpdates(rules) : []
      const known = {
        ...(model === undefined ? {} : { model }),
        ...(effortLevel === undefined ? {} : { effortLevel }),
      }
      // Model and effort are the engine's; the built-in control checks and applies them.
      if (Object.keys(known).length > 0) core.apply_flag_settings?.({ settings: known }, signal)
      if (others.alwaysThinkingEnabled !== undefined)
        permissions.engine.send({
          type: "thinking",
          tokens: others.alwaysThinkingEnabled === false ? 0 : null,
        })
      if (updates.length > 0) permissions.engine.send({ type: "permissions", updates })
      overlay = withoutNulls({ ...overlay, ...settings })
      return {}
    },
  }
}

/** The lists replace what an earlier overlay brought; null empties them. */
function sessionUpdates(permissions: Json): readonly PermissionUpdate[] {
  const updates: PermissionUpdate[] = []
  for (const behavior of ["allow", "ask", "deny"] as const) {
    const list = permissions[behavior]
    if (list === undefined) continue
    const texts = list ?? []
    if (!Array.isArray(texts) || !texts.every((text) => typeof text === "string"))
      throw new Error(`permissions.${behavior} must be a list of rules.`)
    updates.push({ type: "replaceRules", behavior, rules: texts.map(parseRuleText), destination: "cliArg" })
  }
  const { defaultMode, additionalDirectories } = permissions
  if (typeof defaultMode === "string") {
    if (!PERMISSION_MODES.includes(defaultMode as PermissionMode))
      throw new Error(`permissions.defaultMode must be one of ${PERMISSION_MODES.join(", ")}.`)
    updates.push({ type: "setMode", mode: defaultMode as PermissionMode, destination: "session" })
  }
  if (Array.isArray(additionalDirectories)) {
    const directories = additionalDirectories.filter((path) => typeof path === "string")
    updates.push({ type: "addDirectories", directories, destination: "session" })
  }
  return updates
}

function merged(low: Json, high: Json): Json {
  const out: Record<string, unknown> = { ...low }
  for (const [key, value] of Object.entries(high)) {
    const under = out[key]
    out[key] = isObject(under) && isObject(value) ? merged(under, value) : value
  }
  return out
}

function withoutNulls(values: Json): Json {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
}
