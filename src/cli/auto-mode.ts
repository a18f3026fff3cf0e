/** Auto mode as the settings have it: only the person's own, a flag and a policy speak of it. */
import { isObject } from "../config/key-type.ts"
import { type AutoMode, withDefaults } from "../model/auto-mode.ts"
import type { Settings } from "../model/settings.ts"

/** Null where it may not be entered. */
export function autoModeOf(settings: Settings): AutoMode | null {
  if (settings.permissions?.disableAutoMode === "disable") return null
  const given = isObject(settings.autoMode) ? settings.autoMode : {}
  return {
    rules: withDefaults(given),
    allShell: given.classifyAllShell === true,
    duringPlan: settings.useAutoModeDuringPlan !== false,
    accepted: settings.skipAutoPermissionPrompt === true,
  }
}
