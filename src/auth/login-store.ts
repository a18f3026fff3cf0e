/**
 * The stored login of the person's own, where it lies: the credentials file, on macOS the keychain. Only the members that a
 * refresh changes are written; every other key stays as it is (spec/auth-and-storage.md section 2).
 */
import { isObject } from "../config/key-type.ts"
import type { ConfigPaths, Env } from "../config/paths.ts"
import type { JsonEdit } from "../lib/patch-json.ts"
import { type Secret, secret } from "./secret.ts"
import {
  accountOf,
  keychainService,
  ownSecrets,
  type SecretPlace,
  secretFile,
  secretKeychain,
} from "./secret-place.ts"

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
}

export function fileStore(file: string): LoginStore {
  return storeIn(secretFile(file))
}

function storeIn(place: SecretPlace): LoginStore {
  return {
    label: place.label,
    async read() {
      const text = await place.read()
      return text === null ? null : parseLogin(text)
    },
    write: (login) => place.patch(() => editsOf(login)),
    clear: () => place.patch(() => [{ path: ["claudeAiOauth"], value: undefined }]),
  }
}

/**
 * The store of this system. The keychain's library is loaded on macOS only, at the first use; where it is missing or holds
 * nothing, the file counts.
 */
export function loginStore(paths: ConfigPaths, env: Env): LoginStore {
  const file = fileStore(paths.credentialsFile)
  if (process.platform !== "darwin") return file
  const keychain = storeIn(secretKeychain(keychainService(paths), accountOf(env)))
  let inUse: LoginStore = keychain
  return {
    get label() {
      return inUse.label
    },
    async read() {
      const found = await keychain.read()
      inUse = found ? keychain : file
      return found ?? file.read()
    },
    write: (login) => inUse.write(login),
    clear: () => inUse.clear(),
  }
}

/** Logins that ccts itself made, apart from those of other programs: a 0600 file, on macOS a keychain item of our own. */
export function ownStore(paths: ConfigPaths, env: Env): LoginStore {
  return storeIn(ownSecrets(paths, env))
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

function editsOf(login: Login): readonly JsonEdit[] {
  const edits: JsonEdit[] = [{ path: ["claudeAiOauth", "accessToken"], value: login.accessToken.reveal() }]
  if (login.refreshToken)
    edits.push({ path: ["claudeAiOauth", "refreshToken"], value: login.refreshToken.reveal() })
  if (login.expiresAt !== null) edits.push({ path: ["claudeAiOauth", "expiresAt"], value: login.expiresAt })
  if (login.scopes.length > 0) edits.push({ path: ["claudeAiOauth", "scopes"], value: login.scopes })
  return edits
}
