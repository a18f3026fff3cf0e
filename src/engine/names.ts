/**
 * The session's name: one the person or the host gives, or one a small model finds, beside everything else and
 * never a reason for anything to wait or fail.
 */
import type { Core } from "./core.ts"
import { makeTitle } from "./title.ts"

export interface Names {
  give(title: string): void
  /** Writes a given name, once the session has a line: a title alone is no session. */
  write(): void
  /** Finds a name for a session that has none. */
  find(prompt: string): void
  /** Another session begins; a resumed one has its name already. */
  restart(how: "new" | "resumed"): void
}

export function createNames(
  core: Pick<Core, "current" | "session" | "makeRun" | "closed" | "options">,
): Names {
  const { current, session } = core
  const wanted = core.options.titles === true
  let named = !wanted || core.options.resume !== undefined
  let given: string | null = null

  return {
    give(title) {
      given = title
    },
    write() {
      if (given === null || current.history.leaf === null) return
      current.history.addSide({ type: "custom-title", customTitle: given, sessionId: current.id })
      given = null
    },
    find(prompt) {
      if (named || prompt.trim() === "") return
      named = true
      const { history } = current
      makeTitle(core.makeRun(current.aside), prompt)
        .then((title) => {
          if (title === null || core.closed || history !== current.history) return
          history.addSide({ type: "ai-title", aiTitle: title, sessionId: current.id })
          session.setTitle(title)
        })
        .catch(() => {})
    },
    restart(how) {
      named = !wanted || how === "resumed"
    },
  }
}
