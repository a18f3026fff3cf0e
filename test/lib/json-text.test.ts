import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { jsonErrorLine } from "../../src/lib/json-error-line.ts"
import { findMember, readMember, setMember } from "../../src/lib/json-text.ts"

const object = fc
  .dictionary(fc.string({ unit: "binary" }), fc.jsonValue(), { noNullPrototype: true })
  .filter((made) => !Object.hasOwn(made, "__proto__"))
const indent = fc.constantFrom(undefined, 1, 2, 4, "\t")

describe("changing one member of a JSON text", () => {
  test("gives what changing the object gives, whatever the text", () => {
    fc.assert(
      fc.property(object, indent, fc.string(), fc.jsonValue(), (before, space, key, value) => {
        fc.pre(key !== "__proto__")
        const text = Buffer.from(JSON.stringify(before, null, space))
        expect(JSON.parse(setMember(text, [key], value).toString())).toEqual(
          JSON.parse(JSON.stringify({ ...before, [key]: value })),
        )
        expect(readMember(setMember(text, [key, "in", "side"], value), [key, "in", "side"])).toEqual(
          JSON.parse(JSON.stringify(value)),
        )
      }),
    )
  })

  test("removing a member leaves the others", () => {
    fc.assert(
      fc.property(object, indent, fc.nat(), (before, space, pick) => {
        const keys = Object.keys(before)
        const key = keys[pick % Math.max(keys.length, 1)] ?? "none"
        const { [key]: _, ...rest } = before
        const text = Buffer.from(JSON.stringify(before, null, space))
        expect(JSON.parse(setMember(text, [key], undefined).toString())).toEqual(
          JSON.parse(JSON.stringify(rest)),
        )
      }),
    )
  })

  test("keeps spellings, duplicates and order; of duplicate keys the last counts", () => {
    const text = Buffer.from('\uFEFF{ "a" : 1.0 , "b":{"x":[ 1,2 ]},\n"\\u0061" : 12345678901234567890}\n')
    expect(setMember(text, ["b", "y"], true).toString()).toBe(
      '\uFEFF{ "a" : 1.0 , "b":{"x":[ 1,2 ],"y":true},\n"\\u0061" : 12345678901234567890}\n',
    )
    expect(setMember(text, ["a"], 2).toString()).toEndWith('"\\u0061" : 2}\n')
    expect(findMember(text, ["b", "x", "0"])).toBeNull()
  })

  test.each(["{", '{"a"', '{"a":', '{"a":1', '{"a":"x', '{"a":1 "b":2}', "{a:1}", '{"a":}'])(
    "broken text throws: %s",
    (text) => {
      expect(() => setMember(Buffer.from(text), ["z"], 1)).toThrow()
    },
  )
})

describe("the line of a JSON error", () => {
  test("is null exactly when the text is JSON", () => {
    const mangled = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", '"', "}", "]", ":", "\\", "1", "x", "\n"))
      .map(
        ([text, at, insert]) =>
          text.slice(0, at % (text.length + 1)) +
          insert +
          text.slice((at % (text.length + 1)) + (insert === "" ? 1 : 0)),
      )
    fc.assert(
      fc.property(fc.oneof(fc.json(), mangled), (text) => {
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        expect([text, jsonErrorLine(text) === null]).toEqual([text, valid])
      }),
      { numRuns: 500 },
    )
  })
})
