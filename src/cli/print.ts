/** What subcommands print. It may quote settings, names of files and servers, and programs' words: none drives the terminal. */
import { sanitise, sanitiseLine } from "../lib/sanitise.ts"

/** One line on stdout, whatever is in it. */
export function printLine(line: string): void {
  process.stdout.write(`${sanitiseLine(line)}\n`)
}

/** Lines that belong together, on stdout. */
export function printText(text: string): void {
  process.stdout.write(`${sanitise(text)}\n`)
}

/** JSON on stdout: nothing of the value is lost, and what a terminal would obey or hide is written as an escape. */
export function printJson(value: unknown): void {
  process.stdout.write(`${safeJson(value)}\n`)
}

/** Everything outside of ASCII that `sanitise` would change, and DEL; both stand in strings only. */
export function safeJson(value: unknown, indent = 2): string {
  const text = JSON.stringify(value, null, indent) ?? "null"
  return sanitise(text) === text ? text : text.replace(/[^\n\u0020-\u007e]/gu, escaped)
}

function escaped(character: string): string {
  if (sanitise(character) === character) return character
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`
  }).join("")
}
