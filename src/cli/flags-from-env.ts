import { envInt, envOn } from "../config/env.ts"
import type { Env } from "../config/paths.ts"
import type { Flags } from "./flags.ts"

/** Variables that stand for flags (spec/cli.md section 5.1); a flag that was given wins. */
export function withEnvFlags(flags: Flags, env: Env): Flags {
  const maxTurns = envInt(env, "CLAUDE_CODE_MAX_TURNS", 1)
  return {
    ...(maxTurns === undefined ? {} : { maxTurns }),
    ...(envOn(env, "CLAUDE_CODE_SIMPLE") ? { bare: true } : {}),
    ...(envOn(env, "CLAUDE_CODE_SAFE_MODE") ? { safeMode: true } : {}),
    ...(envOn(env, "DEBUG") ? { debug: true } : {}),
    ...flags,
  }
}
