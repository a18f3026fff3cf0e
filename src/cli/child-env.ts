import { envOn } from "../config/env.ts"
import type { Prepared } from "./prepare.ts"

/** Credentials of this program that a child has no business with when the user asks to scrub them (spec/cli.md 5.1). */
const SECRETS =
  /^(ANTHROPIC_(API_KEY|AUTH_TOKEN|CUSTOM_HEADERS)|CLAUDE_CODE_OAUTH_\w+|AWS_(SECRET_ACCESS_KEY|SESSION_TOKEN|BEARER_TOKEN_BEDROCK))$/

export function childEnv({ env }: Pick<Prepared, "env">): Readonly<Record<string, string>> {
  const scrub = envOn(env, "CLAUDE_CODE_SUBPROCESS_ENV_SCRUB")
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || name.startsWith("OTEL_") || (scrub && SECRETS.test(name)) ? [] : [[name, value]],
    ),
  )
}
