import { hasAgreed } from "../auth/agreement.ts"
import { authStatus, statusJson, statusLines } from "../auth/status.ts"
import { findPlace, type Place } from "./place.ts"

/** `ccts auth status`: 0 signed in, 1 not. */
export async function showStatus({ asText }: { readonly asText: boolean }): Promise<number> {
  const status = await authStatus(resolveOptionsOf(findPlace()))
  process.stdout.write(
    asText ? `${statusLines(status).join("\n")}\n` : `${JSON.stringify(statusJson(status), null, 2)}\n`,
  )
  return status.loggedIn ? 0 : 1
}

/** What an interactive start here would look at. */
export function resolveOptionsOf({ env, config, paths, state, cwd }: Place) {
  return { env, settings: config.settings, paths, askedAbout: state, cwd, agreed: hasAgreed(paths) }
}
