import { endAllGroups, killAllGroupsNow } from "../lib/process.ts"
import type { Engine } from "../model/engine.ts"

/**
 * The engine, with the promise that no child outlives the program: closing it ends every process group it started
 * (TERM, then KILL), and whatever ends the program sooner (a signal, a crash, a deadline) kills them on the way out.
 */
export function leaveNoOrphans(engine: Engine): Engine {
  process.on("exit", killAllGroupsNow)
  return {
    send: (command) => engine.send(command),
    events: () => engine.events(),
    async close() {
      await Promise.all([engine.close(), endAllGroups()])
    },
  }
}
