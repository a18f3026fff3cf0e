import { persistSetting } from "../../config/persist.ts"
import type { Controls } from "../../headless/controls.ts"
import { isObject, isStrings, type Json } from "../../headless/shapes.ts"
import { PERMISSION_MODES, type PermissionMode } from "../../model/permission.ts"
import type { HostContext } from "./host-context.ts"
import { modelControls } from "./model-controls.ts"

/** What a host may write into which file: each key is a decision on security (SDK `updateSettings`). */
const WRITABLE = { localSettings: ["outputStyle"], userSettings: ["effortLevel"] } as const
const FILES = { localSettings: "local", userSettings: "user" } as const

/** Settings of the running session: read, written through the program's own writer, laid over for the session. */
export function settingsControls(context: HostContext): Controls {
  const { prepared, permissions, core, live } = context
  const { flags } = prepared
  let overlay: Json = {}
  return {
    get_settings: () => ({
      effective: live.config.settings,
      sources: live.config.layers.map(({ source, values, file }) => ({
        source,
        settings: values,
        ...(file && { file }),
      })),
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
        await persistSetting(key, value, name, live.config.files)
      }
      live.reload()
      return {}
    },
    async apply_flag_settings({ settings }, signal) {
      if (!isObject(settings)) throw new Error("settings must be an object.")
      const { model, effortLevel, permissions: rules, ...others } = settings
      if (rules !== undefined && rules !== null && !isObject(rules))
        throw new Error("permissions must be an object.")
      const mode = isObject(rules) ? checkedRules(rules) : null
      if (model !== undefined) await modelControls(context).set_model?.({ model }, signal)
      if (effortLevel !== undefined) core.apply_flag_settings?.({ settings: { effortLevel } }, signal)
      if (others.alwaysThinkingEnabled !== undefined)
        permissions.engine.send({
          type: "thinking",
          tokens: others.alwaysThinkingEnabled === false ? 0 : null,
        })
      overlay = laidOver(overlay, settings)
      live.lay(overlay)
      if (mode !== null) core.set_permission_mode?.({ mode }, signal)
      return {}
    },
  }
}

/** Throws for lists that are none; the mode that the session is to change to, if any. */
function checkedRules(permissions: Json): PermissionMode | null {
  for (const name of ["allow", "ask", "deny", "additionalDirectories"]) {
    const list = permissions[name]
    if (list === undefined || list === null) continue
    if (!isStrings(list)) throw new Error(`permissions.${name} must be a list of texts.`)
  }
  const { defaultMode } = permissions
  if (defaultMode === undefined || defaultMode === null) return null
  const mode = PERMISSION_MODES.find((one) => one === defaultMode)
  if (mode === undefined)
    throw new Error(`permissions.defaultMode must be one of ${PERMISSION_MODES.join(", ")}.`)
  return mode
}

/** Lists and values replace those of an earlier overlay; null takes a key away. */
function laidOver(low: Json, high: Json): Json {
  const out: Record<string, unknown> = { ...low }
  for (const [key, value] of Object.entries(high)) {
    const under = out[key]
    if (value === null) delete out[key]
    else out[key] = isObject(value) ? laidOver(isObject(under) ? under : {}, value) : value
  }
  return out
}
