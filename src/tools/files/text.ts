/**
 * A text file as bytes and as a string, and back without loss: encoding, byte-order mark and line ends of what was
 * not edited stay exactly as they were.
 */
export type Encoding = "utf8" | "utf16le" | "utf16be" | "latin1"

export interface Decoded {
  /** Without the byte-order mark; line ends as in the file. */
  readonly text: string
  readonly encoding: Encoding
  readonly bom: boolean
}

/** As much as git looks at to tell a binary file. */
const SNIFF_BYTES = 8 * 1024

/** NUL early in a file that is not UTF-16: no text. */
export function looksBinary(bytes: Uint8Array): boolean {
  if (bomOf(bytes)?.encoding.startsWith("utf16")) return false
  return bytes.subarray(0, SNIFF_BYTES).includes(0)
}

export function decodeText(bytes: Uint8Array): Decoded {
  const bom = bomOf(bytes)
  if (bom !== null) {
    const body = bytes.subarray(bom.length)
    if (bom.encoding === "utf16be")
      return { text: swapped(body).toString("utf16le"), encoding: "utf16be", bom: true }
    if (bom.encoding === "utf16le")
      return { text: Buffer.from(body).toString("utf16le"), encoding: "utf16le", bom: true }
    const text = strictUtf8(body)
    if (text !== null) return { text, encoding: "utf8", bom: true }
  }
  const text = strictUtf8(bytes)
  if (text !== null) return { text, encoding: "utf8", bom: false }
  return { text: Buffer.from(bytes).toString("latin1"), encoding: "latin1", bom: false }
}

/** Throws when the encoding cannot hold the text; the message is fit for the model. */
export function encodeText({ text, encoding, bom }: Decoded): Uint8Array {
  switch (encoding) {
    case "utf8":
      return Buffer.from(bom ? `\uFEFF${text}` : text, "utf8")
    case "utf16le":
      return Buffer.from(bom ? `\uFEFF${text}` : text, "utf16le")
    case "utf16be":
      return swapped(Buffer.from(bom ? `\uFEFF${text}` : text, "utf16le"))
    case "latin1": {
      const foreign = [...text].find((char) => (char.codePointAt(0) ?? 0) > 0xff)
      if (foreign !== undefined)
        throw new Error(
          `The file is Latin-1 encoded and cannot hold the character ${foreign}. Convert it first.`,
        )
      return Buffer.from(text, "latin1")
    }
  }
}

/** What prevails in so many lines prevails; own choice. */
const ENOUGH_LINES = 1_000

/** The line end that prevails in a text. */
export function lineEnd(text: string): "\n" | "\r\n" {
  let crlf = 0
  let lf = 0
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    if (text.charCodeAt(at - 1) === 13) crlf += 1
    else lf += 1
    if (crlf + lf >= ENOUGH_LINES) break
  }
  return crlf > lf ? "\r\n" : "\n"
}

export function toLf(text: string): string {
  return text.includes("\r") ? text.replaceAll("\r\n", "\n") : text
}

function bomOf(bytes: Uint8Array): { readonly encoding: Encoding; readonly length: number } | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: "utf8", length: 3 }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: "utf16le", length: 2 }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: "utf16be", length: 2 }
  return null
}

function strictUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function swapped(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes.subarray(0, bytes.length & ~1))
  return copy.swap16()
}
