/** What a command's text must not contain, whatever it means: things a person cannot see or a terminal would obey. */

/** Longer commands always ask (spec/settings.md section 4). */
export const MAX_JUDGED_LENGTH = 10_000

/** Why the text is refused outright, or null. */
export function refuseText(text: string): string | null {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (isControl(code)) return `the command contains a control character (U+${hex(code)})`
    if (code >= 0xd800 && code <= 0xdfff) {
      const next = text.charCodeAt(i + 1)
      if (code > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff))
        return "the command contains an unpaired surrogate"
      i++
    }
  }
  return null
}

function isControl(code: number): boolean {
  if (code === 9 || code === 10) return false
  return code < 32 || (code >= 127 && code <= 159)
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, "0")
}

// Blanks that are not blanks to the shell, marks that reorder or hide, and fillers that look like nothing.
const INVISIBLE: readonly (readonly [number, number])[] = [
  [0xa0, 0xa0],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x1680, 0x1680],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x2000, 0x200f],
  [0x2028, 0x202f],
  [0x205f, 0x206f],
  [0x2800, 0x2800],
  [0x3000, 0x3000],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
]

function firstInvisible(text: string): number | null {
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (code >= 0xa0 && INVISIBLE.some(([from, to]) => code >= from && code <= to)) return code
  }
  return null
}

/** Why the text needs a look by a person although it may parse, or null. */
export function doubtText(text: string): string | null {
  if (text.length > MAX_JUDGED_LENGTH) return `the command is longer than ${MAX_JUDGED_LENGTH} characters`
  const hidden = firstInvisible(text)
  if (hidden !== null) return `the command contains an invisible or look-alike character (U+${hex(hidden)})`
  return null
}
