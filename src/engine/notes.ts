/** What the model reads before the next prompt: facts that came while nobody asked for anything. */
import type { Steering } from "./run.ts"

/** The newest say most. */
const MAX_NOTES = 10

export interface Notes {
  add(content: string): void
  take(): readonly Steering[]
}

export function createNotes(): Notes {
  const notes: Steering[] = []
  return {
    add(content) {
      if (notes.push({ uuid: crypto.randomUUID(), content, origin: "reminder" }) > MAX_NOTES) notes.shift()
    },
    take: () => notes.splice(0),
  }
}
