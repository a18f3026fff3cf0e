/** The word beside the spinner; one per turn, in a fixed order, so that a test and a person see the same. */
const VERBS = [
  "Thinking",
  "Working",
  "Considering",
  "Pondering",
  "Weighing",
  "Tracing",
  "Sketching",
  "Untangling",
] as const

export function verbFor(turn: number): string {
  return VERBS[Math.abs(turn) % VERBS.length] ?? VERBS[0]
}
