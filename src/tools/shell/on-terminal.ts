/** Bash commands that need a person: they run on that person's terminal, and nothing of it is recorded. */
import { startGroup } from "../../lib/process.ts"
import { failed, type ToolContext, type ToolOutput } from "../../model/tool.ts"
import { refused } from "../result.ts"
import { needsOnlySudo, needsTerminal } from "./needs-terminal.ts"
import { terminalRequest } from "./run.ts"

const NOT_RECORDED =
  "(interactive session on the person's terminal; what was shown and typed there is not recorded)"
/** `sudo -n true` answers at once, unless something is wrong with the host's directory service. */
const SUDO_MS = 3_000

/** Null when the command runs without a terminal, or there is none. */
export async function runOnTerminal(
  input: { readonly command: string; readonly dangerouslyDisableSandbox?: boolean | undefined },
  ctx: ToolContext,
): Promise<ToolOutput | null> {
  if (ctx.terminal === undefined || !(await needsTerminal(input.command, "model"))) return null
  if ((await needsOnlySudo(input.command)) && (await sudoIsFree(ctx))) return null
  const request = await terminalRequest(ctx, input.command, input.dangerouslyDisableSandbox === true)
  const end = await ctx.terminal.run(request, ctx.signal)
  ctx.signal.throwIfAborted()
  if (end.kind === "refused")
    return refused(
      "This command needs a terminal, and the person did not open one for it. Nothing was run. Do without it, or ask how to go on.",
    )
  if (end.code !== 0) return failed(`Exit code ${end.code}\n${NOT_RECORDED}`)
  return {
    content: `${NOT_RECORDED}\nIt ended with exit code 0.`,
    data: { stdout: "", stderr: "", interrupted: false, isImage: false, noOutputExpected: true },
    view: { kind: "text", summary: "Ran on your terminal; nothing was recorded" },
  }
}

async function sudoIsFree(ctx: ToolContext): Promise<boolean> {
  try {
    const wrapped = await ctx.spawn.wrap({ argv: ["sudo", "-n", "true"], cwd: ctx.cwd, env: ctx.env })
    const group = startGroup({ ...wrapped, onData() {} })
    const late = setTimeout(() => group.kill(), SUDO_MS)
    const { code } = await group.ended
    clearTimeout(late)
    return code === 0
  } catch {
    // There is no sudo: the plain run says so.
    return true
  }
}
