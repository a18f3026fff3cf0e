/** The hooks of a session, from its settings layers. */
import { join } from "node:path"
import { createHooks, type Hooks } from "../extend/hooks/create-hooks.ts"
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
    onProblem(line: string): void
  },
): Hooks {
  const { flags, config, cwd, paths } = prepared
  const { settings } = config
  const managed = config.layers.filter(({ source }) => source === "policySettings")
  const disabledByPolicy = managed.some(({ values }) => values.disableAllHooks === true)
  // A person may turn off their own hooks, not those of the administrator.
  const disabled = disabledByPolicy || (settings.disableAllHooks === true && managed.length === 0)
  const { allowedHttpHookUrls: urls, httpHookAllowedEnvVars: names } = settings
  return createHooks({
    layers: config.layers.map(({ source, label, values }) => ({ source, label, hooks: values.hooks })),
    disabled: disabled || flags.bare === true || flags.safeMode === true,
    managedOnly: settings.allowManagedHooksOnly === true || settings.disableAllHooks === true,
    cwd,
    projectDir: cwd,
    env: parts.env,
    http: {
      ...(Array.isArray(urls) ? { allowedUrls: urls as readonly string[] } : {}),
      ...(Array.isArray(names) ? { allowedEnvVars: names as readonly string[] } : {}),
    },
    envFile: (id) => sessionEnvFile(paths, id),
    covers: parts.covers,
    onProblem: parts.onProblem,
  })
}
