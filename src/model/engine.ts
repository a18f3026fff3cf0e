import type { Command } from "./command.ts"
import type { Event } from "./event.ts"

/**
 * The one door to a session. Headless, terminal and server drive it; nothing above it may assume that the
 * engine lives in this process.
 */
export interface Engine {
  /** Takes a command; never blocks, never throws. */
  send(command: Command): void
  /** One reader; a second call throws. Ends after `close`. */
  events(): AsyncIterable<Event>
  /** Stops the turn and every child, flushes the log. Settles within 2 s. */
  close(): Promise<void>
}
