import type { Place } from "../place.ts"

/** What `ccts doctor` found out; `fix` says what to do about it. */
export interface Finding {
  readonly area: Area
  readonly level: "ok" | "info" | "warning" | "error"
  readonly text: string
  readonly fix?: string
  /** Mends it without a question; only what cannot lose anything. */
  readonly mend?: () => Promise<void> | void
}

export const AREAS = [
  "version",
  "terminal",
  "credentials",
  "settings",
  "mcp",
  "hooks",
  "disk",
  "sandbox",
] as const
export type Area = (typeof AREAS)[number]

/** Looks without network and without starting anything. */
export type Check = (place: Place) => readonly Finding[] | Promise<readonly Finding[]>
