/**
 * The stored login of the person's own, where it lies: the credentials file, on macOS the keychain. Only the members that a
 * refresh changes are written; every other key stays as it is (spec/auth-and-storage.md section 2).
 */
import { createHash } from "node:crypto"
import { readFile, stat } from "node:fs/promises"
import { isObject } from "../config/key-type.ts"
import type { ConfigPaths } from "../config/paths.ts"
import { type JsonEdit, patchJson } from "../lib/patch-json.ts"
import { type Secret, secret } from "./secret.ts"

export interface Login {
  readonly accessToken: Secret
  readonly refreshToken: Secret | null
  /** Milliseconds since 1970; null when it does not say. */
  readonly expiresAt: number | null
  readonly scopes: readonly string[]
  readonly subscription: string | null
}

/** One place that holds the JSON `{"claudeAiOauth": {…}, …}`. */
export interface LoginStore {
  /** For people. */
  readonly label: string
  /** Null when there is no login, or what is there is not readable as one. */
  read(): Promise<Login | null>
  /** Changes members below `claudeAiOauth` only. */
  write(login: Login): Promise<void>
  /** Removes the login, and nothing else. */
  clear(): Promise<void>
  /** Why the newest `read` found nothing although there may be something, in one line. */
  readonly trouble?: string | null
}

const FILE_MAX_BYTES = 1024 * 1024

export function fileStore(file: string): LoginStore {
  return {
    label: file,
    async read() {
      try {
        const info = await stat(file)
        if (!info.isFile() || info.size > FILE_MAX_BYTES) return null
        return parseLogin(await readFile(file, "utf8"))
      } catch {
        return null
      }
    },
    async write(login) {
      await patchJson(file, () => editsOf(login), { mode: 0o600, forceMode: true })
    },
    async clear() {
      await patchJson(file, () => [{ path: ["claudeAiOauth"], value: undefined }], {
        mode: 0o600,
        forceMode: true,
      })
    },
  }
}

/** A moved config folder has an item of its own. */
export function keychainService(
  paths: Pick<ConfigPaths, "configDir" | "customConfigDir">,
  base = "Claude Code-credentials",
): string {
  if (!paths.customConfigDir) return base
  return `${base}-${createHash("sha256").update(paths.configDir).digest("hex").slice(0, 8)}`
}

export function parseLogin(text: string): Login | null {
  try {
    const whole: unknown = JSON.parse(text)
    const raw = isObject(whole) ? whole.claudeAiOauth : undefined
    if (!isObject(raw) || !isToken(raw.accessToken)) return null
    return {
      accessToken: secret(raw.accessToken),
      refreshToken: isToken(raw.refreshToken) ? secret(raw.refreshToken) : null,
      expiresAt: typeof raw.expiresAt === "number" && Number.isFinite(raw.expiresAt) ? raw.expiresAt : null,
      scopes: Array.isArray(raw.scopes) ? raw.scopes.filter((scope) => typeof scope === "string") : [],
      subscription: typeof raw.subscriptionType === "string" ? raw.subscriptionType : null,
    }
  } catch {
    return null
  }
}

/** What may stand in a header. */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]{1,16384}$/.test(value)
}

export function editsOf(login: Login): readonly JsonEdit[] {
  const edits: JsonEdit[] = [{ path: ["claudeAiOauth", "accessToken"], value: login.accessToken.reveal() }]
  if (login.refreshToken)
    edits.push({ path: ["claudeAiOauth", "refreshToken"], value: login.refreshToken.reveal() })
  if (login.expiresAt !== null) edits.push({ path: ["claudeAiOauth", "expiresAt"], value: login.expiresAt })
  if (login.scopes.length > 0) edits.push({ path: ["claudeAiOauth", "scopes"], value: login.scopes })
  return edits
}
