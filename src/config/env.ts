/** Environment variables as the program reads them (spec/cli.md section 5). */
import type { Env } from "./paths.ts"

const ON: ReadonlySet<string> = new Set(["1", "true", "yes", "on"])
const OFF: ReadonlySet<string> = new Set(["0", "false", "no", "off"])

/** True, false, or undefined when unset, empty or not a boolean word. Any case, blanks around allowed. */
export function envBool(env: Env, name: string): boolean | undefined {
  const word = env[name]?.trim().toLowerCase()
  if (word === undefined) return undefined
  if (ON.has(word)) return true
  return OFF.has(word) ? false : undefined
}

/** Switched on: a boolean word for yes. */
export function envOn(env: Env, name: string): boolean {
  return envBool(env, name) === true
}

/** For the few variables that any non-empty value switches on. */
export function envSet(env: Env, name: string): boolean {
  return (env[name] ?? "") !== ""
}

/** A whole number of at least `min`, cut at `max`; undefined when unset or not one. */
export function envInt(env: Env, name: string, min = 0, max = Number.MAX_SAFE_INTEGER): number | undefined {
  const word = env[name]?.trim()
  if (word === undefined || !/^\d{1,15}$/.test(word)) return undefined
  const value = Number(word)
  return value < min ? undefined : Math.min(value, max)
}

/** Comma-separated, without blanks and empty entries. */
export function envList(env: Env, name: string): readonly string[] {
  return (env[name] ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
}
