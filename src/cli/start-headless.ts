import { createEngine } from "../engine/engine.ts"
import { chooseApi, SIGN_IN } from "./choose-api.ts"
import { chooseSession } from "./choose-session.ts"
import { compose } from "./compose.ts"
import { withExtensions } from "./extensions.ts"
import { headlessInfo } from "./headless-info.ts"
import { applyInitialize } from "./host-extensions.ts"
import { mcpControls, mcpPromptTool } from "./mcp-controls.ts"
import type { ParsedArgs } from "./parse-args.ts"
import { prepare, problemLine } from "./prepare.ts"
import { StartError } from "./start-error.ts"

/** `-p`, a pipe, or a host on stream-json: one engine, no screen. Settles with the exit code. */
export async function startHeadless({ flags, prompt }: ParsedArgs): Promise<number> {
  const prepared = prepare(flags, true)
  const [payer, session, { runHeadless }] = await Promise.all([
    chooseApi(prepared),
    chooseSession(prepared),
    import("../headless/run.ts"),
  ])
  if (payer === null) throw new StartError(SIGN_IN)
  void payer.api.prewarm?.()
  for (const problem of prepared.config.problems) {
    if (problem.kind === "untrusted" && problem.key?.startsWith("permissions.allow"))
      complain(problemLine(problem))
  }
  const { options, host, extensions } = await compose(prepared, {
    api: payer.api,
    credential: payer.label,
    session,
    canAsk: flags.permissionPromptTool !== undefined && flags.permissionPrompts !== "none",
    onLost: complain,
  })
  return runHeadless({
    engine: withExtensions(createEngine(options), extensions),
    flags,
    ...(prompt === undefined ? {} : { prompt }),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: prepared.env,
    info: headlessInfo(prepared, payer, options.models.betas, extensions),
    controls: mcpControls(extensions),
    promptTool: mcpPromptTool(extensions),
    async onInitialize(request, channel) {
      if (request.systemPrompt !== undefined) host.custom = request.systemPrompt
      if (request.appendSystemPrompt !== undefined) host.append = request.appendSystemPrompt
      return await applyInitialize(extensions, request, channel)
    },
  })
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`)
}
