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
const INVISIBLE =
  /[\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u

/** Why the text needs a look by a person although it may parse, or null. */
export function doubtText(text: string): string | null {
  if (text.length > MAX_JUDGED_LENGTH) return `the command is longer than ${MAX_JUDGED_LENGTH} characters`
  const hit = INVISIBLE.exec(text)
  if (hit)
    return `the command contains an invisible or look-alike character (U+${hex(hit[0].codePointAt(0) ?? 0)})`
  return null
}
