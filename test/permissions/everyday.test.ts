import { describe, expect, test } from "bun:test"
import { EVERYDAY } from "./everyday.ts"
import { judgeBash } from "./helpers.ts"

describe("looking at a project does not ask:", () => {
  for (const [name, lines] of Object.entries(EVERYDAY))
    test(name, () => {
      expect(lines.filter((line) => judgeBash(line).verdict !== "allow")).toEqual([])
    })
})

test("nor does it under the deny rules that most projects have", () => {
  const setup = { deny: ["Bash(rm *)", "Bash(curl *)", "Read(./secrets/**)"], ask: ["Bash(git push *)"] }
  const asked = Object.values(EVERYDAY)
    .flat()
    .filter((line) => judgeBash(line, setup).verdict !== "allow")
  // What may read below the folder that is closed, and nobody has looked into it here.
  expect(asked.filter((line) => !/grep|rg|find|git (diff|show|log|cat-file)|[a-z] \\*/.test(line))).toEqual(
    [],
  )
})
