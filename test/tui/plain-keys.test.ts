import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { createKeyDecoder } from "../../src/tui/screen/plain-keys.ts"

function decode(chunks: readonly Buffer[]): { keys: string[]; pastes: string[]; text: string } {
  const keys: string[] = []
  const pastes: string[] = []
  let text = ""
  const decoder = createKeyDecoder({
    onKey(key) {
      keys.push(
        [key.ctrl && "ctrl", key.alt && "alt", key.shift && "shift", key.name].filter(Boolean).join("+"),
      )
      text += key.text
    },
    onPaste: (pasted) => void pastes.push(pasted),
  })
  for (const chunk of chunks) decoder.feed(chunk)
  decoder.end()
  return { keys, pastes, text }
}

const esc = "\u001b"

describe("keys without the display library", () => {
  test("have the same names", () => {
    const bytes = `a\r\t\u007f\u0003\u0000${esc}[A${esc}OB${esc}[1;5C${esc}[Z${esc}b${esc}[3~日A\n`
    expect(decode([Buffer.from(bytes)]).keys).toEqual([
      "a",
      "return",
      "tab",
      "backspace",
      "ctrl+c",
      "ctrl+space",
      "up",
      "down",
      "ctrl+right",
      "shift+tab",
      "alt+b",
      "delete",
      "日",
      "shift+a",
      "ctrl+j",
    ])
  })

  test("and pastes arrive whole, however the input is cut", () => {
    const pasted = `two\nlines with ${esc}[A inside and 日本 👍🏽`
    const bytes = Buffer.from(`x${esc}[200~${pasted.replace("\n", "\r")}${esc}[201~y`)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length]
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
        const { pastes, text } = decode(chunks)
        expect(pastes).toEqual([pasted])
        expect(text).toBe("xy")
      }),
    )
  })
})
