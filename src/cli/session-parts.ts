import { dirname, join } from "node:path"
import { envInt, envOn } from "../config/env.ts"
import { BUNDLED } from "../extend/skills/bundled.ts"
import { createSkills, type Skills } from "../extend/skills/create-skills.ts"
import type { SkillPlace } from "../extend/skills/load-skills.ts"
import { DEFAULT_STYLE, findOutputStyle, loadOutputStyles } from "../extend/styles/output-styles.ts"
import type { OutputStyle } from "../model/output-style.ts"
import type { Settings } from "../model/settings.ts"
import {
  createStructuredOutput,
  DEFAULT_ATTEMPTS,
  type StructuredOutput,
} from "../tools/structured-output.ts"
import { complain } from "./complain.ts"
import type { Prepared } from "./prepare.ts"
import { StartError } from "./start-error.ts"

/** What a session has besides its engine's own parts: commands from files, and the answer that is owed. */
export interface SessionParts {
  /** Null without discovery (`--bare`, `--safe-mode`, `--disable-slash-commands`). */
  readonly skills: Skills | null
  readonly structured: StructuredOutput
  readonly styles: SessionStyles
}

/** How the model works and talks in this session (setting `outputStyle`). */
export interface SessionStyles {
  /** Null for the default. */
  readonly chosen: OutputStyle | null
  /** Every style that may be chosen, as the files are now. */
  names(): readonly string[]
}

/** Throws `StartError` for a schema that is none. */
export async function createSessionParts(prepared: Prepared): Promise<SessionParts> {
  const { flags, env, config, cwd } = prepared
  const structured = createStructuredOutput(
    envInt(env, "MAX_STRUCTURED_OUTPUT_RETRIES", 1) ?? DEFAULT_ATTEMPTS,
  )
  if (flags.jsonSchema !== undefined) {
    await structured.require(JSON.parse(flags.jsonSchema)).catch((error: unknown) => {
      throw new StartError(
        `Error: --json-schema is ${error instanceof Error ? error.message : String(error)}`,
      )
    })
  }
  const plain = flags.bare === true || flags.safeMode === true
  const places = plain ? [] : extensionPlaces(prepared)
  const styles = sessionStyles(config.settings.outputStyle, places)
  if (plain || flags.disableSlashCommands === true) return { skills: null, structured, styles }
  const overrides = config.settings.skillOverrides
  const ownOnly =
    config.settings.disableBundledSkills === true || envOn(env, "CLAUDE_CODE_DISABLE_BUNDLED_SKILLS")
  const skills = createSkills({
    places,
    ...(ownOnly ? {} : { bundled: BUNDLED }),
    projectDir: cwd,
    projectHooks: prepared.trusted || prepared.headless,
    ...(typeof overrides === "object" && overrides !== null
      ? { overrides: overrides as Readonly<Record<string, unknown>> }
      : {}),
    listingChars: envInt(env, "SLASH_COMMAND_TOOL_CHAR_BUDGET", 1) ?? listingShare(config.settings),
    descriptionChars: config.settings.skillListingMaxDescChars,
    noCommands: config.settings.disableSkillShellExecution === true,
  })
  return { skills, structured, styles }
}

function sessionStyles(wanted: unknown, places: readonly SkillPlace[]): SessionStyles {
  const all = () => loadOutputStyles(places.map(({ folder }) => folder))
  const names = () => [DEFAULT_STYLE, ...all().map(({ name }) => name)]
  if (typeof wanted !== "string" || wanted === DEFAULT_STYLE) return { chosen: null, names }
  const chosen = findOutputStyle(all(), wanted)
  if (chosen === undefined)
    complain(`outputStyle: there is no style ${wanted}; known are ${names().join(", ")}.`)
  return { chosen: chosen ?? null, names }
}

/** Characters, at four a token, of the share of a window of 200,000 tokens; undefined: the default. */
function listingShare({ skillListingBudgetFraction: share }: Settings): number | undefined {
  return share === undefined ? undefined : Math.round(share * 200_000 * 4)
}

/** Managed, personal, then the project's from the start folder up to its root, then added folders. */
function extensionPlaces({ paths, cwd, config, flags, additionalRoots }: Prepared): readonly SkillPlace[] {
  const sources = flags.settingSources ?? ["user", "project", "local"]
  const user = sources.includes("user") ? [{ folder: paths.configDir, source: "user" as const }] : []
  const project = sources.includes("project")
    ? [
        ...(flags.projectConfigRoot ? [flags.projectConfigRoot] : upTo(cwd, config.repository?.root ?? cwd)),
        ...additionalRoots,
      ]
        .map((folder) => join(folder, ".claude"))
        .filter((folder) => folder !== paths.configDir)
        .map((folder) => ({ folder, source: "project" as const }))
    : []
  return [{ folder: join(paths.managedDir, ".claude"), source: "policy" }, ...user, ...project]
}

function upTo(from: string, root: string): readonly string[] {
  const folders = [from]
  for (let at = from; at !== root && dirname(at) !== at; ) {
    at = dirname(at)
    folders.push(at)
  }
  return folders
}

/** Copies of files are kept: for a host that asked for them, and in the terminal unless switched off. */
export function keepsCheckpoints({ env, config, headless }: Prepared): boolean {
  if (envOn(env, "CLAUDE_CODE_DISABLE_FILE_CHECKPOINTING")) return false
  if (headless) return envOn(env, "CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING")
  return config.settings.fileCheckpointingEnabled !== false
}
