import { createEngine } from "../engine/engine.ts"
import type { Screen } from "../tui/screen/port.ts"
import { createAuthPort } from "./auth-port.ts"
import type { Payer } from "./choose-api.ts"
import { unavailableLine } from "./choose-sandbox.ts"
import type { SessionChoice } from "./choose-session.ts"
import { complain } from "./complain.ts"
import { compose } from "./compose.ts"
import { askConfigChange } from "./config-change.ts"
import { withDebugLog } from "./debug-log.ts"
import { withExtensions } from "./extensions.ts"
import { createLiveSettings } from "./live-settings.ts"
import { createLosses } from "./losses.ts"
import { createMainAgent } from "./main-agent.ts"
import { leaveNoOrphans } from "./no-orphans.ts"
import type { Prepared } from "./prepare.ts"
import { readGitState } from "./prompt-context.ts"
import { screenSettings } from "./screen-settings.ts"
import { createServersPort } from "./servers-port.ts"
import { createSessionParts } from "./session-parts.ts"
import { createSettingsPort } from "./settings-port.ts"
import { createTerminalRoom } from "./terminal-room.ts"
import { liveToolAliases, toolAliases } from "./tool-aliases.ts"
import { createTuiPorts } from "./tui-ports.ts"

/** Milliseconds after the prompt is there: a first key is answered before the SDK is loaded. */
const PREWARM_AFTER_MS = 30

export interface TerminalParts {
  readonly prepared: Prepared
  readonly payer: Payer
  readonly choice: SessionChoice
  readonly prompt: string | undefined
  readonly demo: boolean
  /** Said on stderr at the end, with whatever else is lost. */
  readonly lost?: readonly string[]
  readonly openScreen: typeof import("../tui/screen/open-screen.ts").openScreen
  readonly runTui: typeof import("../tui/start.ts").runTui
}

/** Takes the terminal, runs until the person leaves, gives it back; the exit code. */
export async function openTerminal(parts: TerminalParts): Promise<number> {
  const { prepared, payer, choice, prompt, demo } = parts
  const losses = createLosses(parts.lost)
  let screen: Screen
  const terminals = createTerminalRoom()
  const { options, checkpoints, sandbox, extensions, follow } = await compose(prepared, {
    terminal: terminals,
    api: payer.api,
    credential: payer.label,
    betas: payer.betas,
    session: choice,
    own: await createSessionParts(prepared),
    canAsk: true,
    onLost: losses.add,
  })
  // Before the screen is taken: it stays above the conversation.
  if (sandbox.unavailable !== null) complain(unavailableLine(sandbox.unavailable))
  const engine = withDebugLog(
    leaveNoOrphans(withExtensions(createEngine(options), extensions)),
    prepared,
    options.resume?.id ?? options.sessionId ?? "session",
  )
  const kind = createMainAgent(prepared, extensions.kinds, engine.send).settle()
  const words = initialPrompt(choice, [kind?.initialPrompt, prompt])
  if (prepared.flags.name !== undefined) engine.send({ type: "title", title: prepared.flags.name })
  screen = await parts.openScreen({
    ...screenSettings(prepared),
    onLeave: () => engine.close(),
  })
  const live = createLiveSettings(prepared, {
    send: (command) => engine.send(command),
    hooks: extensions.hooks,
    refusal: askConfigChange(extensions.hooks, extensions.port),
    check: ({ settings }) => toolAliases(settings.toolAliases, options.tools).problems,
    follow,
  })
  const resumed = choice.kind === "old" ? choice.session.lines : undefined
  const sessionId = choice.kind === "old" ? choice.session.id : choice.id
  const ports = createTuiPorts(prepared, {
    live,
    sessionDir: options.place.sessionDir,
    credentialLine: payer.label,
    demo,
    auth: demo ? null : createAuthPort(prepared, payer),
    settings: demo ? null : createSettingsPort(live),
    hooks: extensions.hooks.list,
    resources: async () => (await extensions.servers()?.resourceNames()) ?? [],
    servers: demo ? null : createServersPort(prepared, extensions),
    screen: () => screen,
    sessionId: () => sessionId,
    terminals,
    losses,
    checkpoints,
    aliases: liveToolAliases(() => live.config.settings.toolAliases, options.tools),
    shellEnv: options.place.env,
  })
  // Done while the person types: the first request leaves sooner. The prompt comes before it.
  void screen.flushed().then(() => {
    void readGitState(prepared)
    setTimeout(() => void payer.api.prewarm?.(), PREWARM_AFTER_MS)
  })
  const code = await parts.runTui({
    engine,
    screen,
    ports,
    ...(words === undefined ? {} : { initialPrompt: words }),
    ...(resumed === undefined ? {} : { resumed: resumed }),
  })
  await sandbox.close()
  for (const line of losses.all) complain(line)
  return code
}

/** `--resume` without a value opens the picker as the command does. */
function initialPrompt(choice: SessionChoice, prompts: readonly (string | undefined)[]): string | undefined {
  if (choice.kind === "pick") return "/resume"
  const given = prompts.filter((part) => part !== undefined)
  return given.length === 0 ? undefined : given.join("\n\n")
}
