import type { AnyTool, SpawnPort } from "../model/tool.ts"
import type { Prepared } from "./prepare.ts"
import { StartError } from "./start-error.ts"

/** How commands of a session are contained. */
export interface SessionSandbox {
  readonly spawn: SpawnPort
  /** Commands inside need no question of the ordinary kind. */
  readonly autoAllow: boolean
  /** The settings want a sandbox and this machine has none: why, in one line. Commands are then asked about. */
  readonly unavailable: string | null
  contain(tool: AnyTool): AnyTool
  close(): Promise<void>
}

const NONE: SessionSandbox = {
  spawn: { wrap: async (request) => request },
  autoAllow: false,
  unavailable: null,
  contain: (tool) => tool,
  close: async () => {},
}

/**
 * The sandbox of the settings. Nothing of it is loaded where it is off, and its proxies start with the first command.
 * @throws StartError where there is none and `sandbox.failIfUnavailable` is set.
 */
export async function sandboxFor(prepared: Prepared): Promise<SessionSandbox> {
  const settings = (prepared.config.settings.sandbox ?? {}) as Readonly<Record<string, unknown>>
  if (settings.enabled !== true) return NONE
  const [{ sandboxPlan }, { whyUnavailable }, { createSandbox }, { containTool }, { viewCommand }] =
    await Promise.all([
      import("./sandbox-plan.ts"),
      import("../sandbox/availability.ts"),
      import("../sandbox/runtime.ts"),
      import("../sandbox/contain-tool.ts"),
      import("../permissions/judge-command.ts"),
    ])
  const plan = sandboxPlan(prepared)
  const unavailable = await whyUnavailable(plan, prepared.env)
  if (unavailable !== null) {
    if (settings.failIfUnavailable === true)
      throw new StartError(
        `The sandbox is required by the settings (sandbox.failIfUnavailable): ${unavailable}.`,
      )
    return { ...NONE, unavailable }
  }
  const sandbox = createSandbox(plan)
  const excluded = (Array.isArray(settings.excludedCommands) ? settings.excludedCommands : []).filter(
    (entry) => typeof entry === "string",
  )
  return {
    spawn: {
      wrap: (request) => (request.unsandboxed === true ? Promise.resolve(request) : sandbox.wrap(request)),
    },
    autoAllow: settings.autoAllowBashIfSandboxed !== false,
    unavailable: null,
    contain: (tool) =>
      containTool(tool, {
        mayLeave: settings.allowUnsandboxedCommands !== false,
        excluded: (command, cwd) =>
          excluded.length > 0 &&
          viewCommand(command, cwd, prepared.paths.home).effects.some(
            (effect) =>
              effect.kind === "execute" &&
              excluded.some((entry) => begins(effect.words.map(({ text }) => text).join(" "), entry)),
          ),
      }),
    close: () => sandbox.close(),
  }
}

/** `docker`, `docker *` and `docker:*` all mean commands that begin with this word. */
function begins(command: string, entry: string): boolean {
  const prefix = entry.trim().replace(/(:\*|\s*\*)$/, "")
  return prefix !== "" && (command === prefix || command.startsWith(`${prefix} `))
}

/** Said once at the start of a session, so that nobody believes in a sandbox that is not there. */
export function unavailableLine(reason: string): string {
  return `The sandbox is on in the settings, but ${reason}. Commands run without it and are asked about as usual.`
}
