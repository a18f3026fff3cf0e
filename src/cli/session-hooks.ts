/** The hooks of a session, from its settings layers. */
import { join } from "node:path"
import type { Layer } from "../config/layers.ts"
import type { Config } from "../config/load.ts"
import { createHooks, type HookSettings, type Hooks } from "../extend/hooks/create-hooks.ts"
import type { CallTool } from "../extend/hooks/run-mcp-tool.ts"
import type { Call } from "../model/permission.ts"
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
    readonly callTool: CallTool
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
    callTool: parts.callTool,
    onProblem: parts.onProblem,
  })
}

/** Settings files that lie in the folder: their hooks run as they were agreed to at the start. */
export function isOfFolder({ source }: Layer): boolean {
  return source === "projectSettings" || source === "localSettings"
}

/**
 * The hooks that `config`, read later than the start, allows: the person's own and managed ones as they are now, those of the
 * folder as they were at the start, because somebody agreed to those.
 */
export function hookSettings({ flags, config: start }: Prepared, config: Config): HookSettings {
  const { settings } = config
  const layers = [...start.layers.filter(isOfFolder), ...config.layers.filter((layer) => !isOfFolder(layer))]
  const managed = config.layers.filter(({ source }) => source === "policySettings")
  const disabledByPolicy = managed.some(({ values }) => values.disableAllHooks === true)
  const { allowedHttpHookUrls: urls, httpHookAllowedEnvVars: names } = settings
  return {
    layers: layers.map(({ source, label, values }) => ({ source, label, hooks: values.hooks })),
    disabled: disabledByPolicy || flags.bare === true || flags.safeMode === true,
    // A person may turn off their own hooks, not those of the administrator.
    hostOff: settings.disableAllHooks === true || flags.safeMode === true,
    managedOnly: settings.allowManagedHooksOnly === true || settings.disableAllHooks === true,
    http: {
      ...(Array.isArray(urls) ? { allowedUrls: urls as readonly string[] } : {}),
      ...(Array.isArray(names) ? { allowedEnvVars: names as readonly string[] } : {}),
    },
  }
}

/** The hooks that lie in the folder, with the file that says each. */
export function folderHooks({ layers }: Config) {
  return layers
    .filter((layer) => isOfFolder(layer) && layer.values.hooks !== undefined)
    .map(({ source, label, values }) => ({ source, label, hooks: values.hooks }))
}

/** What is agreed to: which file's hooks, and what they are. The same text as long as nothing changed. */
export function folderHooksText(config: Config): string {
  return JSON.stringify(folderHooks(config).map(({ source, hooks }) => [source, hooks]))
}
