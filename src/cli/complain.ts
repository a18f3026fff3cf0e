import { sanitise } from "../lib/sanitise.ts"

/** One line on stderr. It may quote settings, file names and servers, so it must not drive the terminal. */
export function complain(line: string): void {
  process.stderr.write(`${sanitise(line)}\n`)
}
