/** Decision time on commands up to 2 KB. `bun test/permissions/bench.ts` prints it; nothing asserts it. */

import { decide } from "../../src/permissions/decide.ts"
import { makeProgram } from "./fuzz.ts"
import { bash, policy } from "./helpers.ts"

export interface BenchResult {
  readonly cases: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Milliseconds per decision, with rules like a real project's. */
export function bench(options: { readonly cases: number } = { cases: 5_000 }): BenchResult {
  let state = 42
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
  const setup = policy({
    allow: [
      "npm run *",
      "git add *",
      "git commit *",
      "cargo *",
      "make *",
      "ls *",
      "echo *",
      "bun test *",
    ].map((r) => `Bash(${r})`),
    deny: ["Bash(curl *)", "Bash(rm -rf *)", "Read(.env)", "Edit(secrets/**)"],
    ask: ["Bash(git push *)"],
  })
  const times: number[] = []
  for (let i = 0; i < options.cases; i++) {
    let text = makeProgram(random)
    const wanted = random() * 2_000
    while (text.length < wanted) text += `\n${makeProgram(random)}`
    const call = bash(text.slice(0, 2_048))
    // The best of three: what the decision costs, not what else the machine does.
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < 3; round++) {
      const start = performance.now()
      decide(call, setup)
      best = Math.min(best, performance.now() - start)
    }
    if (i >= options.cases / 10) times.push(best)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { cases: times.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

if (import.meta.main) {
  const { cases, p50, p99, max } = bench()
  console.log(
    `decide: ${cases} commands up to 2 KB, p50 ${p50.toFixed(3)} ms, p99 ${p99.toFixed(3)} ms, max ${max.toFixed(3)} ms`,
  )
}
