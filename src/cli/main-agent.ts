/** `--agent` and the setting `agent`: which kind of agent the main conversation runs as. */
import type { AgentKind } from "../model/agent.ts"
import type { Command } from "../model/command.ts"
import type { Prepared } from "./prepare.ts"
import { StartError } from "./start-error.ts"

/** Its name, or undefined. */
function mainAgentName({ flags, config }: Prepared): string | undefined {
  const { agent } = config.settings
  return flags.agent ?? (typeof agent === "string" && agent !== "" ? agent : undefined)
}

/** Null when none was asked for, or it is not there (yet: a host brings agents of its own). */
export function findMainAgent(prepared: Prepared, kinds: readonly AgentKind[]): AgentKind | null {
  const name = mainAgentName(prepared)
  return kinds.find((kind) => kind.name === name) ?? null
}

/** Throws `StartError` for a name that no agent has, unless a host may still bring it. */
export function checkMainAgent(prepared: Prepared, kinds: readonly AgentKind[]): void {
  if (prepared.flags.agent === undefined || prepared.flags.inputFormat === "stream-json") return
  if (findMainAgent(prepared, kinds) !== null) return
  const known = kinds.map(({ name }) => name).join(", ")
  throw new StartError(`--agent: there is no agent "${prepared.flags.agent}"; known are ${known}.`)
}

/** What the kind changes in a session besides prompt and tools, where flags do not say otherwise. */
function mainAgentCommands({ flags, modes, mode }: Prepared, kind: AgentKind): readonly Command[] {
  const { model, effort, permissionMode } = kind
  return [
    ...(model !== undefined && model !== "inherit" && flags.model === undefined
      ? [{ type: "model", model } as const]
      : []),
    ...(effort !== undefined && flags.effort === undefined ? [{ type: "effort", effort } as const] : []),
    // Nothing that was chosen at the start is loosened.
    ...(permissionMode !== undefined && mode === "default" && modes.includes(permissionMode)
      ? [{ type: "mode", mode: permissionMode } as const]
      : []),
  ]
}

/** Makes the session run as the agent that was asked for, once that is there. */
export function createMainAgent(
  prepared: Prepared,
  kinds: () => readonly AgentKind[],
  send: (command: Command) => void,
): { settle(): AgentKind | null } {
  let settled = false
  return {
    /** The kind, the first time it is found. */
    settle() {
      const kind = settled ? null : findMainAgent(prepared, kinds())
      if (kind === null) return null
      settled = true
      for (const command of mainAgentCommands(prepared, kind)) send(command)
      return kind
    },
  }
}
