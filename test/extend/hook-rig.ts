import { mkdtempSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createHooks, type HookOptions, type Hooks } from "../../src/extend/hooks/create-hooks.ts"
import type { HookFire, HookReport } from "../../src/model/hook.ts"

export interface HookRig {
  readonly hooks: Hooks
  readonly folder: string
  readonly reports: HookReport[]
  readonly problems: string[]
  fire(event: string, input?: object, extra?: Partial<HookFire>): ReturnType<Hooks["fire"]>
  /** What was reported under this code, as texts. */
  told(code: string): readonly string[]
}

/** The hooks of a settings file, in a folder of their own unless `over` names one. */
export function hookRig(hooks: object, over: Partial<HookOptions> = {}): HookRig {
  const folder = over.cwd ?? realpathSync(mkdtempSync(join(tmpdir(), "ccts-hook-rig-")))
  const reports: HookReport[] = []
  const problems: string[] = []
  const made = createHooks({
    layers: [{ source: "userSettings", label: "settings.json", hooks }],
    cwd: folder,
    projectDir: folder,
    env: { PATH: process.env.PATH ?? "", HOME: folder },
    http: {},
    covers: () => true,
    onProblem: (line) => problems.push(line),
    ...over,
  })
  return {
    hooks: made,
    folder,
    reports,
    problems,
    fire: (event, input = {}, extra = {}) =>
      made.fire(
        event,
        { cwd: folder, session_id: "s1", ...input },
        { signal: new AbortController().signal, report: (report) => reports.push(report), ...extra },
      ),
    told: (code) => reports.filter((report) => report.code === code).map(({ text }) => text),
  }
}

/** The setting: hooks of one event, commands as texts. */
export const on = (event: string, ...hooks: readonly (string | object)[]) => ({
  [event]: [
    { hooks: hooks.map((one) => (typeof one === "string" ? { type: "command", command: one } : one)) },
  ],
})

/** A command that prints this JSON. */
export const say = (value: object) => `printf '%s' '${JSON.stringify(value)}'`
