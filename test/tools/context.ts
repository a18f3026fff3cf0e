/** A session's worth of context for one tool call, in a folder of its own. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs"
import { mkdir, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { textOf } from "../../src/model/block.ts"
import type {
  AnyTool,
  FileSeen,
  TaskInfo,
  TaskPort,
  Tool,
  ToolContext,
  ToolOutput,
} from "../../src/model/tool.ts"
import { refused } from "../../src/tools/result.ts"
import { validateInput } from "../../src/tools/validate.ts"

export interface Session extends ToolContext {
  cwd: string
  readonly ends: Map<
    string,
    Promise<{ readonly status: string; readonly summary: string; readonly exitCode?: number }>
  >
}

const made: string[] = []
/** For `afterAll`: the folders of all sessions go. */
export function removeSessions(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
}

export function session(over: Partial<ToolContext> = {}): Session {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "ccts-tools-")))
  made.push(root)
  const seen = new Map<string, FileSeen>()
  const ends: Session["ends"] = new Map()
  const ctx: Session = {
    cwd: root,
    home: root,
    toolUseId: `toolu_${Math.random().toString(36).slice(2)}`,
    signal: new AbortController().signal,
    env: { PATH: process.env.PATH ?? "", HOME: root },
    roots: [root],
    spillDir: join(root, ".spill"),
    setCwd(path) {
      ctx.cwd = path
    },
    files: {
      get: (path) => seen.get(path),
      set: (path, one) => void seen.set(path, one),
      recent: (count) => [...seen.keys()].slice(-count).reverse(),
    },
    transcript: null,
    agents: {
      kinds: [],
      refusal: () => "no subagents here",
      run: () => {
        throw new Error("no subagents here")
      },
    },
    spawn: { wrap: async (request) => request },
    tasks: taskPort(join(root, ".tasks"), ends),
    ends,
    ...over,
  }
  return ctx
}

function taskPort(folder: string, ends: Session["ends"]): TaskPort {
  const tasks = new Map<string, { info: TaskInfo; stop(): void }>()
  let next = 0
  return {
    add(task) {
      const id = task.outputFile.slice(task.outputFile.lastIndexOf("/") + 1, -".output".length)
      const { kind, description, outputFile } = task
      const entry = {
        info: { id, kind, description, outputFile, status: "running" } as TaskInfo,
        stop: task.stop,
      }
      tasks.set(id, entry)
      ends.set(
        id,
        task.done.then((end) => {
          entry.info = { ...entry.info, ...end }
          return end
        }),
      )
      return entry.info
    },
    get: (id) => tasks.get(id)?.info,
    list: () => [...tasks.values()].map((task) => task.info),
    stop(id) {
      const task = tasks.get(id)
      if (task?.info.status !== "running") return false
      task.stop()
      return true
    },
    outputFile: (id) => join(folder, `${id}.output`),
    newId: (kind) => `${kind[0]}${++next}`,
  }
}

/** Runs a call to its end. */
export async function call<I>(tool: Tool<I>, input: I, ctx: ToolContext): Promise<ToolOutput> {
  const run = tool.run(tool.normalize ? tool.normalize(input, ctx) : input, ctx)
  for (;;) {
    const step = await run.next()
    if (step.done) return step.value
  }
}

/** The text the model reads. */
export async function text<I>(tool: Tool<I>, input: I, ctx: ToolContext): Promise<string> {
  return textOf((await call(tool, input, ctx)).content)
}

export async function put(
  ctx: ToolContext,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(ctx.cwd, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
}

/**
 * What the model is answered, as the engine does it: the input is checked first. `ERROR` or `OK` in front, the session's
 * folder written as `$CWD`.
 */
export async function answered(tool: AnyTool, input: unknown, ctx: Session): Promise<string> {
  const root = ctx.roots[0] ?? ctx.cwd
  const valid = validateInput(tool, input)
  const output = valid.ok ? await call(tool, valid.input, ctx) : refused(valid.message)
  return `${output.isError === true ? "ERROR" : "OK"} ${textOf(output.content).replaceAll(root, "$CWD")}`
}

/** Of an error before anything was run. */
export const wrapped = (text: string) => `ERROR <tool_use_error>${text}</tool_use_error>`
/** Of an input that does not fit the schema. */
export const invalid = (tool: string, ...issues: readonly string[]) =>
  wrapped(
    `InputValidationError: ${tool} failed due to the following ${issues.length === 1 ? "issue" : "issues"}:\n${issues.join("\n")}`,
  )
