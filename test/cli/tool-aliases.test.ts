import { describe, expect, test } from "bun:test"
import { liveToolAliases, toolAliases } from "../../src/cli/tool-aliases.ts"
import type { OfferedTool } from "../../src/model/tool.ts"
import { BUILTINS } from "../../src/tools/specs.ts"

const tools: readonly OfferedTool[] = BUILTINS.map(({ spec, offered }) => ({
  name: spec.name,
  spec,
  offered,
  load: () => Promise.reject(new Error("not for a list of names")),
}))

describe("an alias of the settings", () => {
  test("is a name for one call", () => {
    const { ports, problems } = toolAliases({ log: "Bash(git log -n $1)", notes: "Read(a.md)" }, tools)
    expect(problems).toEqual([])
    expect(ports.map(({ name, text }) => [name, text])).toEqual([
      ["log", "Bash(git log -n $1)"],
      ["notes", "Read(a.md)"],
    ])
    expect(ports[0]?.fill("5")).toEqual({ tool: "Bash", input: { command: "git log -n 5" } })
    expect(ports[0]?.fill("")).toBe("/log needs 1 word: Bash(git log -n $1)")
    expect(ports[1]?.fill("x")).toBe("/notes takes no words: Read(a.md)")
  })
  test.each([
    ["help", "Bash(ls)", "toolAliases.help: /help is a command already"],
    ["quit", "Bash(ls)", "toolAliases.quit: /quit is a command already"],
    ["x", "Nope(a=b)", "toolAliases.x: there is no tool Nope in this session; tools are "],
    ["x", "Grep(patern=b)", "toolAliases.x: Grep takes no patern; it takes pattern, path, glob, "],
    ["x", "ls", "toolAliases.x: write it as Tool(arguments), such as Bash(git status)"],
  ])("%s: %s is told and not used", (name, text, said) => {
    const { ports, problems } = toolAliases({ [name]: text }, tools)
    expect(ports).toEqual([])
    expect(problems).toHaveLength(1)
    expect(problems[0]).toStartWith(said)
  })
  test("is one of at most 100", () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`a${i}`, "Bash(ls)"]))
    const { ports, problems } = toolAliases(many, tools)
    expect(ports).toHaveLength(100)
    expect(problems).toEqual(["toolAliases: only the first 100 are used"])
  })
  test("is read anew when the settings are others, and only then", () => {
    let setting: unknown = { a: "Bash(ls)" }
    const now = liveToolAliases(() => setting, tools)
    const first = now()
    expect(now()).toBe(first)
    setting = { b: "Bash(ls)", c: "Nope(x=y)" }
    expect(now().ports.map(({ name }) => name)).toEqual(["b"])
    expect(now().problems).toHaveLength(1)
    setting = undefined
    expect(now().ports).toEqual([])
  })
})
