/**
 * Settings that follow their files while a session runs (`live-keys.ts` says which): rules, modes, folders, hooks, the sandbox,
 * the environment of children, models, tool aliases and the screen at once; all else stays as it was at the start, model,
 * effortLevel and outputStyle by spec/settings.md section 1.
 */

import { resolve } from "node:path"
import { followsAtOnce } from "../config/live-keys.ts"
import type { Config } from "../config/load.ts"
import { settingsSources, watchFiles } from "../config/watch.ts"
import type { Hooks } from "../extend/hooks/create-hooks.ts"
import type { Command } from "../model/command.ts"
import { childEnv } from "./child-env.ts"
import { type ConfigChange, changedFiles } from "./config-change.ts"
import { extraRoots, type Prepared, problemLine, readConfig } from "./prepare.ts"
import { restrictionsOf } from "./restrictions.ts"
import { folderHooksText, hookSettings } from "./session-hooks.ts"

export interface LiveSettings {
  /** As of the newest reading. */
  readonly config: Config
  /** Reads the files again and tells the session; what is invalid is left out and named. */
  reload(): void
  /** Until the returned function is called. */
  watch(said: (level: "info" | "warning", text: string) => void, changed?: () => void): () => void
}

/** Problems shown at a time; the rest is counted. */
const SHOWN_PROBLEMS = 5

/** What follows the settings. */
export interface Followers {
  send(command: Command): void
  readonly hooks?: Pick<Hooks, "reload">
  /** ConfigChange hooks; what they say no to is not taken over. */
  readonly refusal?: (changes: readonly ConfigChange[]) => Promise<string | null> | null
  /** What else may be wrong with settings, a line each; told when a change brings it. */
  readonly check?: (config: Config) => readonly string[]
  /** Parts that are made of settings (sandbox, models); one line when one could not follow. */
  readonly follow?: (config: Config) => Promise<string | null>
}

export function createLiveSettings(prepared: Prepared, followers: Followers): LiveSettings {
  const { send, hooks, refusal, check = () => [], follow = async () => null } = followers
  let { config } = prepared
  let said: (level: "info" | "warning", text: string) => void = () => undefined
  let onChange: () => void = () => undefined
  const reload = () => {
    const next = readConfig(prepared)
    // A flag file that is broken now was good at the start: what it said then holds.
    if (next.problems.some((problem) => problem.kind === "fatal")) {
      said("warning", describe(next.problems.map(problemLine)))
      return
    }
    const asking = refusal?.(changedFiles(config, next)) ?? null
    if (asking === null) return take(next)
    const round = ++rounds
    void asking.then((reason) => {
      // The files changed again meanwhile: that reading is asked about by itself.
      if (round !== rounds) return
      if (reason === null) take(next)
      else said("warning", `The change of the settings is not taken over: ${reason}`)
    })
  }
  let rounds = 0
  const take = (next: Config) => {
    const before = config
    config = next
    const changed = changedKeys(before, next)
    const problems = [...newProblems(before, next), ...added(check(before), check(next))]
    if (changed.length > 0) {
      hooks?.reload(hookSettings(prepared, next))
      void follow(next).then((why) => (why === null ? undefined : said("warning", why)))
      send(reloadCommand(prepared, next))
      onChange()
      said("info", `Settings changed: ${summary(changed)}`)
      if (changed.includes("hooks") && folderHooksText(prepared.config) !== folderHooksText(next))
        said("info", FOLDER_HOOKS)
    }
    if (problems.length > 0) said("warning", describe(problems))
  }
  return {
    get config() {
      return config
    },
    reload,
    watch(listener, changed = () => undefined) {
      said = listener
      onChange = changed
      const flagFile = prepared.flags.settings
      const more =
        flagFile === undefined || flagFile.trimStart().startsWith("{")
          ? []
          : [resolve(prepared.cwd, flagFile)]
      const end = watchFiles(settingsSources(config.paths, config.files, more), reload)
      return () => {
        said = () => undefined
        onChange = () => undefined
        end()
      }
    },
  }
}

function reloadCommand(prepared: Prepared, config: Config): Command {
  const { flags, cwd } = prepared
  const forbidden = config.settings.permissions?.disableBypassPermissionsMode === "disable"
  return {
    type: "reload",
    rules: config.rules,
    // Bypass may be taken away while a session runs, never given.
    modes: prepared.modes.filter((mode) => mode !== "bypassPermissions" || !forbidden),
    ...restrictionsOf(config),
    additionalRoots: extraRoots(flags, config, cwd),
    env: childEnv({ env: { ...process.env, ...config.settings.env }, config }),
  }
}

/** Top-level keys whose merged value differs. */
export function changedKeys(before: Config, after: Config): readonly string[] {
  const keys = new Set([...Object.keys(before.settings), ...Object.keys(after.settings)])
  return [...keys].filter(
    (key) => JSON.stringify(before.settings[key]) !== JSON.stringify(after.settings[key]),
  )
}

const FOLDER_HOOKS =
  "The hooks of this folder run as they were at the start; what changed is asked about at the next one."

function summary(keys: readonly string[]): string {
  return keys.map((key) => (followsAtOnce(key) ? key : `${key} (from the next start on)`)).join(", ")
}

function newProblems(before: Config, after: Config): readonly string[] {
  return added(before.problems.map(problemLine), after.problems.map(problemLine))
}

function added(before: readonly string[], after: readonly string[]): readonly string[] {
  const known = new Set(before)
  return after.filter((line) => !known.has(line))
}

/** Invalid parts with file, line and key; the valid rest holds. */
export function describe(problems: readonly string[]): string {
  const more = problems.length - SHOWN_PROBLEMS
  return [
    "Parts of the settings are not used:",
    ...problems.slice(0, SHOWN_PROBLEMS).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more: ccts doctor`] : []),
  ].join("\n")
}
