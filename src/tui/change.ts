import type { Elicitation } from "../model/elicitation.ts"
import type { Cell } from "./cells.ts"
import type { Ask } from "./state.ts"

/** What one event changes on the screen. */
export type Change =
  /** Finished: goes to the ring and to the scrollback. */
  | { readonly change: "cell"; readonly cell: Cell }
  | {
      readonly change: "open"
      readonly block: number
      readonly kind: "text" | "thinking"
      readonly at?: number
    }
  | { readonly change: "grow"; readonly block: number; readonly text: string }
  /** `content` is the whole text of the block; null when it was void. */
  | { readonly change: "close"; readonly block: number; readonly content: string | null }
  | { readonly change: "ask"; readonly ask: Ask }
  | { readonly change: "ask.end"; readonly ask: string }
  | { readonly change: "elicit"; readonly elicit: string; readonly about: Elicitation }
  | { readonly change: "elicit.end"; readonly elicit: string }
  | { readonly change: "turn"; readonly running: boolean; readonly durationMs: number }
  /** A hook's title, notification or bell; only what may be written there. */
  | { readonly change: "terminal"; readonly sequence: string }
  /** The conversation goes on from before that prompt. */
  | { readonly change: "rewound"; readonly to: string }
  | { readonly change: "session"; readonly why: "start" | "clear" | "resume" | "other" }
