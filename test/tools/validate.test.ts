import { describe, expect, test } from "bun:test"
import { BUILT_IN_AGENTS } from "../../src/engine/agents/kinds.ts"
import type { AnyTool } from "../../src/model/tool.ts"
import { agentTool } from "../../src/tools/agent.ts"
import { recall } from "../../src/tools/recall.ts"
import { TOOLS } from "../../src/tools/registry.ts"
import { agentSpec, BUILTINS } from "../../src/tools/specs.ts"
import { toolSpec, validateInput } from "../../src/tools/validate.ts"

const tool = (name: string) => TOOLS.find((one) => one.name === name) as AnyTool

describe("a wrong input is answered in the agreed words", () => {
  test.each([
    ["Read", {}, "Read failed due to the following issue:\nThe required parameter `file_path` is missing"],
    [
      "Read",
      { file_path: "/a", offset: "3" },
      "Read failed due to the following issue:\nThe parameter `offset` type is expected as `number` but provided as `string`",
    ],
    [
      "Edit",
      { file_path: 1 },
      "Edit failed due to the following issues:\nThe parameter `file_path` type is expected as `string` but provided as `number`\nThe required parameter `old_string` is missing\nThe required parameter `new_string` is missing",
    ],
    [
      "Bash",
      { command: "x", cwd: "/" },
      "Bash failed due to the following issue:\nAn unexpected parameter `cwd` was provided",
    ],
    [
      "TodoWrite",
      { todos: [{ content: "a", status: "pending" }] },
      "TodoWrite failed due to the following issue:\nThe required parameter `todos[0].activeForm` is missing",
    ],
    [
      "Bash",
      null,
      "Bash failed due to the following issue:\nThe input is expected as `object` but provided as `null`",
    ],
  ])("%s %j", (name, input, message) => {
    expect(validateInput(tool(name), input)).toEqual({
      ok: false,
      message: `InputValidationError: ${message}`,
    })
  })
  test("a right one passes", () => {
    expect(validateInput(tool("Grep"), { pattern: "x", "-n": true })).toMatchObject({ ok: true })
    expect(validateInput(tool("ExitPlanMode"), { plan: "injected", planFilePath: "/p" })).toMatchObject({
      ok: true,
      input: { plan: "injected" },
    })
  })
})

test.each(TOOLS.map((one) => [one.name, one] as const))(
  "%s has a prompt and an object schema",
  (_name, one) => {
    const spec = toolSpec(one)
    expect(spec.input_schema).toMatchObject({ type: "object" })
    expect(spec.description.length).toBeGreaterThan(40)
    expect(spec.input_schema).not.toHaveProperty("$schema")
    expect(toolSpec(one).input_schema).toBe(spec.input_schema)
  },
)

test("the schemas made at build time are those of the tools", () => {
  const specOf = (one: AnyTool) => ({ spec: toolSpec(one), offered: one.offered ?? "always" })
  expect(BUILTINS).toEqual([...TOOLS, recall].map(specOf))
  expect(agentSpec(BUILT_IN_AGENTS)).toEqual(toolSpec(agentTool(BUILT_IN_AGENTS)))
})
