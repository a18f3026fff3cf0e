/** Progress and errors of the scripts: one brief line each, always on stderr, so stdout stays the program's own. */

export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Ends the script with one clear line. */
export function fail(line: string): never {
  say(`ccts: ${line}`)
  process.exit(1)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
