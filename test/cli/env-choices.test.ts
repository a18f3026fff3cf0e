import { describe, expect, test } from "bun:test"
import { cacheChoice } from "../../src/cli/cache-choice.ts"
import { withEnvFlags } from "../../src/cli/flags-from-env.ts"

describe("variables that stand for flags", () => {
  test("are taken where the flag is not given", () => {
    expect(withEnvFlags({}, {})).toEqual({})
    expect(
      withEnvFlags({}, { CLAUDE_CODE_MAX_TURNS: "3", CLAUDE_CODE_SIMPLE: "1", CLAUDE_CODE_SAFE_MODE: "yes" }),
    ).toEqual({ maxTurns: 3, bare: true, safeMode: true })
    expect(withEnvFlags({ maxTurns: 1 }, { CLAUDE_CODE_MAX_TURNS: "3" })).toEqual({ maxTurns: 1 })
    expect(withEnvFlags({}, { CLAUDE_CODE_MAX_TURNS: "many", CLAUDE_CODE_SIMPLE: "0" })).toEqual({})
  })
})

describe("how long the prompt cache lives", () => {
  const rows: readonly (readonly [Record<string, string>, Record<string, unknown>, string, string])[] = [
    [{}, {}, "5m", "5m"],
    [{}, { promptCacheTtl: "1h" }, "1h", "1h"],
    [{}, { promptCacheTtl: "1h", subagentPromptCacheTtl: "5m" }, "1h", "5m"],
    [{ ENABLE_PROMPT_CACHING_1H: "1" }, {}, "1h", "1h"],
    [{ FORCE_PROMPT_CACHING_5M: "1", ENABLE_PROMPT_CACHING_1H: "1" }, { promptCacheTtl: "1h" }, "5m", "5m"],
    [{ DISABLE_PROMPT_CACHING: "1" }, { promptCacheTtl: "1h" }, "off", "off"],
    [{ DISABLE_PROMPT_CACHING_OPUS: "1" }, {}, "off", "off"],
    [{ DISABLE_PROMPT_CACHING_HAIKU: "1" }, {}, "5m", "5m"],
  ]
  for (const [env, settings, main, sub] of rows)
    test(`${JSON.stringify(env)} with ${JSON.stringify(settings)}`, () => {
      const choose = cacheChoice(env, () => settings)
      expect(choose("claude-opus-5-5", { subagent: false })).toBe(main as "5m")
      expect(choose("claude-opus-5-5", { subagent: true })).toBe(sub as "5m")
    })
})
