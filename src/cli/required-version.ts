import { compareVersions } from "../lib/compare-versions.ts"
import type { Settings } from "../model/settings.ts"

/** Why this version may not start here by the managed settings, in one line; null when it may. */
export function versionRefusal(settings: Settings, version: string): string | null {
  const { requiredMinimumVersion: least, requiredMaximumVersion: most } = settings
  if (typeof least === "string" && compareVersions(version, least) < 0)
    return `The managed settings require ccts ${least} or newer (requiredMinimumVersion), and this is ${version}. Install a newer one.`
  if (typeof most === "string" && compareVersions(version, most) > 0)
    return `The managed settings allow ccts up to ${most} (requiredMaximumVersion), and this is ${version}. Install an older one.`
  return null
}
