import fc from "fast-check"

const pieces = [
  "a",
  "word",
  " ",
  "  ",
  "日本",
  "。",
  "（",
  "👍🏽",
  "👨‍👩‍👧",
  "e\u0301",
  "❤️",
  "🇩🇪",
  "-",
  ",",
  "क्षि",
  "가",
]

/** Printable text that mixes scripts, blanks and multi-code-point graphemes. */
export const text = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(""))
