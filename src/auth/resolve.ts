/** Finds who pays, in the documented order (`ways.ts`). Cloud providers are chosen before this. */
import type { ConfigPaths, Env } from "../config/paths.ts"
import { openState } from "../config/state.ts"
import type { Credential } from "./credential.ts"
import { isToken, type LoginStore } from "./login-store.ts"
import { loginStore } from "./stores.ts"
import { lookFor, type ResolveOptions, waysOf } from "./ways.ts"

export type { ResolveOptions } from "./ways.ts"

/**
 * Null when there is nothing to sign in with.
 * @throws CredentialError when a variable holds what no header can carry, or a profile is broken.
 */
export async function resolveCredential(options: ResolveOptions): Promise<Credential | null> {
  for (const way of waysOf(options)) {
    // What nobody agreed to is not even read.
    if (!options.agreed && (way === "existing-login" || way === "managed-key")) continue
    const found = await lookFor(way, options)
    if (found !== null && found.setAside === undefined) return found.credential()
  }
  return null
}

/** Whether an agreement would find a login. */
export async function hasStoredLogin(
  paths: ConfigPaths,
  env: Env,
  store: LoginStore = loginStore(paths, env),
): Promise<boolean> {
  if ((await store.read()) !== null) return true
  return isToken(openState(paths).read(["primaryApiKey"]))
}
