/** A key from `apiKeyHelper`, kept for its time to live; requests that start together share one run of the helper. */
import { envInt } from "../config/env.ts"
import type { Env } from "../config/paths.ts"
import { abortable } from "./abortable.ts"
import type { Credential } from "./credential.ts"
import { runHelper } from "./helper.ts"
import type { Secret } from "./secret.ts"

const HELPER_TTL_MS = 5 * 60 * 1000

export function helperCredential(
  command: string,
  options: { readonly env: Env; readonly cwd?: string },
): Credential {
  const life = envInt(options.env, "CLAUDE_CODE_API_KEY_HELPER_TTL_MS") ?? HELPER_TTL_MS
  let held: { readonly key: Secret; readonly until: number } | null = null
  let running: Promise<Secret> | null = null
  const run = (): Promise<Secret> => {
    running ??= runHelper(command, options)
      .then((key) => {
        held = { key, until: Date.now() + life }
        return key
      })
      .finally(() => {
        running = null
      })
    return running
  }
  return {
    source: "apiKeyHelper",
    apiKeySource: "apiKeyHelper",
    betas: [],
    async headers(signal) {
      const key = held && Date.now() < held.until ? held.key : await abortable(run(), signal)
      return { "x-api-key": key.reveal(), authorization: `Bearer ${key.reveal()}` }
    },
    async refresh(signal) {
      const before = held?.key.reveal()
      held = null
      return (await abortable(run(), signal)).reveal() !== before
    },
  }
}
