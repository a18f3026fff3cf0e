import { type ModelLists, refuseModel } from "../api/model-list.ts"
import { resolveModel } from "../api/models.ts"
import type { Settings } from "../model/settings.ts"
import type { Prepared } from "./prepare.ts"

/** Why a model may not be used here by the lists of the settings, in one line; null when it may. */
export function modelPolicy(
  { config, env }: Prepared,
  now: () => Settings = () => config.settings,
): (name: string) => string | null {
  const lists = (settings: Settings): ModelLists => ({
    available: settings.availableModels,
    denied: settings.deniedModels,
    enforce: settings.enforceAvailableModels,
  })
  return (name) => refuseModel(name, resolveModel(name, env).id, lists(now()))
}
