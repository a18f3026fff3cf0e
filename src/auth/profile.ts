/**
 * Profiles and workload identity as the vendor's published SDK defines them (`configs/<name>.json` below
 * `~/.config/anthropic`, ANTHROPIC_PROFILE, ANTHROPIC_FEDERATION_RULE_ID). Finding one costs a look at the disk; the SDK is
 * loaded when a token is needed.
 */
import { existsSync, readFileSync, statSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { dirname, join, win32 } from "node:path"
import type { Env } from "../config/paths.ts"
import { withLock } from "../lib/lock.ts"
import { sanitiseLine } from "../lib/sanitise.ts"
import { version } from "../lib/version.ts"
import { abortable } from "./abortable.ts"
import { type Credential, CredentialError, OAUTH_BETA } from "./credential.ts"
import { isToken } from "./login-store.ts"
import { type Secret, secret } from "./secret.ts"
import { WORKING_WAYS } from "./working-ways.ts"

export interface ProfilePlace {
  /** Null: everything is in the environment. */
  readonly name: string | null
  readonly file: string | null
  /** Why this one: a variable, or the place on disk. */
  readonly because: string
}

/** Tokens are renewed this long before they end. */
const EARLY_S = 120
const BASE_URL = "https://api.anthropic.com"
const NAME_MAX_BYTES = 4096

/** The profile that counts, or null. Touches at most two files. */
export function findProfile(env: Env): ProfilePlace | null {
  const folder = profileFolder(env)
  const named = env.ANTHROPIC_PROFILE
  if (named)
    return {
      name: named,
      file: folder && join(folder, "configs", `${named}.json`),
      because: "ANTHROPIC_PROFILE",
    }
  if (env.ANTHROPIC_FEDERATION_RULE_ID && env.ANTHROPIC_ORGANIZATION_ID)
    if (env.ANTHROPIC_IDENTITY_TOKEN_FILE || env.ANTHROPIC_IDENTITY_TOKEN)
      return { name: null, file: null, because: "ANTHROPIC_FEDERATION_RULE_ID" }
  if (folder === null) return null
  const active = readActive(join(folder, "active_config"))
  const file = join(folder, "configs", `${active}.json`)
  return existsSync(file) ? { name: active, file, because: file } : null
}

/** Where the SDK keeps profiles; null where it would keep none. */
export function profileFolder(env: Env, platform: NodeJS.Platform = process.platform): string | null {
  if (env.ANTHROPIC_CONFIG_DIR) return env.ANTHROPIC_CONFIG_DIR
  if (platform === "win32") {
    if (env.APPDATA) return win32.join(env.APPDATA, "Anthropic")
    return env.USERPROFILE ? win32.join(env.USERPROFILE, "AppData", "Roaming", "Anthropic") : null
  }
  if (env.XDG_CONFIG_HOME) return join(env.XDG_CONFIG_HOME, "anthropic")
  return env.HOME ? join(env.HOME, ".config", "anthropic") : null
}

function readActive(file: string): string {
  try {
    const info = statSync(file)
    if (!info.isFile() || info.size > NAME_MAX_BYTES) return "default"
    const name = readFileSync(file, "utf8").trim()
    return /^[\w.-]+$/.test(name) ? name : "default"
  } catch {
    return "default"
  }
}

interface Held {
  readonly token: Secret
  /** Seconds since 1970; null when it does not end. */
  readonly expiresAt: number | null
}

/** @throws CredentialError when the profile is missing or broken. */
export async function profileCredential(place: ProfilePlace, env: Env): Promise<Credential> {
  const { loadConfig, resolveCredentialsFromConfig } = await import("@anthropic-ai/sdk/lib/credentials")
  const config = await loadConfig(place.name ?? undefined).catch((error: unknown) => {
    throw new CredentialError(`${place.because}: ${line(error)}`)
  })
  if (config === null) {
    const where = place.file === null ? "" : ` (${place.file} does not exist)`
    throw new CredentialError(`${place.because} names a profile that cannot be found${where}`)
  }
  const { authentication } = config
  // What the SDK's own clients fill in for a profile that names no file.
  const credentialsPath =
    authentication.credentials_path ??
    (place.file === null
      ? undefined
      : join(dirname(dirname(place.file)), "credentials", `${place.name}.json`))
  const result = usable(() =>
    resolveCredentialsFromConfig(
      {
        ...config,
        authentication: {
          ...authentication,
          ...(credentialsPath ? { credentials_path: credentialsPath } : {}),
        },
      },
      {
        baseURL: env.ANTHROPIC_BASE_URL || BASE_URL,
        fetch: globalThis.fetch,
        userAgent: `ccts/${version}`,
        // The screen is not theirs to write on.
        onSafetyWarning: () => undefined,
        onCacheWriteError: () => undefined,
      },
    ),
  )
  let held: Held | null = null
  let running: Promise<Held> | null = null
  const ask = async (forceRefresh: boolean): Promise<Held> => {
    const { token, expiresAt } = await result.provider({ forceRefresh })
    if (!isToken(token)) throw new CredentialError("the profile gave a token that no header can carry")
    return { token: secret(token), expiresAt }
  }
  // A refresh token works once: processes take turns, and the SDK reads the file again at each turn.
  const inTurn = async (forceRefresh: boolean): Promise<Held> => {
    if (credentialsPath === undefined || authentication.type !== "user_oauth") return ask(forceRefresh)
    await mkdir(dirname(credentialsPath), { recursive: true, mode: 0o700 })
    return withLock(credentialsPath, () => ask(forceRefresh))
  }
  const get = (forceRefresh: boolean): Promise<Held> => {
    running ??= inTurn(forceRefresh)
      .then((fresh) => {
        held = fresh
        return fresh
      })
      .catch((error: unknown) => {
        throw new CredentialError(
          `profile ${place.name ?? "of the environment"}: ${line(error)}. ${WORKING_WAYS}`,
        )
      })
      .finally(() => {
        running = null
      })
    return running
  }
  const isFresh = (one: Held) => one.expiresAt === null || Date.now() / 1000 < one.expiresAt - EARLY_S
  return {
    source: place.name === null ? "workload identity of the environment" : `profile ${place.name}`,
    apiKeySource: "none",
    betas: [OAUTH_BETA],
    ...(result.baseURL === undefined ? {} : { baseUrl: result.baseURL }),
    async headers(signal) {
      const use = held !== null && isFresh(held) ? held : await abortable(get(false), signal)
      return { ...result.extraHeaders, authorization: `Bearer ${use.token.reveal()}` }
    },
    async refresh(signal) {
      const before = held?.token.reveal()
      return (await abortable(get(true), signal)).token.reveal() !== before
    },
  }
}

function usable<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new CredentialError(line(error))
  }
}

/** Messages of the SDK name files and variables; answers in them are cleaned by the SDK, tokens are cut here. */
function line(error: unknown): string {
  const text = sanitiseLine(error instanceof Error ? error.message : String(error))
  return text.replace(/\bsk-[\w-]{6,}/g, "***").slice(0, 300)
}
