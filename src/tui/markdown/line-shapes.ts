/** What a line of Markdown looks like, and how lines are cleaned and cut. Every expression here takes linear time. */
import { sanitiseLine } from "../../lib/sanitise.ts"

/** Characters of one piece; longer ones are cut so that a reply without line breaks costs no more. */
export const LEAF_LIMIT = 16_384
export const TABLE_LIMIT = 262_144
const TAB = "    "

export const FENCE = /^(\s*)(`{3,}|~{3,})([^`]*)$/
export const HEADING = /^ {0,3}#{1,6}(?:\s|$)/
export const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/
export const SETEXT = /^ {0,3}(?:=+|-+)\s*$/
export const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])(\s+|$)(.*)$/
export const QUOTE = /^ {0,3}>/
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/

/** The second line of a table. */
export function isTableRule(line: string | undefined): boolean {
  return line?.includes("|") === true && TABLE_RULE.test(line)
}

export function stripIndent(line: string, columns: number): string {
  let at = 0
  while (at < columns && line[at] === " ") at += 1
  return line.slice(at)
}

export function cleanLine(line: string): string {
  return sanitiseLine(line.replaceAll("\t", TAB).replace(/\r$/, ""))
}

/** Where to cut a line that is too long: after the last space that fits, never inside a surrogate pair. */
export function cutAt(line: string): number {
  const space = line.lastIndexOf(" ", LEAF_LIMIT - 1)
  if (space > LEAF_LIMIT / 2) return space + 1
  const code = line.charCodeAt(LEAF_LIMIT - 1)
  return code >= 0xd800 && code <= 0xdbff ? LEAF_LIMIT - 1 : LEAF_LIMIT
}
