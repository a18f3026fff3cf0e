/** Settings as rows for people: the value in force and the layer that gave it. */

import { isObject } from "./key-type.ts"
import { KEYS, keyInfo } from "./keys.ts"
import { followsAtOnce } from "./live-keys.ts"
import type { Config, Origin } from "./load.ts"
import { UNOBEYED_SETTINGS, unobeyed } from "./unobeyed.ts"

export interface ShownSetting {
  readonly key: string
  /** Undefined when unset and without a default. */
  readonly value: unknown
  /** The layer's label, `default`, or `unset`. */
  readonly from: string
}

export function showSetting(config: Config, key: string): ShownSetting {
  const [first] = config.explain(key)
  const value = valueAt(config.settings, key)
  if (first !== undefined) return { key, value, from: placeOf(first) }
  const preset = keyInfo(key)?.default
  return { key, value: preset, from: preset === undefined ? "unset" : "default" }
}

/** Every key of the table, in its order. */
export function showAll(config: Config): readonly ShownSetting[] {
  return KEYS.map(({ key }) => showSetting(config, key))
}

/** What is set and does nothing here: the key, where, and why. */
export function setInVain(
  config: Config,
): readonly { readonly key: string; readonly from: string; readonly why: string }[] {
  const own = config
    .explain("theme")
    .filter(({ value }) => typeof value === "string" && value.startsWith("custom:"))
    .map((origin) => ({
      key: "theme",
      from: placeOf(origin),
      why: "themes of your own are not read; the colours are auto",
    }))
  const keys = Object.entries(UNOBEYED_SETTINGS).flatMap(([key, why]) =>
    config.explain(key).map((origin) => ({ key, from: placeOf(origin), why })),
  )
  return [...own, ...keys]
}

/** What a person should know of a key besides its value; null for nothing. */
export function caveat(key: string): string | null {
  const why = unobeyed(key)
  if (why !== null) return `known, but not obeyed: ${why}`
  return followsAtOnce(key) ? null : "a change holds from the next start on"
}

/** Which layer gives the value, and which others set it, in lines. */
export function explainLines(config: Config, key: string): readonly string[] {
  const origins = config.explain(key)
  const shown = showSetting(config, key)
  const problems = config.problems
    .filter((problem) => problem.key === key || problem.key?.startsWith(`${key}.`))
    .map(({ file, line, message }) => `not used: ${file}${line === undefined ? "" : `:${line}`} ${message}`)
  const about = caveat(key)
  if (about !== null) problems.push(about)
  if (origins.length === 0) {
    const preset =
      shown.value === undefined ? "is not set and has no default" : `default ${JSON.stringify(shown.value)}`
    return [`${key}: ${preset}`, ...problems]
  }
  const joins = origins.length > 1 && (Array.isArray(shown.value) || isObject(shown.value))
  return [
    `${key} = ${JSON.stringify(shown.value)}`,
    ...origins.map((origin, at) => {
      const role = joins ? "adds" : at === 0 ? "in force" : "outranked"
      return `${role}: ${JSON.stringify(origin.value)} from ${placeOf(origin)} (${LAYERS[origin.source]})`
    }),
    ...problems,
  ]
}

const LAYERS: Readonly<Record<Origin["source"], string>> = {
  policySettings: "managed",
  flagSettings: "--settings",
  cliArg: "command line",
  localSettings: "local",
  projectSettings: "project",
  userSettings: "user",
  session: "session",
}

function placeOf({ label, line }: Origin): string {
  return line === null ? label : `${label}:${line}`
}

function valueAt(settings: Readonly<Record<string, unknown>>, key: string): unknown {
  let value: unknown = settings
  for (const name of key.split("."))
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
  return value
}
