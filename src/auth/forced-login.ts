/** The settings `forceLoginMethod` and `forceLoginOrgUUID`: which stored logins count, and how one may sign in. */
import { isObject } from "../config/key-type.ts"
import type { ConfigPaths } from "../config/paths.ts"
import { openState } from "../config/state.ts"
import type { Settings } from "../model/settings.ts"

/** What a stored login is: of a Claude account, a key of the Console, or one that ccts made with a client of the person's own. */
export type LoginKind = "claudeai" | "console" | "own"

/** Why a stored login does not count, in one line; null when it does. */
export function loginRefusal(kind: LoginKind, settings: Settings, paths: ConfigPaths): string | null {
  const { forceLoginMethod } = settings
  if (typeof forceLoginMethod === "string" && !fits(kind, forceLoginMethod))
    return `the settings allow sign-in by ${NAMES[forceLoginMethod] ?? forceLoginMethod} only (forceLoginMethod)`
  const wanted = organisations(settings)
  if (wanted.length === 0) return null
  if (kind === "own")
    return "the settings name an organisation (forceLoginOrgUUID), and this login does not say whose it is"
  const account = openState(paths).read(["oauthAccount"])
  const organisation = isObject(account) ? account.organizationUuid : undefined
  return typeof organisation === "string" && wanted.includes(organisation)
    ? null
    : "it is of another organisation than the settings name (forceLoginOrgUUID)"
}

/** Why `ccts auth login --claudeai` or `--console` is refused, in one line; null when it is not. */
export function methodRefusal(asked: "claudeai" | "console" | null, settings: Settings): string | null {
  const { forceLoginMethod: forced } = settings
  if (forced === "gateway")
    return "The settings allow sign-in through a gateway only (forceLoginMethod): set ANTHROPIC_BASE_URL and ANTHROPIC_AUTH_TOKEN."
  if (typeof forced !== "string" || asked === null || asked === forced) return null
  return `The settings allow sign-in by ${NAMES[forced] ?? forced} only (forceLoginMethod).`
}

const NAMES: Readonly<Record<string, string>> = {
  claudeai: "a Claude account",
  console: "the Console",
  gateway: "a gateway",
}

function fits(kind: LoginKind, forced: string): boolean {
  return kind === "own" ? forced !== "gateway" : kind === forced
}

function organisations({ forceLoginOrgUUID: given }: Settings): readonly string[] {
  if (typeof given === "string") return given === "" ? [] : [given]
  return Array.isArray(given) ? given.filter((one) => typeof one === "string") : []
}
