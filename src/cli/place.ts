/** What commands about the program itself start from. They must work where a session could not start, so nothing here throws. */
import { realpathSync } from "node:fs"
import { type Config, loadConfig } from "../config/load.ts"
import { type ConfigPaths, configPaths, type Env } from "../config/paths.ts"
import { isTrusted, openState, type State } from "../config/state.ts"
import { withIgnoredRules } from "./ignored-rules.ts"

export interface Place {
  readonly cwd: string
  /** The process's environment with the `env` of settings over it. */
  readonly env: Env
  readonly paths: ConfigPaths
  readonly state: State
  readonly config: Config
  readonly trusted: boolean
}

export function findPlace(started: Env = process.env): Place {
  const paths = configPaths(started)
  const cwd = currentFolder(paths.home)
  const state = openState(paths)
  const trusted = isTrusted(cwd, state, paths)
  const config = withIgnoredRules(
    loadConfig({ cwd, env: started, paths, trust: trusted ? "trusted" : "untrusted" }),
  )
  return { cwd, env: { ...started, ...config.settings.env }, paths, state, config, trusted }
}

function currentFolder(fallback: string): string {
  try {
    return realpathSync(process.cwd()).normalize("NFC")
  } catch {
    return fallback
  }
}
