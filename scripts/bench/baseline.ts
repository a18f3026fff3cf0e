/** The figures that the repository remembers, in test/bench/baseline.json. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { root } from "../lib/project.ts"
import type { Figure } from "./row.ts"

export interface Baseline {
  /** What the figures were measured on. */
  readonly machine: string
  readonly bun: string
  /** ISO date of the newest figure. */
  readonly date: string
  readonly figures: readonly Figure[]
}

const path = join(root, "test/bench/baseline.json")

export function readBaseline(): Baseline | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Baseline
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null
    throw new Error(
      `test/bench/baseline.json is not JSON; mend it or measure anew with: bun run bench --save`,
    )
  }
}

/** Replaces the figures that were measured now and keeps the others. */
export function saveBaseline(machine: string, measured: readonly Figure[]): void {
  const byKey = new Map((readBaseline()?.figures ?? []).map((figure) => [figure.key, figure]))
  // A figure that is measured again keeps its place in the table.
  for (const figure of measured) byKey.set(figure.key, figure)
  const figures = [...byKey.values()].map(tidy)
  const value: Baseline = { machine, bun: Bun.version, date: new Date().toISOString().slice(0, 10), figures }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)
}

function tidy(figure: Figure): Figure {
  const rounded = Object.entries(figure).map(([name, value]) => [
    name,
    typeof value === "number" ? Math.round(value * 100) / 100 : value,
  ])
  return Object.fromEntries(rounded) as Figure
}
