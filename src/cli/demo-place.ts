import { mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createDemoApi } from "../demo/demo-api.ts"
import { createDemoProject } from "../demo/demo-project.ts"
import type { Payer } from "./choose-api.ts"

export interface DemoPlace {
  readonly payer: Payer
  /** Goes back to the start folder and removes what the demo made. */
  leave(): void
}

/** Moves into a throw-away project with a throw-away home, so that nothing of the demo is found later. */
export function enterDemo(label: string, pace?: "none"): DemoPlace {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ccts-demo-")))
  const project = join(folder, "project")
  const start = process.cwd()
  createDemoProject(project)
  // A hang-up or a crash leaves by process.exit; nothing may stay behind then either.
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once("exit", remove)
  process.chdir(project)
  process.env.CLAUDE_CONFIG_DIR = join(folder, "home")
  return {
    payer: {
      api: createDemoApi({ dir: project, ...(pace === "none" ? { pace: { thinkMs: 0, pieceMs: 0 } } : {}) }),
      label,
      apiKeySource: "none",
      betas: [],
    },
    leave() {
      process.chdir(start)
      remove()
    },
  }
}

export const DEMO_LABEL = "Demo: the model is scripted, nothing leaves this machine."
