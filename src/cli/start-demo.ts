import { mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createDemoApi } from "../demo/demo-api.ts"
import { createDemoProject } from "../demo/demo-project.ts"
import type { Payer } from "./choose-api.ts"
import type { Flags } from "./flags.ts"
import { openTerminal } from "./open-terminal.ts"
import { prepare } from "./prepare.ts"

/**
 * The embedded demo: a scripted model, the real engine, tools and screen, in a throw-away project. Its home is
 * throw-away too, so that nothing of it is found later.
 */
export async function startDemo(options: {
  readonly flags: Flags
  readonly prompt?: string
  /** One line on how to sign in, when the demo opened because nobody is. */
  readonly signIn?: string
}): Promise<number> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ccts-demo-")))
  const project = join(folder, "project")
  const start = process.cwd()
  try {
    createDemoProject(project)
    process.chdir(project)
    process.env.CLAUDE_CONFIG_DIR = join(folder, "home")
    const prepared = prepare(options.flags, false, true)
    const payer: Payer = {
      api: createDemoApi({ dir: project }),
      label: options.signIn ?? "Demo: the model is scripted, nothing leaves this machine.",
      apiKeySource: "none",
      betas: [],
    }
    const [{ openScreen }, { runTui }] = await Promise.all([
      import("../tui/screen/open-screen.ts"),
      import("../tui/start.ts"),
    ])
    return await openTerminal({
      prepared,
      payer,
      choice: { kind: "new", id: crypto.randomUUID() },
      prompt: options.prompt,
      demo: true,
      openScreen,
      runTui,
    })
  } finally {
    process.chdir(start)
    rmSync(folder, { recursive: true, force: true })
  }
}
