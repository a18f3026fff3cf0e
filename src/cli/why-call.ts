/** A question of `ccts why` as the call that the engine would make of it. */
import { resolve } from "node:path"
import type { Call } from "../model/permission.ts"
import type { SessionSandbox } from "./choose-sandbox.ts"
import { chooseTools } from "./choose-tools.ts"
import type { Prepared } from "./prepare.ts"

export type Question =
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "path"; readonly path: string; readonly write: boolean }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "tool"; readonly tool: string; readonly input: unknown }

/** The call, or one line that says what is wrong with the question. */
export async function callOf(
  question: Question,
  prepared: Prepared,
  sandbox: SessionSandbox,
): Promise<Call | string> {
  switch (question.kind) {
    case "command":
      return callOfTool("Bash", { command: question.command }, prepared, sandbox)
    case "path": {
      const path = resolve(prepared.cwd, question.path.replace(/^~(?=\/|$)/, prepared.paths.home))
      return question.write
        ? { tool: "Write", input: { file_path: path }, access: [{ kind: "write", path }] }
        : { tool: "Read", input: { file_path: path }, access: [{ kind: "read", path }] }
    }
    case "url":
      if (!URL.canParse(question.url)) return `--url is not an address: ${JSON.stringify(question.url)}`
      return { tool: "WebFetch", input: { url: question.url }, access: [{ kind: "net", url: question.url }] }
    case "tool":
      return callOfTool(question.tool, question.input, prepared, sandbox)
  }
}

async function callOfTool(
  name: string,
  input: unknown,
  prepared: Prepared,
  sandbox: SessionSandbox,
): Promise<Call | string> {
  const mcp = /^mcp__(.+?)__(.+)$/.exec(name)
  if (mcp !== null) {
    const access = { kind: "mcp", server: mcp[1] ?? "", tool: mcp[2] ?? "", readOnly: false } as const
    return { tool: name, input: isRecord(input) ? input : {}, access: [access] }
  }
  const tools = chooseTools({ ...prepared, flags: { ...prepared.flags, tools: ["default", name] } }, true)
  const found = tools.find((one) => one.name === name)
  if (found === undefined) return `There is no tool ${JSON.stringify(name)}.`
  const tool = sandbox.contain(await found.load())
  const { validateInput } = await import("../tools/validate.ts")
  const valid = validateInput(tool, input)
  if (!valid.ok) return `--input does not fit ${name}: ${valid.message.replace(/\s+/g, " ")}`
  const place = { cwd: prepared.cwd, home: prepared.paths.home }
  const ready = tool.normalize?.(valid.input, place) ?? valid.input
  return { tool: tool.name, input: ready, access: tool.access(ready, place) }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
