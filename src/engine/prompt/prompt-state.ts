import type { ModelInfo } from "../../model/model-info.ts"
import type { PermissionMode } from "../../model/permission.ts"
import type { ToolView } from "../../model/tool.ts"
import type { EngineOptions, Instructions } from "../options.ts"
import { createNestedMemory } from "./nested-memory.ts"
import planMode from "./plan-mode.md" with { type: "text" }
import { asReminder, type MemoryText, quoteMemory } from "./quote-memory.ts"
import { localDate, type SystemText, systemPrompt } from "./system-prompt.ts"
import { createTodoWatch } from "./todo-watch.ts"

/**
 * What the model is told besides the conversation. The system prompt is made once and stays the same to the byte;
 * whatever changes later (instruction files, date, mode, the todo list) is told once, at the end of the
 * conversation, so that the cached prefix holds.
 */
export interface PromptState {
  system(model: ModelInfo): Promise<readonly SystemText[]>
  /** Everything is read and told anew: after a compaction, or in a new session. */
  forget(why?: "compact"): void
  /** Instruction files that were read since the last call, and why; at most a few hundred. */
  loaded(): readonly LoadedInstructions[]
  /** A file was read or changed; instructions beside it become relevant. */
  touched(path: string): void
  /** A call of the main conversation ended. */
  sawResult(tool: string, view: ToolView): void
  /** What the model should know now and was not told. `first`: no request of this turn was sent yet. */
  reminders(now: {
    readonly first: boolean
    readonly mode: PermissionMode
    readonly planFile: string
  }): Promise<readonly string[]>
}

export interface LoadedInstructions extends Instructions {
  readonly reason: "session_start" | "compact" | "nested_traversal" | "path_glob_match" | "include"
  /** The file that made it relevant. */
  readonly trigger?: string
}

/** What waits to be told; without hooks nobody asks. */
const MAX_LOADED = 500

export function createPromptState(options: EngineOptions): PromptState {
  const { prompt } = options
  const today = () => localDate(options.now?.() ?? new Date())
  const todos = createTodoWatch()
  let loaded: LoadedInstructions[] = []
  const load = (file: LoadedInstructions) => {
    if (loaded.length < MAX_LOADED) loaded.push(file)
  }
  const nested = createNestedMemory(prompt, (file, trigger) =>
    load({ ...file, trigger, reason: file.globs === undefined ? "nested_traversal" : "path_glob_match" }),
  )
  let memory: Promise<readonly MemoryText[]> | undefined
  let git: Promise<string> | undefined
  let known: ReadonlyMap<string, string> | undefined
  let date = today()
  let planTold = false
  /** Why the files are read next. */
  let why: "session_start" | "compact" = "session_start"
  const made = new Map<string, Promise<readonly SystemText[]>>()

  /** Unreadable instructions must not end the session. */
  const readMemory = () => prompt.memory().catch((): readonly Instructions[] => [])

  async function changedMemory(): Promise<readonly string[]> {
    if (known === undefined) return []
    const before = known
    const now = await readMemory()
    known = asMap(now)
    const changed = now.filter(({ path, content }) => before.get(path) !== content)
    const gone = [...before.keys()].filter((path) => known?.has(path) === false)
    return [
      ...changed.map(
        (file) =>
          `${before.has(file.path) ? "Changed" : "New"} instructions, they hold from now on:\n\n${quoteMemory(file)}`,
      ),
      ...gone.map((path) => `The instructions in ${path} were removed and no longer hold.`),
    ]
  }

  return {
    system(model) {
      const ready = made.get(model.id)
      if (ready !== undefined) return ready
      memory ??= readMemory().then((files) => {
        known = asMap(files)
        for (const file of files) load({ ...file, reason: file.importedBy === undefined ? why : "include" })
        return files
      })
      git ??= prompt.custom === undefined ? prompt.git().catch(() => "") : Promise.resolve("")
      const text = Promise.all([memory, git]).then(([files, state]) =>
        systemPrompt(options, { model, memory: files, git: state, date }),
      )
      made.set(model.id, text)
      return text
    },
    forget(cause) {
      why = cause ?? "session_start"
      memory = undefined
      git = undefined
      known = undefined
      date = today()
      planTold = false
      nested.forget()
      made.clear()
      todos.forget()
    },
    loaded() {
      const news = loaded
      loaded = []
      return news
    },
    touched: nested.touched,
    sawResult: todos.sawResult,
    async reminders({ first, mode, planFile }) {
      const notes: string[] = []
      if (first) notes.push(...(await changedMemory()))
      notes.push(...(await nested.due()))
      const day = today()
      if (day !== date) {
        date = day
        notes.push(`The date is now ${day}.`)
      }
      if (mode === "plan" && !planTold) notes.push(planNote(options.planInstructions, planFile))
      if (mode !== "plan" && planTold)
        notes.push(`Plan mode is over; the mode is now ${mode}. Changes may be made again.`)
      planTold = mode === "plan"
      const open = todos.due()
      if (open !== null) notes.push(open)
      return notes.map(asReminder)
    },
  }
}

function asMap(files: readonly MemoryText[]): ReadonlyMap<string, string> {
  return new Map(files.map(({ path, content }) => [path, content]))
}

/** A host may replace how to go about planning, never what may not be done meanwhile. */
function planNote(instructions: string | undefined, planFile: string): string {
  const [rule = "", ...how] = planMode.trim().split("\n\n")
  return [rule, instructions ?? how.join("\n\n"), `Plan file: ${planFile}`].join("\n\n")
}
