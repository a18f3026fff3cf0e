/** The credential of the running session, which `/login` may replace: the next request carries the new one. */
import type { CredentialPort } from "../api/client.ts"
import type { Credential } from "../auth/credential.ts"
import { WORKING_WAYS } from "../auth/working-ways.ts"

export interface CredentialHolder extends CredentialPort {
  readonly current: Credential | null
  replace(credential: Credential | null): void
}

/** `missing` is the one line that a request without any credential fails with. */
export function createCredentialHolder(first: Credential | null, missing: string): CredentialHolder {
  let current = first
  return {
    get current() {
      return current
    },
    replace(credential) {
      current = credential
    },
    async headers() {
      if (current === null) throw new Error(missing)
      const headers = await current.headers()
      // Betas belong to the credential, so that they change with it.
      return current.betas.length === 0 ? headers : { ...headers, "anthropic-beta": current.betas.join(",") }
    },
    // Only a login is refused for what it is; a key is wrong or right.
    get advice() {
      return current?.apiKeySource === "oauth" ? WORKING_WAYS : undefined
    },
    refresh: async () => (await current?.refresh()) ?? false,
  }
}
