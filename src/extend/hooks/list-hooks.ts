import type { HookRow } from "../../model/hook.ts"
import { describeHandler, type Hook } from "./handler.ts"

/** Hooks as `/hooks`, `doctor` and hosts show them. A host's own callbacks are not among them. */
export function listHooks(hooks: readonly Hook[], runs: (hook: Hook) => boolean): readonly HookRow[] {
  return hooks.flatMap((hook) => {
    const { event, pattern, handler, source, label } = hook
    if (handler.type === "callback") return []
    const behind = handler.type === "command" && (handler.async === true || handler.asyncRewake === true)
    return [
      {
        event,
        matcher: pattern,
        source: source === "session" ? "sessionHook" : source,
        label,
        type: handler.type,
        text: describeHandler(handler),
        ...(handler.if !== undefined && { if: handler.if }),
        ...(handler.timeout !== undefined && { timeout: handler.timeout }),
        ...(handler.statusMessage !== undefined && { statusMessage: handler.statusMessage }),
        ...(handler.once === true && { once: true as const }),
        ...(behind && { background: true as const }),
        ...(runs(hook) ? {} : { disabled: true as const }),
      },
    ]
  })
}
