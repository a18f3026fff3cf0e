/** One small executable without packages, by the same recipe: what the runtime alone costs. */
import { bun, root } from "../lib/project.ts"
import { reasonIn, runQuietly } from "../lib/run-quietly.ts"
import { fail } from "../lib/say.ts"

const DEADLINE = 60_000

export function compileProgram(entry: string, outfile: string): void {
  const recipe = ["--compile", "--format=esm", "--bytecode", "--minify", `--outfile=${outfile}`]
  const { ok, output } = runQuietly([bun, "build", entry, ...recipe], { cwd: root, deadline: DEADLINE })
  if (!ok) fail(`cannot build ${entry}: ${reasonIn(output)}`)
}
