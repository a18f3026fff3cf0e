/** `proxyAuthHelper`: a command of the person's own that prints the value of the proxy's authorization header. */
import type { Env } from "../config/paths.ts"
import { CredentialError } from "./credential.ts"
import { HELPER_MAX_CHARS, runCommand } from "./helper.ts"

/** As long as a key of `apiKeyHelper` is kept. */
const LIFE_MS = 5 * 60_000

/**
 * Gives the header's value, such as `Basic …`; the command runs when it is needed and its answer is kept a while. The
 * returned function rejects with CredentialError when the command fails or prints what no header can carry.
 */
export function proxyAuthorization(
  command: string,
  options: { readonly env: Env; readonly cwd?: string; readonly lifeMs?: number },
): () => Promise<string> {
  let held: { readonly value: string; readonly until: number } | null = null
  let running: Promise<string> | null = null
  const run = async () => {
    const value = (await runCommand("proxyAuthHelper", command, options)).trim()
    if (value.length > HELPER_MAX_CHARS || !/^[\x20-\x7e]+$/.test(value))
      throw new CredentialError("proxyAuthHelper must print one line of printable ASCII characters")
    held = { value, until: Date.now() + (options.lifeMs ?? LIFE_MS) }
    return value
  }
  return () => {
    if (held !== null && Date.now() < held.until) return Promise.resolve(held.value)
    running ??= run().finally(() => {
      running = null
    })
    return running
  }
}
