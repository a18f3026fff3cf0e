/**
 * Hosts that no list decides are put to whoever can answer: one question for a host however many connections wait for
 * it. An answer holds until the commands of then have ended; what is to hold longer is a rule, and not kept here.
 */
import type { NetworkTarget } from "../model/spawn.ts"

/** True, or why not, in one line that the command's output shows. */
export type NetworkAnswer = true | string

/** Puts one host to the rules and to a person. Never rejects; ends when `signal` does. */
export type AskNetwork = (target: NetworkTarget, signal: AbortSignal) => Promise<NetworkAnswer>

export interface NetworkQuestions {
  answer(host: string, port: number | undefined): Promise<NetworkAnswer>
  /** A command begins; call what it returns once it has ended. */
  begin(): () => void
  close(): void
}

/** Hosts remembered at a time. */
const MAX_HOSTS = 500
const OVER = "the command ended before anybody answered"

export function createNetworkQuestions(ask: AskNetwork): NetworkQuestions {
  let running = 0
  let abort = new AbortController()
  const answers = new Map<string, Promise<NetworkAnswer>>()
  const forget = () => {
    abort.abort()
    abort = new AbortController()
    answers.clear()
  }
  return {
    answer(host, port) {
      // Something a command left behind: nobody is there to be asked for it.
      if (running === 0) return Promise.resolve(OVER)
      const key = `${host.toLowerCase()}:${port ?? ""}`
      const known = answers.get(key)
      if (known !== undefined) return known
      if (answers.size >= MAX_HOSTS) return Promise.resolve("too many hosts were asked for")
      const { signal } = abort
      const over = new Promise<NetworkAnswer>((resolve) =>
        signal.addEventListener("abort", () => resolve(OVER), { once: true }),
      )
      const asked = Promise.race([ask({ host, port }, signal), over])
      answers.set(key, asked)
      return asked
    },
    begin() {
      running++
      let over = false
      return () => {
        if (over) return
        over = true
        running--
        if (running === 0) forget()
      }
    },
    close: forget,
  }
}
