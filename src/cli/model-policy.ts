import { type ModelLists, refuseModel } from "../api/model-list.ts"
import { resolveModel } from "../api/models.ts"
import type { Prepared } from "./prepare.ts"

/** Why a model may not be used here by the lists of the settings, in one line; null when it may. */
export function modelPolicy({ config: { settings }, env }: Prepared): (name: string) => string | null {
  const lists: ModelLists = {
    available: settings.availableModels,
    denied: settings.deniedModels,
    enforce: settings.enforceAvailableModels,
  }
  return (name) => refuseModel(name, resolveModel(name, env).id, lists)
}
