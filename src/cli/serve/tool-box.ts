/**
 * Built-in tools for a client that is no conversation (`mcp serve`). The client answers for what it calls
 * (spec/mcp.md section 6), so nobody is asked here; what a rule denies stays denied, and what a rule wants a person
 * asked about is refused, because there is nobody.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { capResult } from "../../engine/cap-result.ts"
import { createFileMemory } from "../../engine/file-memory.ts"
import { createTasks } from "../../engine/tasks.ts"
import { messageOf } from "../../extend/json.ts"
import { createLanes } from "../../extend/mcp/lanes.ts"
import { resolvePath } from "../../lib/resolve-path.ts"
import type { ToolSpec } from "../../model/api.ts"
import { failed, type LazyTool, type ToolContext, type ToolOutput } from "../../model/tool.ts"
import { decide } from "../../permissions/decide.ts"
import type { Policy } from "../../permissions/policy.ts"
import { validateInput } from "../../tools/validate.ts"
import { childEnv } from "../child-env.ts"
import type { SessionSandbox } from "../choose-sandbox.ts"
import { chooseTools } from "../choose-tools.ts"
import type { Prepared } from "../prepare.ts"
import { restrictionsOf } from "../restrictions.ts"

/** What works without a model and a conversation. */
const SERVED = ["Bash", "Edit", "Glob", "Grep", "NotebookEdit", "Read", "TaskStop", "Write"]
/** Calls that run at the same time; those that change something run alone. */
const MAX_TOGETHER = 10

export interface ToolBox {
  readonly specs: readonly ToolSpec[]
  /** Never rejects; an aborted call ends with its signal's reason as a failure. */
  call(name: string, input: unknown, signal: AbortSignal): Promise<ToolOutput>
  close(): void
}

export function createToolBox(prepared: Prepared, sandbox: SessionSandbox): ToolBox {
  const { cwd, paths, config, additionalRoots } = prepared
  const folder = mkdtempSync(join(tmpdir(), "ccts-serve-"))
  const named = { ...prepared, flags: { ...prepared.flags, tools: SERVED } }
  const tools = new Map<string, LazyTool>()
  for (const tool of chooseTools(named, false))
    tools.set(tool.name, { ...tool, load: () => tool.load().then(sandbox.contain) })
  const files = createFileMemory()
  const tasks = createTasks({
    folder: () => join(folder, "tasks"),
    onChange() {},
    onEnd() {},
    onNews() {},
  })
  const roots = [cwd, ...additionalRoots]
  let folderNow = cwd
  const forbidden = config.settings.permissions?.disableBypassPermissionsMode === "disable"
  const policy = (): Policy => ({
    mode: forbidden ? "default" : "bypassPermissions",
    rules: config.rules,
    cwd: folderNow,
    roots,
    home: paths.home,
    configDir: paths.configDir,
    ownFiles: [],
    ownFolders: [folder],
    resolve: resolvePath,
    sandboxed: sandbox.autoAllow,
    ...restrictionsOf(config),
  })
  const together = createLanes(MAX_TOGETHER)
  const alone = createLanes(1)

  async function run(name: string, given: unknown, signal: AbortSignal): Promise<ToolOutput> {
    const tool = await tools.get(name)?.load()
    if (tool === undefined) return failed(`No such tool: ${name}. There are ${[...tools.keys()].join(", ")}.`)
    const valid = validateInput(tool, given)
    if (!valid.ok) return failed(valid.message)
    const place = { cwd: folderNow, home: paths.home }
    const input = tool.normalize?.(valid.input, place) ?? valid.input
    const call = { tool: name, input, access: tool.access(input, place) }
    const decision = decide(call, policy())
    if (decision.verdict === "deny") return failed(`Permission denied: ${decision.reason.text}.`)
    if (decision.verdict === "ask")
      return failed(`Permission denied: ${decision.reason.text}; nobody can be asked here.`)
    const id = `serve_${crypto.randomUUID()}`
    const context: ToolContext = {
      ...place,
      toolUseId: id,
      signal,
      env: childEnv(prepared),
      roots,
      spillDir: join(folder, "tool-results"),
      setCwd(path) {
        folderNow = path
      },
      files,
      spawn: sandbox.spawn,
      tasks,
      transcript: null,
      agents: { kinds: [], refusal: () => "There are no subagents here.", run: noAgents },
      judged: (path) => resolvePath(path) ?? undefined,
    }
    let output: ToolOutput | undefined
    await (decision.readOnly ? together : alone)(async () => {
      signal.throwIfAborted()
      const progress = tool.run(input, context)
      for (;;) {
        const step = await progress.next()
        if (!step.done) continue
        output = await capResult(step.value, context.spillDir, id)
        return
      }
    })
    return output ?? failed(`${name} gave no result.`)
  }

  return {
    specs: [...tools.values()].map(({ spec }) => spec),
    call: (name, input, signal) =>
      run(name, input, signal).catch((error: unknown) => failed(`${name}: ${messageOf(error)}`)),
    close() {
      tasks.stopAll()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function noAgents(): never {
  throw new Error("There are no subagents here.")
}
