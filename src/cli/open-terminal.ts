import { createEngine } from "../engine/engine.ts"
import type { Screen } from "../tui/screen/port.ts"
import type { Payer } from "./choose-api.ts"
import type { SessionChoice } from "./choose-session.ts"
import { compose } from "./compose.ts"
import { leaveNoOrphans } from "./no-orphans.ts"
import { type Prepared, problemLine } from "./prepare.ts"
import { createTerminalRoom } from "./terminal-room.ts"
import { toolAliases } from "./tool-aliases.ts"
import { createTuiPorts } from "./tui-ports.ts"

export interface TerminalParts {
  readonly prepared: Prepared
  readonly payer: Payer
  readonly choice: SessionChoice
  readonly prompt: string | undefined
  readonly demo: boolean
  readonly openScreen: typeof import("../tui/screen/open-screen.ts").openScreen
  readonly runTui: typeof import("../tui/start.ts").runTui
}

/** Takes the terminal, runs until the person leaves, gives it back; the exit code. */
export async function openTerminal(parts: TerminalParts): Promise<number> {
  const { prepared, payer, choice, prompt, demo } = parts
  const lost: string[] = []
  let screen: Screen
  const { options } = await compose(prepared, {
    api: payer.api,
    credential: payer.label,
    betas: payer.betas,
    session: choice,
    canAsk: true,
    onLost: (message) => lost.push(message),
  })
  const terminals = createTerminalRoom()
  const aliases = toolAliases(
    prepared.config.settings.toolAliases,
    options.tools.map((tool) => tool.name),
  )
  const engine = leaveNoOrphans(createEngine({ ...options, terminal: terminals }))
  screen = await parts.openScreen({
    plain: prepared.flags.axScreenReader === true,
    env: prepared.env,
    onLeave: () => engine.close(),
  })
  const resumed = choice.kind === "old" ? choice.session.lines : undefined
  const sessionId = choice.kind === "old" ? choice.session.id : choice.id
  const ports = await createTuiPorts(prepared, {
    credentialLine: payer.label,
    demo,
    screen: () => screen,
    sessionId: () => sessionId,
    terminals,
    aliases,
    shellEnv: options.place.env,
  })
  // Loaded while the person types: the first request leaves sooner.
  setTimeout(() => void payer.api.prewarm?.(), 0)
  const code = await parts.runTui({
    engine,
    screen,
    ports,
    ...(initialPrompt(choice, prompt) === undefined
      ? {}
      : { initialPrompt: initialPrompt(choice, prompt) as string }),
    ...(resumed === undefined ? {} : { resumed: resumed }),
  })
  for (const line of [...prepared.config.problems.map(problemLine), ...lost])
    process.stderr.write(`${line}\n`)
  return code
}

/** `--resume` without a value opens the picker as the command does. */
function initialPrompt(choice: SessionChoice, prompt: string | undefined): string | undefined {
  return choice.kind === "pick" ? "/resume" : prompt
}
