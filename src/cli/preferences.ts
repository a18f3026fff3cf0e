/** From settings, flags, environment and terminal to what the screen obeys; made anew when the settings change. */
import { readFileSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { envBool, envOn } from "../config/env.ts"
import { isObject } from "../config/key-type.ts"
import type { Env } from "../config/paths.ts"
import type { State } from "../config/state.ts"
import { clockText } from "../lib/clock-text.ts"
import { compareVersions } from "../lib/compare-versions.ts"
import type { Settings } from "../model/settings.ts"
import type { FooterLinkRule, NotifyBy, Preferences } from "../tui/preferences.ts"
import { VERBS } from "../tui/verbs.ts"
import type { Flags } from "./flags.ts"
import { themeFrom } from "./screen-settings.ts"

/** `spinnerTipsOverride.tipsFile`: a line is a tip. */
const TIPS_FILE_BYTES = 64 * 1024
const MAX_TIPS = 200
const MAX_LINK_RULES = 20

/** What ccts can do that is easily missed; one stands under the spinner of a long wait. */
export const TIPS: readonly string[] = [
  "type while ccts works: what you send then is read at the next step",
  "! runs a command yourself; its output goes into the conversation",
  "ctrl+o shows the whole conversation with all output of tools",
  "shift+tab changes the mode: ask, accept edits, plan",
  "@ completes file names, / commands, ctrl+r searches earlier prompts",
  "ctrl+g opens the draft in your editor, ctrl+s puts it aside",
  "`ccts why 'command'` says by which rule a command would be asked about",
  "`ccts config explain <key>` says which file gave a setting",
]

const DURATIONS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }

export interface PreferenceSources {
  readonly settings: Settings
  readonly env: Env
  readonly flags: Pick<Flags, "verbose">
  readonly cwd: string
  readonly home: string
  readonly state: State
}

export function preferencesOf({ settings, env, flags, cwd, home, state }: PreferenceSources): Preferences {
  const questionMs = milliseconds(settings.askUserQuestionTimeout)
  const dialogMs = milliseconds(settings.dialogExpiry)
  const { maxProseWidth } = settings
  const clock = { format: words(settings.timeFormat) ?? "auto", zone: words(settings.timeZone) }
  return {
    theme: themeFrom(settings, state),
    detail: detailOf(settings, flags),
    showsTurnDuration: settings.showTurnDuration !== false,
    ...(settings.showMessageTimestamps === true
      ? { clock: (at: number) => clockText(at, { format: clock.format, ...zoneOf(clock.zone) }) }
      : {}),
    ...(typeof maxProseWidth === "number" ? { proseColumns: maxProseWidth } : {}),
    highlightsCode:
      settings.syntaxHighlightingDisabled !== true && envBool(env, "CLAUDE_CODE_SYNTAX_HIGHLIGHT") !== false,
    animates: settings.prefersReducedMotion !== true,
    ...tipsOf(settings, cwd, home),
    verbs: verbsOf(settings.spinnerVerbs),
    progressBar: settings.terminalProgressBarEnabled !== false && knowsProgress(env),
    setsTitle: !envOn(env, "CLAUDE_CODE_DISABLE_TERMINAL_TITLE"),
    titleFromName: settings.terminalTitleFromRename !== false,
    notifyBy: notifyBy(settings.preferredNotifChannel, env),
    notifiesQuestions: settings.inputNeededNotifEnabled === true,
    ...(questionMs === null ? {} : { questionMs }),
    ...(dialogMs === null ? {} : { dialogMs }),
    offersClearOnPlan: settings.showClearContextOnPlanAccept === true,
    completesEmoji: settings.emojiCompletionEnabled !== false,
    showsFolder: !envOn(env, "CLAUDE_CODE_HIDE_CWD"),
    footerLinks: linkRules(settings.footerLinksRegexes),
  }
}

function detailOf(settings: Settings, flags: Pick<Flags, "verbose">): Preferences["detail"] {
  if (flags.verbose === true) return "full"
  if (settings.viewMode === "verbose" || settings.viewMode === "focus")
    return settings.viewMode === "focus" ? "focus" : "full"
  return settings.verbose === true ? "full" : "brief"
}

function zoneOf(zone: string | undefined) {
  return zone === undefined ? {} : { zone }
}

function words(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined
}

/** `60s`, `5m`, `1h`; null for `never`, unset and what is none. */
function milliseconds(value: unknown): number | null {
  const [, count, unit] = (typeof value === "string" && /^(\d{1,6})(s|m|h)$/.exec(value.trim())) || []
  const factor = DURATIONS[unit ?? ""]
  return factor === undefined || Number(count) === 0 ? null : Number(count) * factor
}

function tipsOf(settings: Settings, cwd: string, home: string): Pick<Preferences, "tips" | "tipLabel"> {
  const own = isObject(settings.spinnerTipsOverride) ? settings.spinnerTipsOverride : {}
  const tipLabel = typeof own.label === "string" ? own.label : "Tip: "
  if (settings.spinnerTipsEnabled === false) return { tips: [], tipLabel }
  const listed = Array.isArray(own.tips) ? own.tips.filter((tip) => typeof tip === "string") : []
  const filed = typeof own.tipsFile === "string" ? fileTips(own.tipsFile, cwd, home) : []
  const given = [...listed, ...filed].slice(0, MAX_TIPS)
  return { tips: own.excludeDefault === true ? given : [...given, ...TIPS], tipLabel }
}

function fileTips(name: string, cwd: string, home: string): readonly string[] {
  const file = resolve(cwd, name.replace(/^~(?=\/|$)/, home))
  try {
    const info = statSync(file)
    if (!info.isFile() || info.size > TIPS_FILE_BYTES) return []
    return readFileSync(file, "utf8")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "")
  } catch {
    return []
  }
}

function verbsOf(value: unknown): readonly string[] {
  if (!isObject(value) || !Array.isArray(value.verbs)) return VERBS
  const own = value.verbs.filter((verb) => typeof verb === "string" && verb.trim() !== "") as string[]
  if (own.length === 0) return VERBS
  return value.mode === "replace" ? own : [...VERBS, ...own]
}

function linkRules(value: unknown): readonly FooterLinkRule[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, MAX_LINK_RULES).flatMap((entry: unknown): FooterLinkRule[] => {
    if (!isObject(entry) || typeof entry.pattern !== "string" || typeof entry.url !== "string") return []
    try {
      const pattern = new RegExp(entry.pattern, "g")
      return [{ pattern, url: entry.url, ...(typeof entry.label === "string" ? { label: entry.label } : {}) }]
    } catch {
      return []
    }
  })
}

/** `auto` is what the terminal itself understands, else its bell. */
function notifyBy(channel: unknown, env: Env): NotifyBy {
  switch (channel) {
    case "notifications_disabled":
      return "nothing"
    case "terminal_bell":
      return "bell"
    case "iterm2":
    case "iterm2_with_bell":
    case "kitty":
    case "ghostty":
      return channel
    default:
      break
  }
  // A multiplexer eats what it does not know; the bell goes through.
  if (env.TMUX || env.STY || env.ZELLIJ) return "bell"
  if (env.TERM_PROGRAM === "iTerm.app") return "iterm2"
  if (env.TERM_PROGRAM === "ghostty" || env.TERM === "xterm-ghostty") return "ghostty"
  return env.KITTY_WINDOW_ID || env.TERM === "xterm-kitty" ? "kitty" : "bell"
}

/** OSC 9;4 is a notification's text where it is not known as progress, so only known terminals get it. */
function knowsProgress(env: Env): boolean {
  if (env.TMUX || env.STY || env.ZELLIJ) return false
  const program = env.TERM_PROGRAM ?? ""
  if (program === "iTerm.app") return compareVersions(env.TERM_PROGRAM_VERSION ?? "", "3.6.6") >= 0
  return program === "ghostty" || program === "WezTerm" || Boolean(env.WT_SESSION) || env.ConEmuANSI === "ON"
}
