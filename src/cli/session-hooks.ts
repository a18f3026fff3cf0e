/** The hooks of a session, from its settings layers. */
import { join } from "node:path"
import type { Layer } from "../config/layers.ts"
import type { Config } from "../config/load.ts"
import { createHooks, type HookSettings, type Hooks } from "../extend/hooks/create-hooks.ts"
import type { Call, RuleSource } from "../model/permission.ts"
import type { Prepared } from "./prepare.ts"

/** Read before every command of the session, once hooks made it. */
export function sessionEnvFile({ configDir }: Pick<Prepared["paths"], "configDir">, id: string): string {
  return join(configDir, "session-env", id, "hooks.sh")
}

export function sessionHooks(
  prepared: Prepared,
  parts: {
    readonly env: Readonly<Record<string, string>>
    /** Loaded before the first call is judged. */
    readonly covers: (rule: string, call: Call) => boolean
    onProblem(line: string): void
  },
): Hooks {
  const { config, cwd, paths } = prepared
  return createHooks({
    ...hookSettings(prepared, config),
    cwd,
    projectDir: cwd,
    env: parts.env,
    envFile: (id) => sessionEnvFile(paths, id),
    covers: parts.covers,
    onProblem: parts.onProblem,
  })
}

/** Settings files that lie in the folder: their hooks run as they were agreed to at the start. */
const OF_FOLDER: ReadonlySet<RuleSource> = new Set(["projectSettings", "localSettings"])

/**
 * The hooks that `config`, read later than the start, allows: the person's own and managed ones as they are now, those of the
 * folder as they were at the start, because somebody agreed to those.
 */
export function hookSettings({ flags, config: start }: Prepared, config: Config): HookSettings {
  const { settings } = config
  const ofFolder = (layer: Layer) => OF_FOLDER.has(layer.source)
  const layers = [...start.layers.filter(ofFolder), ...config.layers.filter((layer) => !ofFolder(layer))]
  const managed = config.layers.filter(({ source }) => source === "policySettings")
  const disabledByPolicy = managed.some(({ values }) => values.disableAllHooks === true)
  // A person may turn off their own hooks, not those of the administrator.
  const disabled = disabledByPolicy || (settings.disableAllHooks === true && managed.length === 0)
  const { allowedHttpHookUrls: urls, httpHookAllowedEnvVars: names } = settings
  return {
    layers: layers.map(({ source, label, values }) => ({ source, label, hooks: values.hooks })),
    disabled: disabled || flags.bare === true || flags.safeMode === true,
    managedOnly: settings.allowManagedHooksOnly === true || settings.disableAllHooks === true,
    http: {
      ...(Array.isArray(urls) ? { allowedUrls: urls as readonly string[] } : {}),
      ...(Array.isArray(names) ? { allowedEnvVars: names as readonly string[] } : {}),
    },
  }
}

/** Whether the folder's own hooks are others than at the start. */
export function folderHooksDiffer({ config: start }: Prepared, config: Config): boolean {
  const hooks = ({ layers }: Config) =>
    layers.flatMap(({ source, values }) =>
      OF_FOLDER.has(source) && values.hooks !== undefined ? [[source, values.hooks]] : [],
    )
  return JSON.stringify(hooks(start)) !== JSON.stringify(hooks(config))
}
