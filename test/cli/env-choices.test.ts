import { describe, expect, test } from "bun:test"
import { tmpdir } from "node:os"
import { listModels, resolveModel } from "../../src/api/models.ts"
import { cacheChoice } from "../../src/cli/cache-choice.ts"
import { childEnv } from "../../src/cli/child-env.ts"
import { withEnvFlags } from "../../src/cli/flags-from-env.ts"
import { hiddenCommands } from "../../src/cli/tui-ports.ts"
import { thresholds } from "../../src/engine/compaction/tokens.ts"
import { temporaryFolder } from "../../src/lib/temporary-folder.ts"
import { cachedPage, cachePage } from "../../src/tools/web/page-cache.ts"
import { webSearch } from "../../src/tools/web-search.ts"

describe("variables that stand for flags", () => {
  test("are taken where the flag is not given", () => {
    expect(withEnvFlags({}, {})).toEqual({})
    expect(
      withEnvFlags({}, { CLAUDE_CODE_MAX_TURNS: "3", CLAUDE_CODE_SIMPLE: "1", CLAUDE_CODE_SAFE_MODE: "yes" }),
    ).toEqual({ maxTurns: 3, bare: true, safeMode: true })
    expect(withEnvFlags({}, { DEBUG: "1" })).toEqual({ debug: true })
    expect(withEnvFlags({}, { DEBUG: "express:*" })).toEqual({})
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
    [{ DISABLE_PROMPT_CACHING_SONNET: "1", DISABLE_PROMPT_CACHING_FABLE: "1" }, {}, "5m", "5m"],
  ]
  for (const [env, settings, main, sub] of rows)
    test(`${JSON.stringify(env)} with ${JSON.stringify(settings)}`, () => {
      const choose = cacheChoice(env, () => settings)
      expect(choose("claude-opus-5-5", { subagent: false })).toBe(main as "5m")
      expect(choose("claude-opus-5-5", { subagent: true })).toBe(sub as "5m")
    })
})

describe("variables of models", () => {
  test("CLAUDE_CODE_DISABLE_ADAPTIVE_THINKING makes models of version 4.6 think by budget, and no others", () => {
    const env = { CLAUDE_CODE_DISABLE_ADAPTIVE_THINKING: "1" }
    expect(resolveModel("claude-opus-4-6", {}).thinking).toBe("adaptive")
    expect(resolveModel("claude-opus-4-6", env).thinking).toBe("budget")
    expect(resolveModel("claude-opus-5-5", env).thinking).toBe("adaptive")
  })

  test("ANTHROPIC_DEFAULT_OPUS_MODEL_SUPPORTED_CAPABILITIES and its like say what a model can do", () => {
    const env = {
      ANTHROPIC_DEFAULT_OPUS_MODEL: "my-deployment",
      ANTHROPIC_DEFAULT_OPUS_MODEL_SUPPORTED_CAPABILITIES: "thinking, effort,max_effort",
      ANTHROPIC_CUSTOM_MODEL_OPTION: "my-other",
      ANTHROPIC_CUSTOM_MODEL_OPTION_SUPPORTED_CAPABILITIES: "adaptive_thinking",
    }
    expect(resolveModel("opus", env)).toMatchObject({
      thinking: "budget",
      efforts: ["low", "medium", "high", "max"],
    })
    expect(resolveModel("my-deployment", env).thinking).toBe("budget")
    expect(resolveModel("my-other", env)).toMatchObject({ thinking: "adaptive", efforts: [] })
    expect(resolveModel("sonnet", env).efforts).toContain("xhigh")
  })

  test("CLAUDE_AUTOCOMPACT_PCT_OVERRIDE makes room sooner, never later", () => {
    const model = resolveModel("claude-opus-4-5", {})
    expect(thresholds(model, null, 0.5).compact).toBe(100_000)
    expect(thresholds(model, null, 1).compact).toBe(thresholds(model, null).compact)
  })
})

test("DISABLE_<NAME>_COMMAND hides a slash command by its name", () => {
  expect([
    ...hiddenCommands({
      DISABLE_LOGIN_COMMAND: "1",
      DISABLE_LOGOUT_COMMAND: "0",
      DISABLE_INSTALL_GITHUB_APP_COMMAND: "true",
    }),
  ]).toEqual(["login", "install-github-app"])
})

test("CLAUDE_CODE_SUBPROCESS_ENV_SCRUB keeps credentials from commands", () => {
  const env = {
    PATH: "/bin",
    ANTHROPIC_API_KEY: "k",
    ANTHROPIC_FOUNDRY_API_KEY: "k",
    ANTHROPIC_AWS_API_KEY: "k",
    AZURE_CLIENT_SECRET: "k",
    AWS_SECRET_ACCESS_KEY: "k",
    CLAUDE_CODE_OAUTH_TOKEN: "k",
    OTEL_SERVICE_NAME: "x",
  }
  const config = { settings: {} } as Parameters<typeof childEnv>[0]["config"]
  expect(Object.keys(childEnv({ env, config }))).toHaveLength(7)
  expect(childEnv({ env: { ...env, CLAUDE_CODE_SUBPROCESS_ENV_SCRUB: "1" }, config })).toEqual({
    PATH: "/bin",
    CLAUDE_CODE_SUBPROCESS_ENV_SCRUB: "1",
  })
})

test("CLAUDE_CODE_TMPDIR is where files go that nobody keeps", () => {
  expect(temporaryFolder({ CLAUDE_CODE_TMPDIR: "/own" })).toBe("/own")
  expect(temporaryFolder({})).toBe(tmpdir())
})

test("ANTHROPIC_DEFAULT_OPUS_MODEL_NAME and ANTHROPIC_DEFAULT_OPUS_MODEL_DESCRIPTION are what the picker says", () => {
  const env = {
    ANTHROPIC_DEFAULT_OPUS_MODEL: "my-deployment",
    ANTHROPIC_DEFAULT_OPUS_MODEL_NAME: "House model",
    ANTHROPIC_DEFAULT_OPUS_MODEL_DESCRIPTION: "ours",
  }
  expect(listModels(env).find(({ value }) => value === "opus")).toMatchObject({
    label: "House model",
    description: "ours",
  })
})

test("CLAUDE_CODE_MAX_WEB_SEARCHES_PER_SESSION and CLAUDE_CODE_WEBFETCH_CACHE_TTL_MS", async () => {
  const ctx = {
    files: {},
    env: { CLAUDE_CODE_MAX_WEB_SEARCHES_PER_SESSION: "0" },
    searchWeb: () => Promise.reject(new Error("searched")),
  } as unknown as Parameters<typeof webSearch.run>[1]
  const { value } = await webSearch.run({ query: "anything" }, ctx).next()
  expect(JSON.stringify(value)).toContain("used 0 times")
  const page = { url: "https://x/", code: 200, codeText: "OK", bytes: 1, markdown: "x" }
  cachePage("https://ttl.example/", page)
  await Bun.sleep(5)
  expect(cachedPage("https://ttl.example/", { CLAUDE_CODE_WEBFETCH_CACHE_TTL_MS: "60000" })).toEqual(page)
  expect(cachedPage("https://ttl.example/", { CLAUDE_CODE_WEBFETCH_CACHE_TTL_MS: "1" })).toBeUndefined()
})
