import { describe, expect, test } from "bun:test"
import { costOf } from "../../src/api/models.ts"
import { settledModels } from "../../src/cli/settled-models.ts"
import { thresholds } from "../../src/engine/compaction/tokens.ts"
import { NO_USAGE } from "../../src/model/usage.ts"

const MILLION = { ...NO_USAGE, input_tokens: 1_000_000, output_tokens: 1_000_000 }

describe("modelPricing", () => {
  const cost = (modelPricing: unknown, name = "claude-opus-5-5") =>
    costOf(MILLION, settledModels({}, () => ({ modelPricing }))(name))

  test("multiplies the list price", () => {
    expect(cost(undefined)).toBe(24)
    expect(cost({ multiplier: 0.5 })).toBe(12)
  })

  test("replaces it for a model, by id, undated id, alias or family", () => {
    const price = { input: 1, output: 2, cacheRead: 0.1, cacheWrite: 1.5 }
    for (const key of ["claude-opus-5-5", "opus"]) expect(cost({ overrides: { [key]: price } })).toBe(3)
    expect(cost({ overrides: { "claude-haiku-5-5": price } })).toBe(24)
    expect(cost({ overrides: { opus: price }, multiplier: 2 })).toBe(6)
  })

  test("prices what the cache holds, and leaves the rest of the list as it is", () => {
    const info = settledModels({}, () => ({
      modelPricing: { overrides: { opus: { input: 10, cacheRead: 3, cacheWrite: 11 } } },
    }))("opus")
    expect(info.costBasis).toBe("managed")
    expect(info.price).toEqual({ input: 10, output: 20, cacheRead: 3, cacheWrite5m: 11, cacheWrite1h: 20 })
  })

  test("what is no price is passed over", () => {
    expect(cost({ multiplier: -1, overrides: { opus: { input: "cheap" }, sonnet: 3 } })).toBe(24)
    expect(cost([])).toBe(24)
  })
})

describe("modelSettings", () => {
  const of = (settings: Record<string, unknown>, name: string) => settledModels({}, () => settings)(name)

  test("give a model its effort, over effortLevel, and cap it", () => {
    const modelSettings = { opus: { effortLevel: "low", maxEffortLevel: "high" } }
    expect(of({ modelSettings, effortLevel: "xhigh" }, "opus")).toMatchObject({
      usualEffort: "low",
      efforts: ["low", "medium", "high"],
    })
    expect(of({ modelSettings, effortLevel: "xhigh" }, "sonnet")).toMatchObject({ usualEffort: "xhigh" })
    expect(of({ modelSettings }, "sonnet").efforts).toContain("max")
  })

  test("give a model its own room before the conversation is summarised", () => {
    const info = of({ modelSettings: { "claude-opus-5-5": { autoCompactWindow: 200_000 } } }, "opus")
    expect(thresholds(info, null).compact).toBeLessThan(200_000)
    expect(thresholds(info, 400_000).compact).toBeGreaterThan(200_000)
    expect(thresholds(of({}, "opus"), null).compact).toBeGreaterThan(200_000)
  })
})

test("a change of the settings counts from the next question on", () => {
  let settings: Record<string, unknown> = {}
  const resolve = settledModels({}, () => settings)
  expect(resolve("opus").usualEffort).toBeUndefined()
  settings = { modelSettings: { opus: { effortLevel: "low" } } }
  expect(resolve("opus").usualEffort).toBe("low")
  // This one is the start's (spec/settings.md section 1).
  settings = { effortLevel: "high" }
  expect(resolve("opus").usualEffort).toBeUndefined()
})
