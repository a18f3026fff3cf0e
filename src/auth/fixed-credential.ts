/** Credentials that hold for the whole session: keys and tokens that somebody else renews. */
import type { Env } from "../config/paths.ts"
import { type Credential, CredentialError } from "./credential.ts"
import { isToken } from "./login-store.ts"
import { type Secret, secret } from "./secret.ts"

type Headers = () => Record<string, string>

export const bearer =
  (token: Secret): Headers =>
  () => ({ authorization: `Bearer ${token.reveal()}` })

export const apiKey =
  (key: Secret): Headers =>
  () => ({ "x-api-key": key.reveal() })

export function fixed(
  source: string,
  apiKeySource: Credential["apiKeySource"],
  headers: Headers,
  betas: readonly string[] = [],
): Credential {
  return { source, apiKeySource, betas, headers: async () => headers(), refresh: async () => false }
}

/** @throws CredentialError when the variable holds what no header can carry. */
export function fromEnv(env: Env, name: string): Secret {
  const value = env[name]?.trim()
  if (!isToken(value)) throw new CredentialError(`${name} must hold one key of printable ASCII characters`)
  return secret(value)
}
