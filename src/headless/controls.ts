import type { Engine } from "../model/engine.ts"
import { EFFORTS, type Effort } from "../model/model-info.ts"
import { PERMISSION_MODES, type PermissionMode } from "../model/permission.ts"
import type { FoldState } from "./fold-state.ts"
import type { Progress } from "./progress.ts"
import { readTail } from "./read-tail.ts"
import { reportControls } from "./reports.ts"
import { isObject, type Json } from "./shapes.ts"

/**
 * Answers one kind of control request; settles with the payload of the reply. A rejection's message becomes the
 * error reply. The composition adds those that need more than the engine port (`mcp_toggle`, `rewind_files`, ...).
 */
export type Control = (request: Json, signal: AbortSignal) => Promise<Json> | Json

/** An error reply with a code that hosts know. */
export class ControlError extends Error {
  override name = "ControlError"
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message)
  }
}

export type Controls = Readonly<Record<string, Control>>

export interface ControlContext {
  readonly engine: Pick<Engine, "send">
  readonly state: FoldState
  readonly progress: Progress
}

/** The requests that the engine port alone can serve (spec/headless.md sections 2.4 and 7). */
export function builtInControls({ engine, state, progress }: ControlContext): Controls {
  const { info } = state.options
  return {
    interrupt(request) {
      const waiting = progress.waiting()
      const drop = request.cancel_queued === true
      // A host that cannot stop one task means everything when it says stop.
      if (!state.stopsTasks)
        for (const task of state.tasks.values())
          if (task.kind === "agent") engine.send({ type: "stop-task", task: task.id })
      engine.send(drop ? { type: "interrupt", dropQueue: true } : { type: "interrupt" })
      if (!drop) return { still_queued: waiting }
      progress.dropped(waiting)
      for (const uuid of waiting) state.given.delete(uuid)
      return { still_queued: [], cancelled: waiting }
    },
    set_permission_mode({ mode }) {
      const wanted = mode === "manual" ? "default" : mode
      if (!PERMISSION_MODES.includes(wanted as PermissionMode)) {
        throw new Error(
          `Unknown permission mode ${JSON.stringify(mode)}; one of ${PERMISSION_MODES.join(", ")}.`,
        )
      }
      const { session } = state
      if (wanted === "bypassPermissions" && session?.mode !== wanted && !session?.modes.includes(wanted)) {
        throw new Error("bypassPermissions needs a start with --allow-dangerously-skip-permissions.")
      }
      engine.send({ type: "mode", mode: wanted as PermissionMode })
      return {}
    },
    set_model({ model }) {
      if (model !== undefined && model !== null && typeof model !== "string")
        throw new Error("model must be a string.")
      state.modelAsked = true
      engine.send({ type: "model", model: model === "default" ? null : (model ?? null) })
      return {}
    },
    set_max_thinking_tokens({ max_thinking_tokens: tokens, thinking_display: display }) {
      if (display !== undefined && display !== null && display !== "summarized" && display !== "omitted")
        throw new Error(`thinking_display ${JSON.stringify(display)} is not available here.`)
      if (
        tokens !== undefined &&
        tokens !== null &&
        !(typeof tokens === "number" && Number.isInteger(tokens) && tokens >= 0)
      ) {
        throw new Error("max_thinking_tokens must be null or a whole number from 0.")
      }
      engine.send({
        type: "thinking",
        ...(tokens !== undefined && { tokens }),
        ...(display !== undefined && { display }),
      })
      return {}
    },
    apply_flag_settings({ settings }) {
      if (!isObject(settings)) throw new Error("settings must be an object.")
      const beyond = Object.keys(settings).filter((key) => key !== "model" && key !== "effortLevel")
      if (beyond.length > 0)
        throw new Error(`These settings cannot change in a running session: ${beyond.join(", ")}.`)
      const { model, effortLevel } = settings
      if (effortLevel !== undefined && effortLevel !== null && !EFFORTS.includes(effortLevel as Effort)) {
        throw new Error(`effortLevel must be one of ${EFFORTS.join(", ")}.`)
      }
      if (model !== undefined && model !== null && typeof model !== "string")
        throw new Error("model must be a string.")
      if (model !== undefined) engine.send({ type: "model", model })
      if (effortLevel !== undefined) engine.send({ type: "effort", effort: effortLevel as Effort | null })
      return {}
    },
    cancel_async_message({ message_uuid: uuid }) {
      if (typeof uuid !== "string") throw new Error("message_uuid must be a string.")
      const cancelled = progress.waiting().includes(uuid)
      if (cancelled) {
        engine.send({ type: "unqueue", uuid })
        progress.dropped([uuid])
        state.given.delete(uuid)
      }
      return { cancelled }
    },
    stop_task({ task_id: task }) {
      if (typeof task !== "string" || !state.tasks.has(task))
        throw new Error(`No running task ${JSON.stringify(task)}.`)
      engine.send({ type: "stop-task", task })
      return {}
    },
    background_tasks({ tool_use_id: id }) {
      const running = [...state.calls].filter(([call, { tool }]) => tool === "Bash" && (id ?? call) === call)
      if (running.length === 0) return { backgrounded: false }
      engine.send(typeof id === "string" ? { type: "background", toolUseId: id } : { type: "background" })
      return { backgrounded: true }
    },
    async get_task_output({ task_id: id }) {
      const task = typeof id === "string" ? (state.tasks.get(id) ?? state.endedTasks.get(id)) : undefined
      if (task === undefined) throw new Error(`No task ${JSON.stringify(id)}.`)
      return await readTail(task.outputFile)
    },
    // Nothing here is held back for want of a reader.
    set_has_subscribers({ has_subscribers: has }) {
      if (typeof has !== "boolean" && has !== null)
        throw new Error("has_subscribers must be true, false or null.")
      return {}
    },
    mcp_status: () => ({ mcpServers: info.mcpServers }),
    ...reportControls({ engine, state }),
    get_binary_version: () => ({ version: info.version }),
    list_models: () => ({ models: info.models }),
  }
}
