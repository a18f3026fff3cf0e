import { coreName } from "./model-table.ts"

/** The lists of the settings (spec/settings.md section 2): families (`opus`), prefixes (`claude-opus-4`) or ids. */
export interface ModelLists {
  /** Undefined: every model may be chosen. */
  readonly available?: readonly string[] | undefined
  readonly denied?: readonly string[] | undefined
  /** The list also holds for the model that is used when none is named. */
  readonly enforce?: boolean | undefined
}

/**
 * Why the model that `name` stands for may not be used, in one line; null when it may.
 * @param name what the person, an agent or a setting named: an alias, an id or `default`
 * @param id what it stands for
 */
export function refuseModel(name: string, id: string, lists: ModelLists): string | null {
  const covered = (entries: readonly string[]) => entries.some((entry) => covers(entry, name, id))
  if (lists.denied !== undefined && covered(lists.denied))
    return `The model ${name} is not allowed here: deniedModels in the settings names it.`
  if (lists.available === undefined || (name === "default" && lists.enforce !== true)) return null
  if (covered(lists.available)) return null
  const rest = lists.available.length === 0 ? "none" : lists.available.join(", ")
  return `The model ${name} is not allowed here: availableModels in the settings lists ${rest}.`
}

function covers(entry: string, name: string, id: string): boolean {
  const wanted = plain(entry)
  if (wanted === "") return false
  if (wanted === plain(name)) return true
  const core = plain(coreName(id))
  return core === wanted || core.startsWith(`${wanted}-`) || core.split("-").includes(wanted)
}

function plain(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/\[1m\]$/, "")
}
