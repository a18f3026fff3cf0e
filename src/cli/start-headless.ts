import { deferredCall } from "../engine/deferred.ts"
import { createEngine } from "../engine/engine.ts"
import { chooseApi, type Payer, SIGN_IN } from "./choose-api.ts"
import { unavailableLine } from "./choose-sandbox.ts"
import { chooseSession } from "./choose-session.ts"
import { complain } from "./complain.ts"
import { compose } from "./compose.ts"
import { askConfigChange } from "./config-change.ts"
import { withDebugLog } from "./debug-log.ts"
import { withExtensions } from "./extensions.ts"
import { headlessInfo } from "./headless-info.ts"
import { applyInitialize } from "./host/apply-initialize.ts"
import { hostControls } from "./host/host-controls.ts"
import { watchPermissions } from "./host/live-permissions.ts"
import { createExtendSession } from "./host-extensions.ts"
import { resumePrompt } from "./interrupted-turn.ts"
import { createLiveSettings } from "./live-settings.ts"
import { createMainAgent } from "./main-agent.ts"
import { mcpControls, mcpPromptTool, serverOf } from "./mcp-controls.ts"
import { leaveNoOrphans } from "./no-orphans.ts"
import type { ParsedArgs } from "./parse-args.ts"
import { type Prepared, prepare, problemLine } from "./prepare.ts"
import { readGitState } from "./prompt-context.ts"
import { createSessionParts } from "./session-parts.ts"
import { StartError } from "./start-error.ts"

/** `-p`, a pipe, or a host on stream-json: one engine, no screen. Settles with the exit code. */
export async function startHeadless({ flags, prompt }: ParsedArgs): Promise<number> {
  if (flags.demo !== true) return runPrepared(prepare(flags, true), prompt)
  const { DEMO_LABEL, enterDemo } = await import("./demo-place.ts")
  const demo = enterDemo(DEMO_LABEL, "none")
  try {
    return await runPrepared(prepare(flags, true), prompt, demo.payer)
  } finally {
    demo.leave()
  }
}

async function runPrepared(prepared: Prepared, prompt: string | undefined, demo?: Payer): Promise<number> {
  const { flags } = prepared
  // Git works while the rest is put together; a prompt of the user's or the host's own says nothing of it.
  const ownPrompt = flags.systemPrompt !== undefined || flags.systemPromptFile !== undefined
  if (!ownPrompt && flags.inputFormat !== "stream-json") void readGitState(prepared)
  const [payer, session, parts, { runHeadless }] = await Promise.all([
    demo ?? choosePayer(prepared),
    chooseSession(prepared),
    createSessionParts(prepared),
    import("../headless/run.ts"),
    prepared.trusted
      ? import("./confirm-folder.ts").then(({ noteFolder }) => noteFolder(prepared))
      : Promise.resolve(),
  ])
  if (payer === null) throw new StartError(SIGN_IN)
  void payer.api.prewarm?.()
  for (const problem of prepared.config.problems) {
    const ignoredRules = problem.kind === "untrusted" && problem.key?.startsWith("permissions.")
    // A file that is not read at all loses its deny rules too: that is said, although a script may be listening.
    if (problem.kind === "broken-file" || problem.kind === "ignored-rule" || ignoredRules)
      complain(problemLine(problem))
  }
  const { options, host, checkpoints, mirror, sandbox, extensions, follow } = await compose(prepared, {
    api: payer.api,
    credential: payer.label,
    betas: payer.betas,
    session,
    own: parts,
    canAsk: flags.permissionPromptTool !== undefined && flags.permissionPrompts !== "none",
    onLost: complain,
  })
  if (sandbox.unavailable !== null) complain(unavailableLine(sandbox.unavailable))
  const sessionId = session.kind === "old" ? session.session.id : session.id
  const permissions = watchPermissions(
    withDebugLog(leaveNoOrphans(withExtensions(createEngine(options), extensions)), prepared, sessionId),
    {
      rules: options.permissions.rules,
      mode: options.permissions.mode,
      roots: [prepared.cwd, ...prepared.additionalRoots],
    },
  )
  const { engine } = permissions
  const live = createLiveSettings(prepared, {
    send: engine.send,
    hooks: extensions.hooks,
    refusal: askConfigChange(extensions.hooks, extensions.port),
    follow,
  })
  if (flags.name !== undefined) engine.send({ type: "title", title: flags.name })
  const extend = createExtendSession(prepared, { extensions, parts })
  const streaming = flags.inputFormat === "stream-json"
  // A single prompt is over before a file changes.
  const endWatch = streaming
    ? live.watch((level, text) => extensions.port()?.notice(level, "settings", text))
    : () => undefined
  const main = createMainAgent(prepared, extensions.kinds, engine.send)
  const first = streaming ? undefined : main.settle()?.initialPrompt
  const again = session.kind === "old" ? resumePrompt(prepared.env, session.session.lines) : undefined
  let goesOn = streaming ? again : undefined
  const words = [streaming ? undefined : again, first, flags.initOnly === true ? undefined : prompt].filter(
    (part) => part !== undefined,
  )
  const code = await runHeadless({
    engine,
    flags,
    ...(words.length === 0 ? {} : { prompt: words.join("\n\n") }),
    ...(session.kind === "old" &&
      deferredCall(session.session.lines) !== null && { begin: { type: "continue" as const } }),
    hooksMayPrompt: options.hooks.listens("SessionStart"),
    ...(flags.initOnly === true && { begin: { type: "open" as const } }),
    stdin: flags.initOnly === true ? nothing() : process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: prepared.env,
    info: headlessInfo(prepared, payer, options.models.betas, parts, extensions, options),
    async onInitialize(request, channel) {
      const reply = await applyInitialize(request, { host, parts, engine, extend, channel })
      const prompts = [goesOn, main.settle()?.initialPrompt].filter((content) => content !== undefined)
      goesOn = undefined
      for (const content of prompts) engine.send({ type: "prompt", content, origin: "person" })
      return reply
    },
    controls: (context) => ({
      ...hostControls({
        ...context,
        prepared,
        parts,
        permissions,
        checkpoints,
        live,
        api: payer.api,
        extensions,
      }),
      ...mcpControls(extensions, engine),
    }),
    promptTool: mcpPromptTool(extensions),
    serverOf: (tool) => serverOf(extensions, tool),
    mirror: (send) =>
      mirror.to((filePath, entries) => send({ type: "transcript_mirror", filePath, entries })),
  })
  endWatch()
  await sandbox.close()
  return code
}

async function choosePayer(prepared: Prepared): Promise<Payer | null> {
  if (prepared.flags.initOnly !== true) return chooseApi(prepared)
  return (await chooseApi(prepared).catch(() => null)) ?? NOBODY
}

/** `--init-only` asks no model: its hooks run without a credential, too. */
const NOBODY: Payer = {
  label: "Not signed in",
  apiKeySource: "none",
  betas: [],
  api: {
    async *stream() {
      const message = SIGN_IN
      yield {
        type: "failed",
        failure: { category: "authentication_failed", status: null, message, requestId: null },
      } as const
    },
  },
}

/** `--init-only` has nothing to read. */
async function* nothing(): AsyncGenerator<Uint8Array> {}
