/**
 * Checks one layer against the table of keys: types, which files may set a key, and what a folder that is not trusted may
 * not do. Deny and ask rules always pass.
 */
import type { RuleSource } from "../model/permission.ts"
import { check, fromEntries, isObject } from "./key-type.ts"
import { isParentKey, type KeyInfo, keyInfo, type Scope } from "./keys.ts"
import { parseToolAlias } from "./tool-alias.ts"

/**
 * What the folder's own files may do. `headless`: no person was asked (`-p`), so what runs holds and what widens
 * permissions does not. `untrusted`: neither.
 */
export type Trust = "trusted" | "headless" | "untrusted"

export interface LayerFault {
  readonly path: readonly string[]
  readonly message: string
  readonly kind: "bad-value" | "wrong-file" | "untrusted"
}

export interface CheckedLayer {
  readonly values: Readonly<Record<string, unknown>>
  readonly faults: readonly LayerFault[]
}

/** Variables that decide where requests and secrets go or what is loaded: never from a folder that is not trusted. */
const STEERING =
  /^(ANTHROPIC_|CLAUDE_CONFIG_DIR$|CLAUDE_CODE_(USE_|SKIP_|OAUTH_|CLIENT_|CERT_|API_KEY_|SHELL|EXTRA_BODY|GIT_BASH|TMPDIR)|CLAUDE_ENV_FILE$|AWS_|GOOGLE_|AZURE_|CLOUD_ML_|VERTEX_|OTEL_|(HTTPS?|ALL|NO)_PROXY$|NODE_|BUN_|LD_|DYLD_|PATH$|HOME$|SHELL$|GIT_|SSL_CERT_|BASH_ENV$|ENV$)/i

export function checkLayer(
  raw: Readonly<Record<string, unknown>>,
  source: RuleSource,
  trust: Trust,
): CheckedLayer {
  const faults: LayerFault[] = []
  const visit = (
    object: Readonly<Record<string, unknown>>,
    path: readonly string[],
  ): Record<string, unknown> => {
    const kept: [string, unknown][] = []
    for (const [name, value] of Object.entries(object)) {
      const here = [...path, name]
      const key = here.join(".")
      const info = keyInfo(key)
      if (info) {
        const checked = checkKey(info, value, here, source, trust, faults)
        if (checked !== undefined) kept.push([name, checked])
      } else if (!isParentKey(key)) kept.push([name, value])
      else if (isObject(value)) kept.push([name, visit(value, here)])
      else faults.push({ path: here, message: "must be an object", kind: "bad-value" })
    }
    return fromEntries(kept)
  }
  return { values: visit(raw, []), faults }
}

function checkKey(
  info: KeyInfo,
  value: unknown,
  path: readonly string[],
  source: RuleSource,
  trust: Trust,
  faults: LayerFault[],
): unknown {
  const fromFolder = source === "projectSettings" || source === "localSettings"
  if (!mayStandIn(info.scope, source)) {
    faults.push({
      path,
      message: `does nothing here: it is read from ${scopeWords(info.scope)} only`,
      kind: "wrong-file",
    })
    return undefined
  }
  const checked = check(value, info.type, path)
  for (const fault of checked.faults) faults.push({ ...fault, kind: "bad-value" })
  if (checked.value === undefined || !fromFolder) return settled(info, checked.value, path, faults)
  if (info.key === "permissions.defaultMode" && checked.value === "auto") {
    faults.push({ path, message: "auto mode cannot be set by a project", kind: "wrong-file" })
    return undefined
  }
  if (trust === "trusted") return settled(info, checked.value, path, faults)
  if (isHeldBack(info, checked.value, trust)) {
    faults.push({ path, message: "is not used: this workspace has not been trusted", kind: "untrusted" })
    return undefined
  }
  return info.key === "env" && isObject(checked.value)
    ? harmlessEnv(checked.value, path, faults)
    : settled(info, checked.value, path, faults)
}

function isHeldBack(info: KeyInfo, value: unknown, trust: Trust): boolean {
  if (info.key === "permissions.defaultMode") return value === "bypassPermissions"
  if (info.gate === "grants") return !tightens(info, value)
  return info.gate === "runs" && trust === "untrusted"
}

/** Switches whose careful side is on; of all others it is off. */
const CAREFUL_ON: ReadonlySet<string> = new Set([
  "permissions.blockReadsOutsideWorkingDirectories",
  "permissions.blockWritesOutsideWorkingDirectories",
  "permissions.denyInsteadOfPrompting",
  "sandbox.enabled",
  "sandbox.failIfUnavailable",
  "sandbox.network.strictAllowlist",
  "disableSkillShellExecution",
])

/** A switch that a folder sets to the careful side is no grant. */
function tightens(info: KeyInfo, value: unknown): boolean {
  return value === CAREFUL_ON.has(info.key)
}

function harmlessEnv(
  env: Readonly<Record<string, unknown>>,
  path: readonly string[],
  faults: LayerFault[],
): Record<string, unknown> {
  return fromEntries(
    Object.entries(env).filter(([name]) => {
      if (!STEERING.test(name)) return true
      faults.push({
        path: [...path, name],
        message: "is not used: this workspace has not been trusted",
        kind: "untrusted",
      })
      return false
    }),
  )
}

/** What of a value that may stand here is used: `manual` is another word for the default mode, and an alias must be one. */
function settled(info: KeyInfo, value: unknown, path: readonly string[], faults: LayerFault[]): unknown {
  if (info.key === "permissions.defaultMode") return value === "manual" ? "default" : value
  if (info.key !== "toolAliases" || !isObject(value)) return value
  return fromEntries(
    Object.entries(value).filter(([name, text]) => {
      const alias = parseToolAlias(name, String(text))
      if (typeof alias !== "string") return true
      faults.push({
        path: [...path, name],
        message: alias.slice(`toolAliases.${name}: `.length),
        kind: "bad-value",
      })
      return false
    }),
  )
}

function mayStandIn(scope: Scope, source: RuleSource): boolean {
  if (scope === "any" || source === "policySettings") return true
  if (scope === "managed") return false
  if (source === "localSettings") return scope === "user-local"
  return source !== "projectSettings"
}

function scopeWords(scope: Scope): string {
  if (scope === "managed") return "managed settings"
  return scope === "user"
    ? "user settings, --settings and managed settings"
    : "local, user and managed settings and --settings"
}
