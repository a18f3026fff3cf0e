import { createEngine } from "../engine/engine.ts"
import { chooseApi, SIGN_IN } from "./choose-api.ts"
import { chooseSession } from "./choose-session.ts"
import { compose } from "./compose.ts"
import { headlessInfo } from "./headless-info.ts"
import { applyInitialize } from "./host/apply-initialize.ts"
import { hostControls } from "./host/host-controls.ts"
import { watchPermissions } from "./host/live-permissions.ts"
import type { ParsedArgs } from "./parse-args.ts"
import { prepare, problemLine } from "./prepare.ts"
import { readGitState } from "./prompt-context.ts"
import { createSessionParts } from "./session-parts.ts"
import { StartError } from "./start-error.ts"

/** `-p`, a pipe, or a host on stream-json: one engine, no screen. Settles with the exit code. */
export async function startHeadless({ flags, prompt }: ParsedArgs): Promise<number> {
  const prepared = prepare(flags, true)
  // Git answers while the rest is being loaded; a host on stream-json mostly brings a prompt of its own.
  if (flags.inputFormat !== "stream-json" && flags.systemPrompt === undefined) void readGitState(prepared)
  const [payer, session, parts, { runHeadless }] = await Promise.all([
    chooseApi(prepared),
    chooseSession(prepared),
    createSessionParts(prepared),
    import("../headless/run.ts"),
  ])
  if (payer === null) throw new StartError(SIGN_IN)
  void payer.api.prewarm?.()
  for (const problem of prepared.config.problems) {
    if (problem.kind === "untrusted" && problem.key?.startsWith("permissions.allow"))
      complain(problemLine(problem))
  }
  const { options, host, checkpoints, mirror } = await compose(prepared, {
    api: payer.api,
    credential: payer.label,
    betas: payer.betas,
    session,
    own: parts,
    canAsk: flags.permissionPromptTool !== undefined && flags.permissionPrompts !== "none",
    onLost: complain,
  })
  const permissions = watchPermissions(createEngine(options), {
    rules: options.permissions.rules,
    mode: options.permissions.mode,
    roots: [prepared.cwd, ...prepared.additionalRoots],
  })
  const { engine } = permissions
  if (flags.name !== undefined) engine.send({ type: "title", title: flags.name })
  return runHeadless({
    engine,
    flags,
    ...(prompt === undefined ? {} : { prompt }),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: prepared.env,
    info: headlessInfo(prepared, payer, options.models.betas, parts),
    onInitialize: (request) => applyInitialize(request, { host, parts, engine }),
    controls: (context) => hostControls({ ...context, prepared, parts, permissions, checkpoints }),
    mirror: (send) =>
      mirror.to((filePath, entries) => send({ type: "transcript_mirror", filePath, entries })),
  })
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`)
}
