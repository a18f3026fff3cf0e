/** What the settings say about the screen. It is read anew whenever something is drawn, so a changed file is seen at once. */
import type { Row } from "./screen/port.ts"
import type { ThemeName } from "./screen/theme-names.ts"
import { VERBS } from "./verbs.ts"

/** How a person in another window is called. */
export type NotifyBy = "bell" | "iterm2" | "iterm2_with_bell" | "kitty" | "ghostty" | "nothing"

export interface Preferences {
  readonly theme: ThemeName | "auto"
  /** `full`: all output of tools; `focus`: what was asked and answered, calls as one line. */
  readonly detail: "brief" | "full" | "focus"
  readonly showsTurnDuration: boolean
  /** When a message came, as people want to read it; absent: not shown. Takes milliseconds since 1970. */
  readonly clock?: (at: number) => string
  /** Widest line of prose. */
  readonly proseColumns?: number
  readonly highlightsCode: boolean
  readonly animates: boolean
  /** Empty: none are shown. */
  readonly tips: readonly string[]
  readonly tipLabel: string
  /** Words for waiting; at least one. */
  readonly verbs: readonly string[]
  /** OSC 9;4, where the terminal knows it. */
  readonly progressBar: boolean
  readonly setsTitle: boolean
  /** The session's name goes into the terminal's title. */
  readonly titleFromName: boolean
  readonly notifyBy: NotifyBy
  /** A question calls like the end of a turn, with words; else only the bell rings. */
  readonly notifiesQuestions: boolean
  /** Milliseconds until a question of the model is given up; absent: never. */
  readonly questionMs?: number
  /** The same for every other dialog. */
  readonly dialogMs?: number
  readonly offersClearOnPlan: boolean
  readonly completesEmoji: boolean
  readonly showsFolder: boolean
  /** Links to show when text of the conversation fits. */
  readonly footerLinks: readonly FooterLinkRule[]
}

export interface FooterLinkRule {
  readonly pattern: RegExp
  /** `$1`, `$<name>` and `{name}` stand for what was found. */
  readonly url: string
  readonly label?: string
}

export const DEFAULT_PREFERENCES: Preferences = {
  theme: "auto",
  detail: "brief",
  showsTurnDuration: true,
  highlightsCode: true,
  animates: true,
  tips: [],
  tipLabel: "Tip: ",
  verbs: VERBS,
  progressBar: false,
  setsTitle: true,
  titleFromName: true,
  notifyBy: "bell",
  notifiesQuestions: false,
  offersClearOnPlan: false,
  completesEmoji: true,
  showsFolder: true,
  footerLinks: [],
}

/** The same as long as what is printed already looks the same. */
export function lookKey({ theme, detail, proseColumns, highlightsCode, clock }: Preferences): string {
  return JSON.stringify([theme, detail, proseColumns, highlightsCode, clock?.(0)])
}

/** The person's own rows under the composer (setting `statusLine`); what it shows is theirs, how it looks is the screen's. */
export interface StatusLinePort {
  readonly rows: readonly Row[]
  /** The session changed in a way that it may show; cheap, called often. */
  update(facts: StatusFacts): void
  /** Called when `rows` changed. */
  onChange: () => void
  stop(): void
}

/** What the screen knows of the session, for the command's input (spec/interactive.md section 4). */
export interface StatusFacts {
  readonly sessionId: string
  readonly sessionName?: string
  readonly cwd: string
  readonly mode: string
  readonly model: { readonly id: string; readonly name: string }
  readonly effort: string | null
  readonly fast: boolean
  readonly context: { readonly used: number; readonly window: number }
  readonly usage: {
    readonly input_tokens: number
    readonly output_tokens: number
    readonly cache_creation_input_tokens: number
    readonly cache_read_input_tokens: number
  } | null
  readonly tokens: { readonly input: number; readonly output: number }
  readonly costUsd: number
  readonly apiMs: number
  readonly linesAdded: number
  readonly linesRemoved: number
}
