import type { Command } from "../../model/command.ts"
import type { Engine } from "../../model/engine.ts"
import type { Event } from "../../model/event.ts"
import type { PermissionMode, Rule } from "../../model/permission.ts"
import { applyUpdates } from "../../permissions/updates.ts"

/** Rules and folders as they stand after every change that went through `engine`, for hosts that list them. */
export interface LivePermissions {
  readonly engine: Engine
  rules(): readonly Rule[]
  roots(): readonly string[]
}

export function watchPermissions(
  engine: Engine,
  start: {
    readonly rules: readonly Rule[]
    readonly roots: readonly string[]
    readonly mode: PermissionMode
  },
): LivePermissions {
  let { rules, roots } = start
  let fromFiles: readonly string[] = start.roots.slice(1)
  const see = (command: Command) => {
    if (command.type === "reload") {
      rules = [...command.rules, ...rules.filter(({ source }) => source === "session")]
      const ofSession = roots.slice(1).filter((root) => !fromFiles.includes(root))
      roots = [...new Set([...roots.slice(0, 1), ...command.additionalRoots, ...ofSession])]
      fromFiles = command.additionalRoots
    }
    const updates =
      command.type === "permissions"
        ? command.updates
        : command.type === "answer" && command.answer.verdict === "allow"
          ? (command.answer.updates ?? [])
          : []
    if (updates.length > 0) ({ rules, roots } = applyUpdates(rules, start.mode, roots, updates))
  }
  return {
    rules: () => rules,
    roots: () => roots,
    engine: {
      send(command) {
        see(command)
        engine.send(command)
      },
      events: (): AsyncIterable<Event> => engine.events(),
      close: () => engine.close(),
    },
  }
}
