import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { duplicateKeys } from "../../src/lib/duplicate-keys.ts"

test("keys that stand twice in one object are found with their place", () => {
  const text =
    '{\n "a": {"b": 1, "c": {"x": "a"}},\n "a": 2,\n "l": [{"k": 1,\n "k": 2}, "k", "k"],\n "d": "\\"a\\": {", "\\u0061": 3\n}'
  expect(duplicateKeys(text)).toEqual([
    { path: ["a"], line: 3 },
    { path: ["l", "k"], line: 5 },
    { path: ["a"], line: 6 },
  ])
})

test("any text that is written from an object has none", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(duplicateKeys(JSON.stringify(value, null, 1))).toEqual([])
    }),
    { numRuns: 300 },
  )
})
