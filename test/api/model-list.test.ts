import { expect, test } from "bun:test"
import { type ModelLists, refuseModel } from "../../src/api/model-list.ts"
import { resolveModel } from "../../src/api/models.ts"

const refused = (name: string, lists: ModelLists) =>
  refuseModel(name, resolveModel(name, {}).id, lists) !== null

test("a list of models covers families, prefixes and ids, whatever the alias or the provider's spelling", () => {
  const opus = resolveModel("opus", {}).id
  const rows: readonly (readonly [name: string, available: readonly string[], refused: boolean])[] = [
    ["opus", ["opus"], false],
    [opus, ["opus"], false],
    ["opus[1m]", ["opus"], false],
    [`us.anthropic.${opus}-v1:0`, ["opus"], false],
    ["sonnet", ["opus"], true],
    ["claude-opus-4-1-20250805", ["claude-opus-4"], false],
    ["claude-opus-40", ["claude-opus-4"], true],
    ["claude-opus-4-1-20250805", ["claude-opus-4-1-20250805"], false],
    ["haiku", [], true],
    ["haiku", [""], true],
    ["my-own-model", ["my-own-model"], false],
    ["my-own-model", ["opus"], true],
    ["OPUS", [" Opus "], false],
  ]
  for (const [name, available, expected] of rows)
    expect([name, available, refused(name, { available })]).toEqual([name, available, expected])
})

test("the default is spared unless the list is enforced; a denied model never is", () => {
  const id = resolveModel("default", {}).id
  expect(refused("default", { available: ["claude-none"] })).toBe(false)
  expect(refused("default", { available: ["claude-none"], enforce: true })).toBe(true)
  expect(refused("default", { denied: [id] })).toBe(true)
  expect(refused("haiku", { available: ["haiku"], denied: ["haiku"] })).toBe(true)
  expect(refused("haiku", {})).toBe(false)
})

test("the line says which key refuses and what may be chosen", () => {
  expect(refuseModel("opus", "claude-opus-4-1", { available: ["haiku", "sonnet"] })).toBe(
    "The model opus is not allowed here: availableModels in the settings lists haiku, sonnet.",
  )
})
