import { expect, test } from "bun:test"
import { inputText } from "../../src/tui/input-text.ts"

test.each([
  [{ command: 'echo "a b" | tr -d \'"\'' }, 'command: echo "a b" | tr -d \'"\''],
  [{ command: "cd x\nls", timeout: 5 }, "command:\n  cd x\n  ls\ntimeout: 5"],
  [{ edits: [{ a: 1 }] }, 'edits: [\n  {\n    "a": 1\n  }\n]'],
  [{}, ""],
])("the input of a call is read as it is, not as JSON", (input, shown) => {
  expect(inputText(input)).toBe(shown)
})
