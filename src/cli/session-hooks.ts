/** The hooks of a session, from its settings layers. */
import { join } from "node:path"
import { isOfFolder } from "../config/folder-approvals.ts"
import type { Config } from "../config/load.ts"
import { createHooks, type HookSettings, type Hooks } from "../extend/hooks/create-hooks.ts"
import type { CallTool } from "../extend/hooks/run-mcp-tool.ts"
import type { Call } from "../model/permission.ts"
import type { Prepared } from "./prepare.ts"
import { pluginHooks } from "./session-plugins.ts"

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

/**
 * The hooks that `config`, read later than the start, allows: the person's own and managed ones as they are now, those of the
 * folder as they were at the start, because somebody agreed to those.
 */
export function hookSettings({ flags, config: start, plugins }: Prepared, config: Config): HookSettings {
  const { settings } = config
  const layers = [...start.layers.filter(isOfFolder), ...config.layers.filter((layer) => !isOfFolder(layer))]
  const managed = config.layers.filter(({ source }) => source === "policySettings")
  const disabledByPolicy = managed.some(({ values }) => values.disableAllHooks === true)
  const { allowedHttpHookUrls: urls, httpHookAllowedEnvVars: names } = settings
  return {
    layers: [
      ...layers.map(({ source, label, values }) => ({ source, label, hooks: values.hooks })),
      ...pluginHooks(plugins?.list ?? []),
    ],
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
