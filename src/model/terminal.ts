import type { SpawnRequest } from "./spawn.ts"

/** A command that talks to a person: it runs on a pseudo-terminal, and only that person sees and types there. */
export interface TerminalRequest extends SpawnRequest {
  /** As the model or the person wrote it. */
  readonly command: string
}

/**
 * How it ended, and nothing else: what was shown and typed on the terminal (passwords, keys) is kept by nobody.
 * `refused`: the person did not want it; nothing ran.
 */
export type TerminalEnd = { readonly kind: "ended"; readonly code: number } | { readonly kind: "refused" }

/** Offers commands to a person's terminal. Only an interactive reader has one. */
export interface TerminalPort {
  /** Settles when the program ended or was refused. `signal` withdraws the offer, or ends the program. */
  run(request: TerminalRequest, signal: AbortSignal): Promise<TerminalEnd>
}
