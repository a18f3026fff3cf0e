import { createEngine } from "../engine/engine.ts"
import type { Line } from "../model/line.ts"
import type { Screen } from "../tui/screen/port.ts"
import { chooseApi, type Payer, SIGN_IN } from "./choose-api.ts"
import { chooseSession, type SessionChoice } from "./choose-session.ts"
import { compose } from "./compose.ts"
import { withExtensions } from "./extensions.ts"
import type { ParsedArgs } from "./parse-args.ts"
import { type Prepared, prepare, problemLine } from "./prepare.ts"
import { createTuiPorts } from "./tui-ports.ts"

/** The interactive program: takes the terminal, runs until the person leaves, gives it back. */
export async function startTerminal({ flags, prompt }: ParsedArgs): Promise<number> {
  const prepared = prepare(flags, false)
  const [payer, choice, { openScreen }, { runTui }] = await Promise.all([
    chooseApi(prepared),
    chooseSession(prepared),
    import("../tui/screen/open-screen.ts"),
    import("../tui/start.ts"),
  ])
  if (payer === null) {
    const { startDemo } = await import("./start-demo.ts")
    return startDemo({ flags, signIn: SIGN_IN, ...(prompt === undefined ? {} : { prompt }) })
  }
  return openAndRun({ prepared, payer, choice, prompt, openScreen, runTui, demo: false })
}

export interface TerminalParts {
  readonly prepared: Prepared
  readonly payer: Payer
  readonly choice: SessionChoice
  readonly prompt: string | undefined
  readonly demo: boolean
  readonly openScreen: typeof import("../tui/screen/open-screen.ts").openScreen
  readonly runTui: typeof import("../tui/start.ts").runTui
}

export async function openAndRun(parts: TerminalParts): Promise<number> {
  const { prepared, payer, choice, prompt, demo } = parts
  const lost: string[] = []
  let screen: Screen
  const { options, extensions } = await compose(prepared, {
    api: payer.api,
    credential: payer.label,
    session: choice,
    canAsk: true,
    onLost: (message) => lost.push(message),
  })
  const engine = withExtensions(createEngine(options), extensions)
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
    ...(resumed === undefined ? {} : { resumed: resumed as readonly Line[] }),
  })
  for (const line of [...prepared.config.problems.map(problemLine), ...lost])
    process.stderr.write(`${line}\n`)
  return code
}

/** `--resume` without a value opens the picker as the command does. */
function initialPrompt(choice: SessionChoice, prompt: string | undefined): string | undefined {
  return choice.kind === "pick" ? "/resume" : prompt
}
