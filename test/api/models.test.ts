import { describe, expect, test } from "bun:test"
import { isSameModel } from "../../src/api/model-table.ts"
import { betasOf, costOf, listModels, resolveModel, resolveSmallModel } from "../../src/api/models.ts"
import { NO_USAGE } from "../../src/model/usage.ts"

describe("a model is found by what people call it", () => {
  const rows: readonly (readonly [string, Record<string, string>, string])[] = [
    ["opus", {}, "claude-opus-5-5"],
    ["Sonnet", {}, "claude-sonnet-5-5"],
    ["haiku", {}, "claude-haiku-5-5"],
    ["fable", {}, "claude-fable-5-2"],
    ["best", {}, "claude-fable-5-2"],
    ["default", {}, "claude-opus-5-5"],
    ["", {}, "claude-opus-5-5"],
    ["default", { ANTHROPIC_DEFAULT_MODEL: "sonnet" }, "claude-sonnet-5-5"],
    ["default", { ANTHROPIC_DEFAULT_MODEL: "default" }, "claude-opus-5-5"],
    ["opus", { ANTHROPIC_DEFAULT_OPUS_MODEL: "my-opus" }, "my-opus"],
    ["haiku", { ANTHROPIC_SMALL_FAST_MODEL: "small" }, "small"],
    ["haiku", { ANTHROPIC_SMALL_FAST_MODEL: "small", ANTHROPIC_DEFAULT_HAIKU_MODEL: "newer" }, "newer"],
    ["opusplan", {}, "claude-sonnet-5-5"],
    ["claude-opus-4-8", {}, "claude-opus-4-8"],
    ["some/other-model", {}, "some/other-model"],
  ]
  for (const [name, env, id] of rows)
    test(`${name || "(nothing)"} with ${JSON.stringify(env)} is ${id}`, () => {
      expect(resolveModel(name, env).id).toBe(id)
    })

  test("opusplan is Opus while planning", () => {
    expect(resolveModel("opusplan", {}, { planning: true }).id).toBe("claude-opus-5-5")
  })

  test("dated, regional and suffixed ids have their model's facts", () => {
    for (const id of [
      "claude-sonnet-4-5-20250929",
      "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      "claude-sonnet-4-5@20250929",
    ])
      expect(resolveModel(id, {})).toMatchObject({
        id,
        window: 200_000,
        thinking: "budget",
        costBasis: "list",
      })
    expect(resolveModel("claude-sonnet-4-5[1m]", {})).toMatchObject({
      id: "claude-sonnet-4-5",
      window: 1_000_000,
    })
    expect(resolveModel("claude-opus-4-20250514", {}).displayName).toBe("Opus 4")
  })

  test("an unknown id counts as the newest Opus at an unknown cost", () => {
    expect(resolveModel("claude-next-9", {})).toMatchObject({
      window: 1_000_000,
      maxOutput: 32_000,
      costBasis: "unknown",
      thinking: "adaptive",
      price: resolveModel("opus", {}).price,
    })
  })

  test("limits can be set from outside", () => {
    const env = { CLAUDE_CODE_MAX_CONTEXT_TOKENS: "50000", CLAUDE_CODE_MAX_OUTPUT_TOKENS: "9000" }
    expect(resolveModel("opus", env)).toMatchObject({ window: 50_000, maxOutput: 9000 })
    expect(resolveModel("opus", { CLAUDE_CODE_DISABLE_1M_CONTEXT: "1" }).window).toBe(200_000)
    const overrides = { "my-model": { window: 64_000, displayName: "Mine" } }
    expect(resolveModel("my-model", {}, { overrides })).toMatchObject({ window: 64_000, displayName: "Mine" })
  })
})

test("the picker lists default and the families in order, and a custom one", () => {
  expect(listModels({}).map(({ value }) => value)).toEqual(["default", "opus", "fable", "sonnet", "haiku"])
  const custom = listModels({
    ANTHROPIC_CUSTOM_MODEL_OPTION: "corp-1",
    ANTHROPIC_CUSTOM_MODEL_OPTION_NAME: "Corp",
  })
  expect(custom.at(-1)).toMatchObject({ value: "corp-1", label: "Corp", info: { id: "corp-1" } })
  expect(resolveSmallModel({}).id).toBe("claude-haiku-5-5")
})

describe("costs", () => {
  const million = (more: object) => ({ ...NO_USAGE, ...more })

  test("every kind of token at its list price", () => {
    const opus = resolveModel("opus", {})
    expect(costOf(million({ input_tokens: 1e6 }), opus)).toBeCloseTo(4)
    expect(costOf(million({ output_tokens: 1e6 }), opus)).toBeCloseTo(20)
    expect(costOf(million({ cache_read_input_tokens: 1e6 }), opus)).toBeCloseTo(0.2)
    expect(costOf(million({ cache_creation_input_tokens: 1e6 }), opus)).toBeCloseTo(5)
    const hour = { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 1e6 }
    expect(costOf(million({ cache_creation_input_tokens: 1e6, cache_creation: hour }), opus)).toBeCloseTo(8)
    const searches = { web_search_requests: 3, web_fetch_requests: 0 }
    expect(costOf(million({ server_tool_use: searches }), opus)).toBeCloseTo(0.03)
  })

  test("a long prompt on Haiku costs more", () => {
    const haiku = resolveModel("haiku", {})
    expect(costOf(million({ input_tokens: 100_000 }), haiku)).toBeCloseTo(0.01)
    expect(costOf(million({ input_tokens: 200_000 }), haiku)).toBeCloseTo(0.1)
  })
})

test("a reply's model is matched to the asked one through dates and providers", () => {
  expect(isSameModel("claude-haiku-4-5", "claude-haiku-4-5-20251001")).toBe(true)
  expect(isSameModel("us.anthropic.claude-opus-4-8-v1:0", "claude-opus-4-8")).toBe(true)
  expect(isSameModel("claude-opus-5", "claude-opus-5-5")).toBe(false)
})

test("betas go only to models that need them", () => {
  expect(betasOf(resolveModel("opus", {}))).toEqual([])
  expect(betasOf(resolveModel("claude-sonnet-4-5[1m]", {}))).toEqual([
    "interleaved-thinking-2025-05-14",
    "context-1m-2025-08-07",
  ])
})
