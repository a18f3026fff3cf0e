import { expect, test } from "bun:test"
import { fillToolAlias, parseToolAlias } from "../../src/config/tool-alias.ts"

test.each([
  ["Bash(git status --short)", "", "Bash", { command: "git status --short" }],
  ["Bash(echo (a, b=c))", "", "Bash", { command: "echo (a, b=c)" }],
  ["Bash(git log -n $1 -- $2)", "5 src", "Bash", { command: "git log -n 5 -- src" }],
  ["Bash(grep -r $1 .)", "a;rm", "Bash", { command: "grep -r 'a;rm' ." }],
  ["Bash(awk '{print $$1}' $1)", "f", "Bash", { command: "awk '{print $1}' f" }],
  ["Bash(echo $@)", "a b's", "Bash", { command: "echo a 'b'\\''s'" }],
  [
    "Grep(pattern=TODO, output_mode=content, -n=true, head_limit=5)",
    "",
    "Grep",
    { pattern: "TODO", output_mode: "content", "-n": true, head_limit: 5 },
  ],
  ['Grep(pattern="a, b", glob="*.ts")', "", "Grep", { pattern: "a, b", glob: "*.ts" }],
  ['Grep(pattern="$@")', "two words", "Grep", { pattern: "two words" }],
  ["Read(docs/notes.md)", "", "Read", { file_path: "docs/notes.md" }],
  ["TaskList()", "", "TaskList", {}],
])("%s with %j is a call", (text, typed, tool, input) => {
  const alias = parseToolAlias("x", text)
  if (typeof alias === "string") throw new Error(alias)
  expect(fillToolAlias(alias, typed)).toEqual({ tool, input })
})

test.each([
  ["x", "git status", "write it as Tool(arguments)"],
  ["1x", "Bash(ls)", "a name is letters"],
  ["x", "Bash( )", "Bash() needs a command"],
  ["x", "Grep(pattern=a, pattern=b)", "pattern is given twice"],
  ["x", 'Grep(pattern="a" b)', "is not name=value"],
  ["x", "WebFetch(https://a.b)", "has no main argument; name its arguments"],
])("%s: %s is refused with a reason", (name, text, why) => {
  expect(parseToolAlias(name, text)).toContain(why)
})

test("too few and too many words are said", () => {
  const one = parseToolAlias("x", "Bash(echo $1)")
  if (typeof one === "string") throw new Error(one)
  expect(fillToolAlias(one, "")).toBe("/x needs 1 word: Bash(echo $1)")
  expect(fillToolAlias(one, "a b")).toBe("/x takes 1 word: Bash(echo $1)")
})
