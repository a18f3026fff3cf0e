/**
 * `bun run check [test files…]`: everything that must hold before a change is kept. Stops at the first step that fails,
 * with its output; ends with one line `N passed, N failed[, N skipped]` that counts tests.
 */
import { buildForHost } from "./build/build-binary.ts"
import { runTests } from "./check/run-tests.ts"
import { install } from "./lib/install.ts"
import { bun, root } from "./lib/project.ts"
import { fail, say } from "./lib/say.ts"

/** Linter and compiler each need about a second; beyond this something hangs. */
const STEP_DEADLINE = 2 * 60_000

install("develop")
// The linter's import rules also prove the direction of imports and that there are no cycles.
step({
  name: "Format, lint, import directions",
  command: [bun, "node_modules/@biomejs/biome/bin/biome", "check", "."],
  advice: "much of it is mended by: bun run format",
})
step({ name: "Types", command: [bun, "node_modules/typescript/bin/tsc"], advice: "see above" })
buildForHost()
say("Tests…")
const { passed, failed, skipped, ok } = await runTests(process.argv.slice(2))
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`)
process.exit(ok ? 0 : 1)

interface Step {
  readonly name: string
  readonly command: readonly string[]
  readonly advice: string
}

function step({ name, command, advice }: Step): void {
  say(`${name}…`)
  const done = Bun.spawnSync([...command], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    timeout: STEP_DEADLINE,
    killSignal: "SIGKILL",
  })
  if (done.exitedDueToTimeout) fail(`"${name}" did not end within ${STEP_DEADLINE / 1000} s`)
  if (done.exitCode !== 0) fail(`"${name}" failed; ${advice}`)
}
