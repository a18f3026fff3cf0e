/**
 * Turns terminal input into keys and pastes where OpenTUI's parser cannot be had. A paste is data until its end
 * marker, however it is cut into chunks.
 */
import { StringDecoder } from "node:string_decoder"
import { graphemes } from "../../lib/width.ts"
import { normaliseKey, normalisePaste } from "./key.ts"
import type { Key } from "./port.ts"

export interface KeySink {
  readonly onKey: (key: Key) => void
  readonly onPaste: (text: string) => void
}

const esc = "\u001b"
const pasteStart = `${esc}[200~`
const pasteEnd = `${esc}[201~`
// A lone Escape is a key only when nothing follows it for this long; the rest of a sequence comes in the same read.
const escapeMs = 30

const finals: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4",
  Z: "tab",
}
const numbered: Readonly<Record<string, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pageup",
  6: "pagedown",
  7: "home",
  8: "end",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12",
}
// CSI and SS3 sequences: parameters and the final byte.
const sequence = new RegExp(`^${esc}(?:\\[|O)([0-9;]*)([A-Za-z~])`)
const unfinished = new RegExp(`^${esc}(?:[\\[O][0-9;]*)?$`)

export function createKeyDecoder(sink: KeySink): { feed(bytes: Buffer): void; end(): void } {
  const decoder = new StringDecoder("utf8")
  let pending = ""
  let paste: string[] | null = null
  let timer: Timer | undefined

  const press = (
    name: string,
    text: string,
    modifiers: { ctrl?: boolean; alt?: boolean; shift?: boolean } = {},
  ) => {
    const { ctrl = false, alt = false, shift = false } = modifiers
    const key = normaliseKey({ name, sequence: text, ctrl, meta: alt, shift })
    if (key !== null) sink.onKey(key)
  }

  const typed = (character: string, alt: boolean) => {
    const code = character.charCodeAt(0)
    if (character === "\r") press("return", "", { alt })
    else if (character === "\t") press("tab", "", { alt })
    else if (code === 127 || code === 8) press("backspace", "", { alt })
    else if (code === 0) press("space", "", { ctrl: true, alt })
    else if (code < 27) press(String.fromCharCode(code + 96), "", { ctrl: true, alt })
    else if (code >= 32) press(character, character, { alt })
  }

  const step = (flush: boolean): boolean => {
    if (paste !== null) {
      const end = pending.indexOf(pasteEnd)
      if (end < 0) {
        // The marker may be cut: keep as many characters as could be its beginning.
        const keep = pending.length - (pasteEnd.length - 1)
        if (keep > 0) paste.push(pending.slice(0, keep))
        pending = pending.slice(Math.max(0, keep))
        return false
      }
      sink.onPaste(normalisePaste(paste.join("") + pending.slice(0, end)))
      paste = null
      pending = pending.slice(end + pasteEnd.length)
      return true
    }
    if (pending === "") return false
    if (!pending.startsWith(esc)) {
      const end = pending.indexOf(esc)
      const text = end < 0 ? pending : pending.slice(0, end)
      pending = pending.slice(text.length)
      for (const grapheme of graphemes(text)) {
        // A carriage return and line feed are one grapheme but two keys.
        for (const part of grapheme === "\r\n" ? ["\r"] : [grapheme]) typed(part, false)
      }
      return true
    }
    if (pending.startsWith(pasteStart)) {
      paste = []
      pending = pending.slice(pasteStart.length)
      return true
    }
    const match = sequence.exec(pending)
    if (match !== null) {
      pending = pending.slice(match[0].length)
      const [first = "", modifier = "1"] = (match[1] ?? "").split(";")
      const bits = Number(modifier) - 1
      const final = match[2] ?? ""
      const name = final === "~" ? numbered[first] : finals[final]
      const shift = final === "Z" || (bits & 1) !== 0
      if (name !== undefined) press(name, "", { shift, alt: (bits & 2) !== 0, ctrl: (bits & 4) !== 0 })
      return true
    }
    if (unfinished.test(pending) && !flush) return false
    const next = pending.slice(1)
    if (next === "" || next.startsWith(esc)) {
      press("escape", "")
      pending = next
      return true
    }
    const [character = ""] = next
    typed(character, true)
    pending = next.slice(character.length)
    return true
  }

  const run = (flush: boolean): void => {
    clearTimeout(timer)
    while (step(flush));
    if (pending !== "" && paste === null) timer = setTimeout(() => run(true), escapeMs)
  }

  return {
    feed(bytes) {
      pending += decoder.write(bytes)
      run(false)
    },
    end() {
      clearTimeout(timer)
    },
  }
}
