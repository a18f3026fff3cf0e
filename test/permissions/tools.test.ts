import { describe, expect, test } from "bun:test"
import type { Call, Rule, Verdict } from "../../src/model/permission.ts"
import { decide } from "../../src/permissions/decide.ts"
import { callForCommand, explain } from "../../src/permissions/explain.ts"
import { toolsDeniedByName } from "../../src/permissions/rules/compile.ts"
import { parseRule } from "../../src/permissions/rules/parse.ts"
import { applyUpdates } from "../../src/permissions/updates.ts"
import { bash, other, policy, type Setup, verdictOf } from "./helpers.ts"

const fetch = (url: string) => other("WebFetch", [{ kind: "net", url }], { url, prompt: "x" })
const search = other("WebSearch", [{ kind: "net", url: "https://api.example/" }], { query: "x" })
const mcp = (server: string, tool: string, readOnly = false) =>
  other(`mcp__${server}__${tool}`, [{ kind: "mcp", server, tool, readOnly }])
const agent = (agentType: string, input: Call["input"] = {}) =>
  other("Agent", [{ kind: "agent", agentType }], input)
const skill = (name: string, args = "") => other("Skill", [{ kind: "skill", name }], { skill: name, args })
const question = other("AskUserQuestion", [{ kind: "person" }])
const todo = other("TodoWrite", [], { todos: [] })

const rows: readonly (readonly [verdict: Verdict, call: Call, setup?: Setup])[] = [
  ["ask", fetch("https://example.com/a")],
  ["allow", fetch("https://EXAMPLE.com./a"), { allow: ["WebFetch(domain:example.com)"] }],
  ["ask", fetch("https://sub.example.com/"), { allow: ["WebFetch(domain:example.com)"] }],
  ["ask", fetch("https://example.com.evil.io/"), { allow: ["WebFetch(domain:example.com)"] }],
  ["ask", fetch("https://evil.io/example.com"), { allow: ["WebFetch(domain:example.com)"] }],
  ["ask", fetch("https://example.com@evil.io/"), { allow: ["WebFetch(domain:example.com)"] }],
  ["ask", fetch("https://notexample.com/"), { allow: ["WebFetch(domain:*.example.com)"] }],
  ["allow", fetch("https://a.b.example.com/"), { allow: ["WebFetch(domain:*.example.com)"] }],
  ["ask", fetch("https://example.com/"), { allow: ["WebFetch(domain:*.example.com)"] }],
  ["allow", fetch("https://api-1.x.io/"), { allow: ["WebFetch(domain:api-*.x.io)"] }],
  ["ask", fetch("https://api-1.y.x.io/"), { allow: ["WebFetch(domain:api-*.x.io)"] }],
  ["allow", fetch("https://any.where/"), { allow: ["WebFetch(domain:*)"] }],
  ["allow", fetch("https://any.where/"), { allow: ["WebFetch"] }],
  ["deny", fetch("https://a.bad.io/"), { allow: ["WebFetch"], deny: ["WebFetch(domain:*.bad.io)"] }],
  ["deny", fetch("https://a.io/"), { mode: "dontAsk" }],
  ["ask", fetch("file:///etc/passwd"), { allow: ["WebFetch(domain:*)"] }],
  ["ask", fetch("nonsense"), { allow: ["WebFetch(domain:*)"] }],
  ["ask", search],
  ["allow", search, { allow: ["WebSearch"] }],
  ["ask", mcp("files", "read", true)],
  ["allow", mcp("files", "read"), { allow: ["mcp__files__read"] }],
  ["allow", mcp("files", "read"), { allow: ["mcp__files"] }],
  ["allow", mcp("files", "read"), { allow: ["mcp__files__*"] }],
  ["allow", mcp("files", "read_a"), { allow: ["mcp__files__read*"] }],
  ["ask", mcp("files2", "read"), { allow: ["mcp__files"] }],
  ["ask", mcp("files", "read"), { allow: ["mcp__*", "*", "mcp__f*"] }],
  ["deny", mcp("files", "read"), { allow: ["mcp__files"], deny: ["mcp__*"] }],
  ["deny", mcp("files", "read"), { deny: ["*"] }],
  ["ask", mcp("files", "read"), { allow: ["mcp__files"], ask: ["mcp__files__read"] }],
  ["allow", mcp("files", "read"), { mode: "bypassPermissions" }],
  ["allow", agent("reviewer")],
  ["deny", agent("reviewer"), { deny: ["Agent(reviewer)"] }],
  ["deny", agent("reviewer"), { deny: ["Task(reviewer)"] }],
  ["allow", agent("other"), { deny: ["Task(reviewer)"] }],
  ["deny", agent("x"), { deny: ["Task"] }],
  ["deny", agent("x", { model: "opus" }), { deny: ["Agent(model:opus)"] }],
  ["allow", agent("x", { model: "haiku" }), { deny: ["Agent(model:opus)"] }],
  ["ask", skill("pdf")],
  ["allow", skill("pdf"), { allow: ["Skill(pdf)"] }],
  ["allow", skill("pdf", "a b"), { allow: ["Skill(pdf *)"] }],
  ["allow", skill("deploy", "staging now"), { allow: ["Skill(deploy staging *)"] }],
  ["ask", skill("pdfx"), { allow: ["Skill(pdf)", "Skill(pdf *)"] }],
  ["allow", skill("x"), { allow: ["Skill"] }],
  ["deny", skill("pdf"), { allow: ["Skill"], deny: ["Skill(pdf)"] }],
  ["ask", question],
  ["ask", question, { mode: "bypassPermissions", allow: ["AskUserQuestion"] }],
  ["deny", question, { mode: "dontAsk" }],
  ["deny", question, { deny: ["AskUserQuestion"] }],
  ["allow", todo],
  ["allow", todo, { mode: "dontAsk" }],
  ["deny", todo, { deny: ["Todo*"] }],
  ["ask", todo, { ask: ["TodoWrite"] }],
  [
    "deny",
    { ...bash("ls"), input: { command: "ls", run_in_background: true } },
    { deny: ["Bash(run_in_background:true)"] },
  ],
  ["allow", bash("ls"), { deny: ["Bash(run_in_background:true)"] }],
  ["deny", bash("ls"), { deny: ["Bash"] }],
  ["ask", bash("ls"), { ask: ["Bash"] }],
  ["allow", bash("./x"), { ask: ["Bash"], sandboxed: true }],
  ["allow", bash("./x"), { sandboxed: true }],
  ["allow", bash("curl $X | sh"), { sandboxed: true }],
  [
    "ask",
    { ...bash("./x"), access: [{ kind: "exec", command: "./x", cwd: "/proj", unsandboxed: true }] },
    { sandboxed: true },
  ],
  ["ask", bash("./x"), { mode: "auto" }],
  ["allow", bash("./x"), { mode: "bypassPermissions" }],
  ["deny", bash("./x"), { mode: "dontAsk" }],
  ["allow", bash("ls"), { mode: "dontAsk" }],
  ["allow", bash("./x"), { mode: "dontAsk", allow: ["Bash(./x)"] }],
  ["ask", { tool: "PowerShell", input: {}, access: [{ kind: "exec", command: "Get-Item x", cwd: "/proj" }] }],
  [
    "deny",
    { tool: "PowerShell", input: {}, access: [{ kind: "exec", command: "a; remove-item x", cwd: "/proj" }] },
    { deny: ["PowerShell(Remove-Item *)"], allow: ["PowerShell"] },
  ],
  ["ask", { tool: "Monitor", input: {}, access: [{ kind: "exec", command: "./x", cwd: "/proj" }] }],
  [
    "allow",
    { tool: "Monitor", input: {}, access: [{ kind: "exec", command: "npm test", cwd: "/proj" }] },
    { allow: ["Bash(npm test)"] },
  ],
]

test("each kind of tool keeps its meaning", () => {
  const wrong = rows.flatMap(([verdict, call, setup]) => {
    const found = decide(call, policy(setup)).verdict
    return found === verdict
      ? []
      : [
          `${call.tool} ${JSON.stringify(call.access)} ${JSON.stringify(setup ?? {})}: ${found}, not ${verdict}`,
        ]
  })
  expect(wrong).toEqual([])
})

test("what is offered for a host or an MCP tool is one rule for the project", () => {
  expect(decide(fetch("https://Example.com/x"), policy()).offers[0]?.updates).toEqual([
    {
      type: "addRules",
      rules: [{ toolName: "WebFetch", ruleContent: "domain:example.com" }],
      behavior: "allow",
      destination: "localSettings",
    },
  ])
  expect(decide(mcp("a", "b"), policy()).offers[0]?.updates).toEqual([
    { type: "addRules", rules: [{ toolName: "mcp__a__b" }], behavior: "allow", destination: "localSettings" },
  ])
})

describe("rules that do not parse", () => {
  test("are reported and have no effect", () => {
    const bad = [
      "",
      "(",
      "Bash(",
      "Bash(ls",
      "Bash()",
      "Bash( )",
      "ls -la",
      "Write(/a)",
      "Glob(*.ts)",
      "WebFetch(example.com)",
      "WebFetch(domain:)",
      "Read(!a)",
      "mcp__a__*(x)",
      "Bash( *)",
      "Bash(:*)",
      "Read(file_path:x)x",
    ]
    expect(bad.filter((text) => !("error" in parseRule(text)))).toEqual([])
    expect(
      ["*", "B*", "mcp__*", "mcp__a*", "Bash(timeout:5)", "Agent(model:opus)"].filter(
        (text) => !("error" in parseRule(text, "allow")),
      ),
    ).toEqual([])
    expect(
      ["*", "B*", "mcp__*", "Bash(timeout:5)"].filter((text) => "error" in parseRule(text, "deny")),
    ).toEqual([])
    expect(verdictOf("./x", { allow: bad })).toBe("ask")
  })

  test("Tool(*) is the whole tool", () => {
    expect(parseRule("Bash(*)")).toEqual({ kind: "tool", tool: "Bash" })
    expect(verdictOf("./x", { allow: ["Bash(*)"] })).toBe("allow")
  })
})

test("a deny rule by name removes the tool from the model's list", () => {
  const rules: Rule[] = ["WebFetch", "mcp__git", "Cron*", "Task", "Bash(rm *)"].map((text) => ({
    behavior: "deny",
    source: "userSettings",
    text,
    base: "/",
  }))
  const denied = toolsDeniedByName(rules)
  expect(["WebFetch", "mcp__git__log", "CronCreate", "Agent"].filter((n) => !denied(n))).toEqual([])
  expect(["Bash", "mcp__gitx__log", "Read"].filter(denied)).toEqual([])
})

test("updates make a new policy and say what to write where", () => {
  const rules: Rule[] = [{ behavior: "allow", source: "localSettings", text: "Bash(a)", base: "/proj" }]
  const next = applyUpdates(
    rules,
    "default",
    ["/proj"],
    [
      {
        type: "addRules",
        rules: [
          { toolName: "Bash", ruleContent: "b" },
          { toolName: "Bash", ruleContent: "a" },
        ],
        behavior: "allow",
        destination: "localSettings",
      },
      { type: "addRules", rules: [{ toolName: "Read" }], behavior: "deny", destination: "session" },
      { type: "setMode", mode: "plan", destination: "session" },
      { type: "addDirectories", directories: ["/x", "/proj"], destination: "session" },
    ],
  )
  expect(next.rules.map((r) => `${r.behavior} ${r.source} ${r.text}`)).toEqual([
    "allow localSettings Bash(a)",
    "allow localSettings Bash(b)",
    "deny session Read",
  ])
  expect([next.mode, next.roots]).toEqual(["plan", ["/proj", "/x"]])
  expect(next.persist.map((p) => p.destination)).toEqual(["localSettings"])
  const less = applyUpdates(next.rules, "plan", next.roots, [
    {
      type: "removeRules",
      rules: [{ toolName: "Bash", ruleContent: "a" }],
      behavior: "allow",
      destination: "localSettings",
    },
    { type: "removeDirectories", directories: ["/x", "/proj"], destination: "session" },
    { type: "replaceRules", rules: [{ toolName: "Grep" }], behavior: "deny", destination: "session" },
  ])
  expect(less.rules.map((r) => r.text)).toEqual(["Bash(b)", "Grep"])
  expect(less.roots).toEqual(["/proj"])
  expect(rules.length).toBe(1)
})

test("the explanation names the verdict, each part and the rule that would have matched", () => {
  const text = explain(callForCommand("ls && npm run build > out.txt", "/proj"), policy())
  expect(text).toContain("ask: ")
  expect(text).toContain("npm run build")
  expect(text).toContain("out.txt")
  expect(text).toContain("Bash(npm run build)")
  expect(explain(callForCommand("curl x", "/proj"), policy({ deny: ["Bash(curl *)"] }))).toContain(
    "rule: Bash(curl *) from projectSettings",
  )
  const shown = explain(callForCommand("echo \u202e\u001b[2J", "/proj"), policy())
  expect(shown.includes("\u202e") || shown.includes("\u001b")).toBe(false)
})
