/** Which settings files changed, and what ConfigChange hooks say to it. */
import type { Config } from "../config/load.ts"
import type { EnginePort } from "../engine/options.ts"
import type { HookPort } from "../model/hook.ts"

export interface ConfigChange {
  readonly source: "user_settings" | "project_settings" | "local_settings" | "policy_settings"
  /** Absolute; null for what is no file. */
  readonly file: string | null
}

const SOURCES: Readonly<Record<string, ConfigChange["source"]>> = {
  userSettings: "user_settings",
  projectSettings: "project_settings",
  localSettings: "local_settings",
  policySettings: "policy_settings",
}

/** Files that say something else than before, came or went. */
export function changedFiles(before: Config, after: Config): readonly ConfigChange[] {
  const textsOf = ({ layers }: Config) =>
    new Map(
      layers.map(({ source, file, label, values }) => [
        `${source} ${label}`,
        { source, file, text: JSON.stringify(values) },
      ]),
    )
  const old = textsOf(before)
  const now = textsOf(after)
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const layer = now.get(key) ?? old.get(key)
    const source = layer === undefined ? undefined : SOURCES[layer.source]
    if (layer === undefined || source === undefined || old.get(key)?.text === now.get(key)?.text) return []
    return [{ source, file: layer.file }]
  })
}

/** Null when nobody listens: then nothing has to be waited for. A change of policy is told, never refused. */
export function askConfigChange(
  hooks: Pick<HookPort, "listens">,
  port: () => EnginePort | null,
): (changes: readonly ConfigChange[]) => Promise<string | null> | null {
  return (changes) => {
    const engine = port()
    if (engine === null || changes.length === 0 || !hooks.listens("ConfigChange")) return null
    return ask(engine, changes)
  }
}

async function ask(engine: EnginePort, changes: readonly ConfigChange[]): Promise<string | null> {
  const answers = await Promise.all(
    changes.map(async ({ source, file }) => {
      const input = { source, ...(file === null ? {} : { file_path: file }) }
      const { block, stop, reason, stopReason } = await engine.fire("ConfigChange", input, {
        matcher: source,
      })
      return block === true || stop === true ? (reason ?? stopReason ?? "a ConfigChange hook said no") : null
    }),
  )
  // What the administrator changed holds, and all files are read as one.
  if (changes.some(({ source }) => source === "policy_settings")) return null
  return answers.find((answer) => answer !== null) ?? null
}
