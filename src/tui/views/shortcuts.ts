import { displayWidth } from "../../lib/width.ts"
import { cutRow, span } from "../rows.ts"
import type { Row } from "../screen/port.ts"

const SHORTCUTS: readonly (readonly [string, string])[] = [
  ["/", "commands"],
  ["@", "file paths"],
  ["!", "run a command yourself"],
  ["shift+tab", "next permission mode"],
  ["esc", "interrupt"],
  ["esc esc", "clear the draft, or go back"],
  ["\\ + enter, ctrl+j", "new line"],
  ["ctrl+o", "whole transcript"],
  ["ctrl+b", "let what runs go on in the background"],
  ["ctrl+t", "show or hide the task list"],
  ["ctrl+r", "search earlier prompts"],
  ["ctrl+s", "put the draft aside"],
  ["ctrl+g", "edit in $EDITOR"],
  ["ctrl+_", "undo"],
  ["ctrl+l", "draw again"],
  ["ctrl+c ctrl+c", "exit"],
]

/** In two columns where there is room. */
export function shortcutRows(columns: number): Row[] {
  const width = Math.max(...SHORTCUTS.map(([keys]) => displayWidth(keys))) + 2
  const cells = SHORTCUTS.map(([keys, what]) => [
    span(`  ${keys.padEnd(width)}`, { fg: "accent" }),
    span(what.padEnd(26), { fg: "muted" }),
  ])
  if (columns < 2 * (width + 28)) return cells.map((cell) => cutRow(cell, columns))
  const half = Math.ceil(cells.length / 2)
  return cells.slice(0, half).map((cell, index) => cutRow([...cell, ...(cells[half + index] ?? [])], columns))
}
