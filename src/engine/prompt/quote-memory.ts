/** Of one instruction file in a reminder; a longer one is read with Read. */
const MAX_MEMORY_CHARS = 40_000

export interface MemoryText {
  readonly path: string
  readonly content: string
  /** `User`, `Project`, …, for people. */
  readonly type?: string
}

/** An instruction file under its name. */
export function quoteMemory({ path, content }: MemoryText): string {
  const text = content.trim()
  const rest = text.length - MAX_MEMORY_CHARS
  const shown =
    rest <= 0 ? text : `${text.slice(0, MAX_MEMORY_CHARS)}\n[… ${rest} characters more in the file]`
  return `## ${path}\n\n${shown}`
}

export function asReminder(note: string): string {
  return `<system-reminder>\n${note}\n</system-reminder>`
}
