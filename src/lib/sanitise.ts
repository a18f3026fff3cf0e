/**
 * The one sanitiser for text from outside (model, tools, files, servers, clipboard). After it a text can neither
 * drive the terminal nor show something else than it contains: no escape sequences, no control characters but
 * newline and tab, no bidirectional overrides, no invisible carriers, no broken surrogates.
 */

// Everything that any later step could change; a text without a match is returned as it is. Literal control
// characters are what these expressions are about, hence \u escapes built from strings.
const suspicious = expression(
  "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f" +
    "\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb" +
    "\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}]",
)

// ECMA-48 control functions, 7- and 8-bit. A string (OSC, DCS, SOS, PM, APC) that is not ended loses only its
// introducer, so that an unfinished one cannot swallow what follows. Bodies exclude all controls: linear time.
const body = "[^\\u0000-\\u001f\\u007f-\\u009f]*"
const escapes = expression(
  [
    `(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])${body}(?:\\u0007|\\u001b\\\\|\\u009c)`,
    "(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]",
    "\\u001b[ -/]*[0-~]",
  ].join("|"),
  "gu",
)
const lineEnds = expression("\\r\\n?|[\\u0085\\u2028\\u2029]", "gu")
const controls = expression("[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]", "gu")
const bidi = expression("[\\u202a-\\u202e\\u2066-\\u2069]", "gu")
const invisible = expression(
  "[\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b\\u200e\\u200f\\u2060-\\u2065\\u206a-\\u206f" +
    "\\u3164\\ufe00-\\ufe0d\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}]",
  "gu",
)
// Joiners stay where writing needs them: inside emoji and inside scripts that join or stack letters.
const joining =
  "[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Mongolian}\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Gurmukhi}" +
  "\\p{Script=Gujarati}\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}" +
  "\\p{Script=Sinhala}\\p{Script=Khmer}\\p{Script=Myanmar}]"
const strayJoiners = expression(
  `(?<!${joining})\\u200c|\\u200c(?!${joining})` +
    `|(?<!${joining}|\\p{Extended_Pictographic}[\\ufe0f\\p{Emoji_Modifier}]?)\\u200d|\\u200d(?!${joining}|\\p{Extended_Pictographic})`,
  "gu",
)
const straySelectors = expression("(?<![\\p{Emoji}\\p{So}\\p{Sm}\\p{Po}\\p{L}])[\\ufe0e\\ufe0f]", "gu")

/** `text` made safe to show on several lines; newlines and tabs stay, other line ends become newlines. */
export function sanitise(text: string): string {
  const formed = text.isWellFormed() ? text : text.toWellFormed()
  if (!suspicious.test(formed)) return formed
  return formed
    .replace(escapes, "")
    .replace(lineEnds, "\n")
    .replace(controls, "")
    .replace(bidi, "\ufffd")
    .replace(invisible, "")
    .replace(straySelectors, "")
    .replace(strayJoiners, "")
}

/** `text` made safe to show on one row: inner line breaks become a visible mark, tabs blanks. */
export function sanitiseLine(text: string): string {
  const safe = sanitise(text)
  if (!/[\n\t]/.test(safe)) return safe
  return safe
    .replaceAll("\t", " ")
    .trim()
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ↵ ")
}

function expression(source: string, flags = "u"): RegExp {
  return new RegExp(source, flags)
}
