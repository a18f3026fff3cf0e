/** Figures as a Markdown table; the same for the terminal and the README. */
import type { Figure } from "./row.ts"

export function table(figures: readonly Figure[], earlier?: Readonly<Record<string, Figure>>): string {
  const columns = ["", "median", "p95", "bare Bun", "ratio", "must", "aim", ...(earlier ? ["baseline"] : [])]
  const rows = figures.map((figure) => {
    const known = earlier?.[figure.key]
    return [
      figure.label,
      `${round(figure.value)} ${figure.unit}${isBroken(figure) && figure.judged !== "p95" ? " ✗" : ""}`,
      `${show(figure.p95, figure)}${isBroken(figure) && figure.judged === "p95" ? " ✗" : ""}`,
      show(figure.bare, figure),
      figure.bare === undefined || figure.bare < 0.05 ? "" : `${(figure.value / figure.bare).toFixed(1)}×`,
      show(figure.must, figure),
      show(figure.aim, figure),
      ...(earlier ? [show(known?.value, figure)] : []),
    ]
  })
  const rule = columns.map((_, index) => (index === 0 ? "---" : "--:"))
  return [columns, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}

/** Beyond what it must keep. */
export function isBroken({ value, p95, must, judged }: Figure): boolean {
  return must !== undefined && (judged === "p95" ? (p95 ?? value) : value) > must
}

function show(value: number | undefined, { unit }: Figure): string {
  return value === undefined ? "" : `${round(value)} ${unit}`
}

function round(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) < 1 ? 2 : 1)
}
