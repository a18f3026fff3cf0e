import { describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { schemaPath, settingsPath, settingsReference } from "../../scripts/docs.ts"
import { settingsSchema } from "../../src/config/json-schema.ts"
import { check, type KeyType } from "../../src/config/key-type.ts"
import { KEYS, keyInfo } from "../../src/config/keys.ts"
import { parseValue } from "../../src/config/parse-value.ts"
import { settingsHelp, settingsMarkdown } from "../../src/config/settings-docs.ts"

describe("the one table of settings", () => {
  test("is the JSON schema file", () => {
    expect(readFileSync(settingsPath, "utf8"), "run: bun scripts/docs.ts").toBe(settingsReference())
    expect(JSON.parse(readFileSync(schemaPath, "utf8")), "run: bun scripts/docs.ts").toEqual(
      JSON.parse(JSON.stringify(settingsSchema())),
    )
  })

  test("is the documentation and the help, with every key once", () => {
    for (const { key, text } of KEYS) {
      expect(
        settingsMarkdown().split(new RegExp(`\\| \`${key.replaceAll(".", "\\.")}\`[ ○↻]* \\|`)),
      ).toHaveLength(2)
      expect(settingsHelp()).toContain(`  ${key} `)
      expect(text.length).toBeGreaterThan(5)
    }
  })

  test("has defaults of the type they say", () => {
    const wrong = KEYS.filter(
      ({ type, default: value }) => value !== undefined && check(value, type).faults.length > 0,
    )
    expect(wrong.map(({ key }) => key)).toEqual([])
  })
})

describe("a typed value", () => {
  const rows: readonly (readonly [string, string, unknown])[] = [
    ["verbose", "on", true],
    ["verbose", "FALSE", false],
    ["cleanupPeriodDays", "14", 14],
    ["effortLevel", "high", "high"],
    ["permissions.deny", "Bash(rm *), Read(/x)", ["Bash(rm *)", "Read(/x)"]],
    ["permissions.deny", '["Bash(a, b)"]', ["Bash(a, b)"]],
    ["env", '{"A": "1"}', { A: "1" }],
    ["fallbackModel", "opus,sonnet", ["opus", "sonnet"]],
  ]
  for (const [key, typed, value] of rows)
    test(`${key} ${typed}`, () => {
      expect(parseValue(known(key), typed)).toEqual(value)
    })

  const bad = [
    ["verbose", "perhaps"],
    ["cleanupPeriodDays", "0"],
    ["cleanupPeriodDays", "a week"],
    ["effortLevel", "extreme"],
    ["env", "A=1"],
  ] as const
  for (const [key, typed] of bad)
    test(`${key} does not take ${typed}, and says what it takes`, () => {
      expect(() => parseValue(known(key), typed)).toThrow(`${key} must be `)
    })
})

function known(key: string): { key: string; type: KeyType } & NonNullable<ReturnType<typeof keyInfo>> {
  const info = keyInfo(key)
  if (info === undefined) throw new Error(key)
  return info
}
