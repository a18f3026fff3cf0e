import { envOn } from "../config/env.ts"
import type { Prepared } from "./prepare.ts"

/** Credentials of this program that a child has no business with when the user asks to scrub them (spec/cli.md 5.1). */
const SECRETS =
  /^(ANTHROPIC_(API_KEY|AUTH_TOKEN|CUSTOM_HEADERS|IDENTITY_TOKEN|AWS_API_KEY|FOUNDRY_(API_KEY|AUTH_TOKEN))|CLAUDE_CODE_(OAUTH_\w+|CLIENT_KEY_PASSPHRASE)|AWS_(SECRET_ACCESS_KEY|SESSION_TOKEN|BEARER_TOKEN_BEDROCK)|AZURE_CLIENT_SECRET)$/

/** Settings that tools read as the variable of the same meaning; the variable wins. */
const AS_VARIABLE = { bashOutputMaxChars: "BASH_MAX_OUTPUT_LENGTH" } as const

/** The environment of children, and what tools read their limits from. */
export function childEnv({
  env,
  config: { settings },
}: Pick<Prepared, "env" | "config">): Readonly<Record<string, string>> {
  const scrub = envOn(env, "CLAUDE_CODE_SUBPROCESS_ENV_SCRUB")
  const limits = Object.entries(AS_VARIABLE).flatMap(([key, name]) =>
    typeof settings[key] === "number" ? [[name, String(settings[key])] as const] : [],
  )
  const all = { ...Object.fromEntries(limits), ...env }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      value === undefined || name.startsWith("OTEL_") || (scrub && SECRETS.test(name)) ? [] : [[name, value]],
    ),
  )
}
