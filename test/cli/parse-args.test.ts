import { describe, expect, test } from "bun:test"
import { checkCombination } from "../../src/cli/check-combination.ts"
import { type ArgsError, type ParsedArgs, parseArgs } from "../../src/cli/parse-args.ts"

function parsed(...argv: string[]): ParsedArgs {
  const result = parseArgs(argv)
  if ("error" in result) throw new Error(result.error)
  return result
}

function refused(...argv: string[]): string {
  return (parseArgs(argv) as ArgsError).error
}

describe("values", () => {
  test.each([
    [["--model", "opus"], { model: "opus" }],
    [["--model=opus"], { model: "opus" }],
    [["--system-prompt", ""], { systemPrompt: "" }],
    [["--system-prompt="], { systemPrompt: "" }],
    [["--system-prompt", "- be brief"], { systemPrompt: "- be brief" }],
    [["--append-system-prompt=a=b"], { appendSystemPrompt: "a=b" }],
    [["--model", "a", "--model", "b"], { model: "b" }],
    [["--max-turns", "3"], { maxTurns: 3 }],
    [["--max-budget-usd=1.5"], { maxBudgetUsd: 1.5 }],
    [["--max-thinking-tokens=0"], { maxThinkingTokens: 0 }],
    [["--permission-mode", "manual"], { permissionMode: "default" }],
    [["--verbose=false"], { verbose: false }],
    [["--no-chrome"], { chrome: false }],
    [["--chrome"], { chrome: true }],
    [["-p"], { print: true }],
    [["-pc"], { print: true, continue: true }],
    [["-nshort name"], { name: "short name" }],
    [["-c"], { continue: true }],
    [["-r", "id-1"], { resume: "id-1" }],
    [["--resume"], { resume: true }],
    [["--resume", "--verbose"], { resume: true, verbose: true }],
    [["--resume=-odd"], { resume: "-odd" }],
    [["--debug"], { debug: true }],
    [["--debug=mcp,hooks"], { debug: "mcp,hooks" }],
    [["-d=api"], { debug: "api" }],
    [["--bg"], { bg: true }],
    [["--background"], { bg: true }],
    [["--prompt-suggestions", "0"], { promptSuggestions: "false" }],
    [["--setting-sources="], { settingSources: [] }],
    [["--setting-sources", "user,project"], { settingSources: ["user", "project"] }],
    [["--fallback-model=sonnet, haiku"], { fallbackModel: ["sonnet", "haiku"] }],
    [["--plugin-dir", "a,b", "--plugin-dir=c d"], { pluginDir: ["a,b", "c d"] }],
  ] as const)("%j", (argv, flags) => {
    expect(parsed(...argv)).toEqual({ flags, rest: [] } as unknown as ParsedArgs)
  })
})

describe("lists", () => {
  test.each([
    [
      ["--allowedTools", "Bash(git log *),Edit", "Read"],
      ["Bash(git log *)", "Edit", "Read"],
    ],
    [["--allowed-tools=Bash(git *) Edit"], ["Bash(git *)", "Edit"]],
    [
      ["--allowedTools", "A", "--verbose", "--allowedTools", "B"],
      ["A", "B"],
    ],
    [
      ["--allowedTools", "Bash(echo (a, b))", "X"],
      ["Bash(echo (a, b))", "X"],
    ],
    [
      ["--allowedTools", "Bash(echo \\))", "X"],
      ["Bash(echo \\))", "X"],
    ],
  ])("rules of %j", (argv, rules) => {
    expect(parsed(...argv).flags.allowedTools).toEqual(rules)
  })

  test("an empty list of tools is kept apart from no list", () => {
    expect(parsed("--tools", "").flags.tools).toEqual([])
    expect(parsed("--tools=").flags.tools).toEqual([])
    expect(parsed().flags.tools).toBeUndefined()
  })

  test("paths and JSON are never split", () => {
    expect(parsed("--add-dir", "/a b", "/c,d").flags.addDir).toEqual(["/a b", "/c,d"])
    const json = '{"mcpServers":{"a":{"command":"x y"},"b":{}}}'
    expect(parsed("--mcp-config", json, "--verbose").flags.mcpConfig).toEqual([json])
  })

  test("a list ends at -- so that a prompt can follow", () => {
    expect(parsed("--allowedTools", "Bash", "--", "--do it").prompt).toBe("--do it")
  })
})

describe("prompt and subcommand", () => {
  test("words that are no flags are the prompt", () => {
    expect(parsed("-p", "fix the bug", "--verbose").prompt).toBe("fix the bug")
    expect(parsed("fix", "the", "bug").prompt).toBe("fix the bug")
    expect(parsed("-5 + 3?").prompt).toBe("-5 + 3?")
  })

  test("a subcommand takes everything behind it", () => {
    expect(parsed("--debug", "mcp", "add", "-s", "user", "x")).toEqual({
      flags: { debug: true },
      command: "mcp",
      rest: ["add", "-s", "user", "x"],
    })
    expect(parsed("plugins", "list").command).toBe("plugin")
  })

  test("after -- and with -p a subcommand's name is a prompt", () => {
    expect(parsed("--", "mcp").prompt).toBe("mcp")
    expect(parsed("-p", "update")).toEqual({ flags: { print: true }, rest: [], prompt: "update" })
  })

  test("a mistyped subcommand is not sent to the model", () => {
    expect(refused("docter")).toBe("Did you mean ccts doctor?")
    expect(refused("mpc")).toBe("Did you mean ccts mcp?")
    expect(parsed("hello").prompt).toBe("hello")
    expect(parsed("docter please").prompt).toBe("docter please")
    expect(parsed("-p", "docter").prompt).toBe("docter")
  })
})

describe("mistakes get one line that names the flag", () => {
  test.each([
    [["--modle", "x"], "Unknown flag --modle. Did you mean --model?"],
    [["--frobnicate"], "Unknown flag --frobnicate. See ccts --help."],
    [["-z"], "Unknown flag -z. "],
    [["-pz"], "Unknown flag -z. "],
    [["--model"], "--model needs a value: --model <alias or id>"],
    [["--model", "--verbose"], "--model needs a value"],
    [["--allowedTools", "--verbose"], "--allowedTools needs a value"],
    [["--output-format", "xml"], '--output-format must be one of text, json, stream-json, got "xml".'],
    [["--max-turns", "many"], '--max-turns needs a whole number from 1, got "many".'],
    [["--max-turns=1.5"], "--max-turns needs a whole number from 1"],
    [["--max-budget-usd", "0"], '--max-budget-usd needs a number above 0, got "0".'],
    [["--print=maybe"], '--print takes no value, got "maybe".'],
    [["--permission-mode", "yolo"], "--permission-mode must be one of default, acceptEdits"],
  ])("%j", (argv, line) => {
    expect(refused(...argv)).toStartWith(line)
    expect(refused(...argv)).not.toContain("\n")
  })
})

describe("flags that do not go together", () => {
  test.each([
    [["--bg", "-p"], "--bg and --print"],
    [["--tmux"], "--tmux needs --worktree"],
    [["--fork-session"], "--fork-session needs --resume or --continue"],
    [["--session-id", "nope"], "--session-id must be a UUID"],
    [["--session-id", "5f0c1d9e-1111-4222-8333-444455556666", "-c"], "--session-id with --resume"],
    [["--input-format", "stream-json"], "--input-format stream-json needs --output-format stream-json"],
    [["-p", "--include-partial-messages"], "--include-partial-messages needs --output-format stream-json"],
    [["-p", "--output-format", "stream-json"], "--print with --output-format stream-json needs --verbose"],
    [
      ["--output-format=stream-json", "--replay-user-messages"],
      "--replay-user-messages needs --input-format",
    ],
    [["--json-schema", "{"], "--json-schema is not a valid JSON Schema"],
    [["--json-schema", "[]"], "--json-schema is not a valid JSON Schema"],
    [["--cloud", "do it"], "--cloud needs a hosted service"],
  ])("%j", (argv, line) => {
    expect(checkCombination(parsed(...argv).flags)).toContain(line)
  })

  test.each([
    [["-p", "--output-format", "stream-json", "--verbose", "--input-format", "stream-json"]],
    [["-c", "--fork-session", "--session-id", "5f0c1d9e-1111-4222-8333-444455556666"]],
    [["--system-prompt", "a", "--system-prompt-file", "b"]],
    [["-p", "--json-schema", '{"type":"object"}']],
  ])("%j is fine", (argv) => {
    expect(checkCombination(parsed(...argv).flags)).toBeNull()
  })
})

describe("what the published SDKs pass", () => {
  test("TypeScript: --flag=value, three flags in two words", () => {
    const { flags, prompt } = parsed(
      ..."--output-format stream-json --verbose --input-format stream-json --thinking=adaptive".split(" "),
      "--thinking-display=summarized",
      "--effort=high",
      "--max-turns=3",
      "--max-budget-usd=1.5",
      "--task-budget=5000",
      "--model=opus",
      "--fallback-model=sonnet,haiku",
      "--agent=r",
      "--betas=a,b",
      "--debug",
      "--debug-file=/tmp/x y",
      '--json-schema={"type":"object"}',
      "--permission-prompt-tool=stdio",
      "--continue",
      "--fork-session",
      "--resume-session-at=u1",
      "--resume-drops-turn=u2",
      "--no-session-persistence",
      "--session-mirror",
      "--allowedTools=A,B(x:*),Skill(a)",
      "--disallowedTools=C",
      "--tools=",
      "--mcp-config",
      '{"mcpServers":{"a":{"command":"b"}}}',
      "--strict-mcp-config",
      "--await-initialize",
      "--setting-sources=",
      "--permission-mode=bypassPermissions",
      "--allow-dangerously-skip-permissions",
      "--include-hook-events",
      "--include-partial-messages",
      "--project-config-root=/p",
      "--add-dir=/a",
      "--add-dir=/b",
      "--plugin-dir=/c",
      "--managed-settings",
      "{}",
      "--settings",
      '{"sandbox":{"enabled":true}}',
    )
    expect(prompt).toBeUndefined()
    expect(checkCombination(flags)).toBeNull()
    expect(flags).toEqual({
      outputFormat: "stream-json",
      verbose: true,
      inputFormat: "stream-json",
      thinking: "adaptive",
      thinkingDisplay: "summarized",
      effort: "high",
      maxTurns: 3,
      maxBudgetUsd: 1.5,
      taskBudget: 5000,
      model: "opus",
      fallbackModel: ["sonnet", "haiku"],
      agent: "r",
      betas: ["a", "b"],
      debug: true,
      debugFile: "/tmp/x y",
      jsonSchema: '{"type":"object"}',
      permissionPromptTool: "stdio",
      continue: true,
      forkSession: true,
      resumeSessionAt: "u1",
      resumeDropsTurn: "u2",
      noSessionPersistence: true,
      sessionMirror: true,
      allowedTools: ["A", "B(x:*)", "Skill(a)"],
      disallowedTools: ["C"],
      tools: [],
      mcpConfig: ['{"mcpServers":{"a":{"command":"b"}}}'],
      strictMcpConfig: true,
      awaitInitialize: true,
      settingSources: [],
      permissionMode: "bypassPermissions",
      allowDangerouslySkipPermissions: true,
      includeHookEvents: true,
      includePartialMessages: true,
      projectConfigRoot: "/p",
      addDir: ["/a", "/b"],
      pluginDir: ["/c"],
      managedSettings: "{}",
      settings: '{"sandbox":{"enabled":true}}',
    })
  })

  test("Python: two words, empty strings kept", () => {
    const { flags, prompt } = parsed(
      ..."--output-format stream-json --verbose --system-prompt".split(" "),
      "",
      "--tools",
      "",
      ..."--allowedTools A,B --max-turns 3 --max-budget-usd 0.5 --disallowedTools C,D --task-budget 10".split(
        " ",
      ),
      ..."--model M --fallback-model F --betas x,y --permission-prompt-tool stdio".split(" "),
      ..."--permission-mode plan --continue --settings {} --add-dir /a --add-dir /b".split(" "),
      "--mcp-config",
      '{"mcpServers":{"mine":{"type":"sdk","name":"mine"}}}',
      ..."--include-partial-messages --include-hook-events --strict-mcp-config --fork-session".split(" "),
      ..."--session-mirror --setting-sources= --plugin-dir /p --thinking adaptive".split(" "),
      ..."--thinking-display omitted --effort low --json-schema {} --input-format stream-json".split(" "),
    )
    expect(prompt).toBeUndefined()
    expect(checkCombination(flags)).toBeNull()
    expect(flags).toMatchObject({
      systemPrompt: "",
      tools: [],
      allowedTools: ["A", "B"],
      disallowedTools: ["C", "D"],
      betas: ["x", "y"],
      addDir: ["/a", "/b"],
      settingSources: [],
      effort: "low",
      inputFormat: "stream-json",
    })
  })
})
