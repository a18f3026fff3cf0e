/**
 * `bun run bench [row…] [--save]`: measures the executable beside a bare program of the same Bun and prints a Markdown table.
 * `--save` makes the figures the baseline in test/bench/baseline.json. Figures are for people: nothing fails here for being slow.
 */
import { cpus } from "node:os"
import { join } from "node:path"
import { readBaseline, saveBaseline } from "./bench/baseline.ts"
import type { Figure, Row } from "./bench/row.ts"
import { table } from "./bench/table.ts"
import { buildForHost } from "./build/build-binary.ts"
import { compileProgram } from "./build/compile-program.ts"
import { install } from "./lib/install.ts"
import { dist } from "./lib/project.ts"
import { fail, messageOf, say } from "./lib/say.ts"

install("develop")
if (process.platform !== "linux") fail("bench reads /proc and so runs on Linux only")
// The rows use installed packages, which may not have been there when this file was loaded.
const { rows } = (await import("./bench/rows.ts")) as { rows: readonly Row[] }

const args = process.argv.slice(2)
const save = args.includes("--save")
const names = args.filter((arg) => arg !== "--save")
const unknown = names.find((name) => !rows.some((row) => row.name === name))
if (unknown !== undefined)
  fail(`unknown row "${unknown}"; rows are: ${rows.map(({ name }) => name).join(", ")}`)

const binary = buildForHost()
const bare = join(dist, "bare")
compileProgram(join(import.meta.dir, "bench/bare-program.ts"), bare)

const figures: Figure[] = []
const failures: string[] = []
for (const row of rows) {
  if (names.length > 0 && !names.includes(row.name)) continue
  say(`${row.name}…`)
  try {
    figures.push(...(await row.run({ binary, bare })))
  } catch (error) {
    failures.push(row.name)
    say(`${row.name}: ${messageOf(error)}`)
  }
}

const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, Linux ${process.arch}`
const earlier = Object.fromEntries((readBaseline()?.figures ?? []).map((figure) => [figure.key, figure]))
console.log(`${machine}, Bun ${Bun.version}\n\n${table(figures, earlier)}`)
if (failures.length > 0) fail(`not measured: ${failures.join(", ")}`)
if (save) saveBaseline(machine, figures)
