import { describe, expect, test } from "bun:test"
import { AWK_EXAMPLES } from "../../src/permissions/read-only/awk.ts"
import { FIND_EXAMPLES } from "../../src/permissions/read-only/find.ts"
import { SED_EXAMPLES } from "../../src/permissions/read-only/sed.ts"
import { ROWS } from "../../src/permissions/read-only/table.ts"
import { TEST_EXAMPLES } from "../../src/permissions/read-only/test.ts"
import { judgeBash } from "./helpers.ts"

const groups = [
  ...ROWS.map((row) => ({ name: row.names[0] ?? "", ...row })),
  { name: "find", ...FIND_EXAMPLES },
  { name: "sed", ...SED_EXAMPLES },
  { name: "awk", ...AWK_EXAMPLES },
  { name: "test", ...TEST_EXAMPLES },
]

function wrong(commands: readonly string[], expected: string): readonly string[] {
  return commands.filter((command) => judgeBash(command).verdict !== expected)
}

describe("every row of the command table keeps its own promises", () => {
  for (const group of groups) {
    test(group.name, () => {
      expect(wrong(group.free, "allow")).toEqual([])
      expect(wrong(group.asks, "ask")).toEqual([])
      expect(group.free.length + group.asks.length).toBeGreaterThan(0)
    })
  }

  test("what is free is also marked as changing nothing", () => {
    const free = groups.flatMap((group) => [...group.free])
    expect(free.filter((command) => !judgeBash(command).readOnly)).toEqual([])
  })
})
