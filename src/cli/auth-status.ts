import { hasAgreed } from "../auth/agreement.ts"
import { authStatus, statusJson, statusLines } from "../auth/status.ts"
import { findPlace, type Place } from "./place.ts"
import { printJson, printLine } from "./print.ts"

/** `ccts auth status`: 0 signed in, 1 not. */
export async function showStatus({ asText }: { readonly asText: boolean }): Promise<number> {
  const status = await authStatus(resolveOptionsOf(findPlace()))
  if (asText) for (const line of statusLines(status)) printLine(line)
  else printJson(statusJson(status))
  return status.loggedIn ? 0 : 1
}

/** What an interactive start here would look at. */
export function resolveOptionsOf({ env, config, paths, state, cwd }: Place) {
  return { env, settings: config.settings, paths, askedAbout: state, cwd, agreed: hasAgreed(paths) }
}
