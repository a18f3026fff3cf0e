/** Every slash command there is. A new one is a file beside this and a line here. */
import { addDir } from "./add-dir.ts"
import { attach } from "./attach.ts"
import { clear } from "./clear.ts"
import type { CommandContext, SlashCommand } from "./command.ts"
import { compact } from "./compact.ts"
import { config } from "./config.ts"
import { context } from "./context.ts"
import { copy } from "./copy.ts"
import { cost } from "./cost.ts"
import { effort } from "./effort.ts"
import { exit } from "./exit.ts"
import { exportSession } from "./export.ts"
import { fast } from "./fast.ts"
import { help } from "./help.ts"
import { hooks } from "./hooks.ts"
import { login } from "./login.ts"
import { logout } from "./logout.ts"
import { mcp } from "./mcp.ts"
import { memory } from "./memory.ts"
import { mode } from "./mode.ts"
import { model } from "./model.ts"
import { permissions } from "./permissions.ts"
import { plan } from "./plan.ts"
import { rename } from "./rename.ts"
import { resume } from "./resume.ts"
import { rewind } from "./rewind.ts"
import { status } from "./status.ts"
import { tasks } from "./tasks.ts"
import { think } from "./think.ts"
import { usage } from "./usage.ts"
import { version } from "./version.ts"

export const COMMANDS: readonly SlashCommand[] = [
  addDir,
  attach,
  clear,
  compact,
  config,
  context,
  copy,
  cost,
  effort,
  exit,
  exportSession,
  fast,
  help,
  hooks,
  login,
  logout,
  mcp,
  memory,
  mode,
  model,
  permissions,
  plan,
  rename,
  resume,
  rewind,
  status,
  tasks,
  think,
  usage,
  version,
]

/**
 * Runs `/name args`. False when `text` is no command of the screen: a path such as `/usr/bin is missing`, or a skill
 * or command from a file, which goes to the engine as a prompt.
 */
export function runCommand(context: CommandContext, text: string): boolean {
  const match = /^\/([\w:-]+)(?:\s+([\s\S]*))?$/.exec(text.trim())
  if (match === null) return false
  const name = match[1] ?? ""
  const command = context.commands.find((known) => known.name === name || known.aliases.includes(name))
  if (command === undefined && context.state.session?.commands?.some((known) => known.name === name))
    return false
  if (command === undefined) context.notice("error", `Unknown command /${name}. /help lists what there is.`)
  else command.run(context, (match[2] ?? "").trim())
  return true
}
