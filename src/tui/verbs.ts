/** The word beside the spinner; one per turn, in a fixed order, so that a test and a person see the same. */
export const VERBS: readonly string[] = [
  "Thinking",
  "Working",
  "Considering",
  "Pondering",
  "Weighing",
  "Tracing",
  "Sketching",
  "Untangling",
]

export function verbFor(turn: number, verbs: readonly string[] = VERBS): string {
  return verbs[Math.abs(turn) % verbs.length] ?? "Working"
}

/** The tip of a turn; null for none. */
export function tipFor(turn: number, tips: readonly string[]): string | null {
  return tips[Math.abs(turn) % Math.max(1, tips.length)] ?? null
}
