/** The built-in tools as a session starts with them: what the model is told, and the way to the rest. */
import type { AgentKind } from "../model/agent.ts"
import { type AnyTool, lazyTool } from "../model/tool.ts"
import { readHeads } from "./read-heads.ts" with { type: "macro" }

const HEADS = readHeads()

const LOADERS: Readonly<Record<string, () => Promise<AnyTool>>> = {
  AskUserQuestion: async () => (await import("./ask-user-question.ts")).askUserQuestion,
  Bash: async () => (await import("./bash.ts")).bash,
  Edit: async () => (await import("./edit.ts")).edit,
  EnterPlanMode: async () => (await import("./plan-mode.ts")).enterPlanMode,
  EnterWorktree: async () => (await import("./worktree.ts")).enterWorktree,
  ExitPlanMode: async () => (await import("./plan-mode.ts")).exitPlanMode,
  ExitWorktree: async () => (await import("./worktree.ts")).exitWorktree,
  Glob: async () => (await import("./glob.ts")).glob,
  Grep: async () => (await import("./grep.ts")).grep,
  LS: async () => (await import("./ls.ts")).ls,
  Monitor: async () => (await import("./monitor.ts")).monitor,
  NotebookEdit: async () => (await import("./notebook-edit.ts")).notebookEdit,
  Read: async () => (await import("./read.ts")).read,
  Recall: async () => (await import("./recall.ts")).recall,
  TaskStop: async () => (await import("./task-stop.ts")).taskStop,
  TodoWrite: async () => (await import("./todo-write.ts")).todoWrite,
  WebFetch: async () => (await import("./web-fetch.ts")).webFetch,
  WebSearch: async () => (await import("./web-search.ts")).webSearch,
  Write: async () => (await import("./write.ts")).write,
}

/** Every built-in tool but `Agent`, which depends on the kinds of the session. */
export const LAZY_TOOLS: readonly AnyTool[] = HEADS.flatMap((head) =>
  head.name === "Agent" ? [] : [lazyTool(head, LOADERS[head.name] ?? (() => fromRegistry(head.name)))],
)

export function lazyAgentTool(kinds: readonly AgentKind[]): AnyTool {
  const head = HEADS.find(({ name }) => name === "Agent")
  if (head === undefined) throw new Error("the table of tools has no Agent")
  const list = kinds.map((kind) => `- ${kind.name}: ${kind.description}`).join("\n")
  return lazyTool({ ...head, prompt: `${head.prompt.trimEnd()}\n${list}` }, async () =>
    (await import("./agent.ts")).agentTool(kinds),
  )
}

async function fromRegistry(name: string): Promise<AnyTool> {
  const tool = (await import("./registry.ts")).TOOLS.find((one) => one.name === name)
  if (tool === undefined) throw new Error(`there is no tool ${name}`)
  return tool
}
