import { join } from "node:path"
import { resolveModel } from "../api/models.ts"
import { envOn } from "../config/env.ts"
import { projectDir } from "../config/paths.ts"
import { persistUpdates } from "../config/persist.ts"
import { readBranch } from "../config/repository.ts"
import { BUILT_IN_AGENTS } from "../engine/agents/kinds.ts"
import type { EngineOptions, PromptSource } from "../engine/options.ts"
import { gitInstructions } from "../engine/prompt/git-instructions.ts"
import { resolvePath } from "../lib/resolve-path.ts"
import { version } from "../lib/version.ts"
import type { ApiPort, Thinking } from "../model/api.ts"
import { NO_HOOKS } from "../model/hook.ts"
import { EFFORTS, type Effort } from "../model/model-info.ts"
import { findSession } from "../sessions/list.ts"
import { openLog } from "../sessions/log.ts"
import { type FoundSession, loadSession, type SessionChoice, sessionPlaces } from "./choose-session.ts"
import { chooseTools } from "./choose-tools.ts"
import { limitFrom, type Prepared } from "./prepare.ts"
import { readGitState, readMemory } from "./prompt-context.ts"
import { readPromptFlags } from "./prompt-flags.ts"

/** What a host may still change before the first turn (`initialize` in spec/headless.md section 5). */
export interface HostPrompt {
  custom?: readonly string[]
  append?: string
}

export interface Composition {
  readonly options: EngineOptions
  /** Filled by the host's `initialize`; read when the first request is built. */
  readonly host: HostPrompt
}

/** Puts an engine's parts together from what was prepared. Nothing here decides; it only connects. */
export async function compose(
  prepared: Prepared,
  parts: {
    readonly api: ApiPort
    readonly credential: string
    readonly betas: readonly string[]
    readonly session: SessionChoice
    readonly canAsk: boolean
    readonly onLost: (message: string) => void
  },
): Promise<Composition> {
  const { flags, cwd, env, paths, config } = prepared
  const { settings } = config
  const persist = flags.noSessionPersistence !== true && !envOn(env, "CLAUDE_CODE_SKIP_PROMPT_HISTORY")
  const home = projectDir(paths, cwd)
  // A session of another project goes on where it lies.
  const found = new Map<string, FoundSession>()
  if (parts.session.kind === "old") found.set(parts.session.session.id, parts.session.session)
  const dirOf = (id: string) => found.get(id)?.dir ?? home
  const host: HostPrompt = readPromptFlags(flags, cwd)

  const prompt: PromptSource = {
    get custom() {
      return host.custom
    },
    get append() {
      return host.append
    },
    memory: () => readMemory(prepared),
    git: () => readGitState(prepared),
    gitRules: (modelName) => gitInstructions(settings, modelName),
  }

  const options: EngineOptions = {
    api: parts.api,
    tools: await chooseTools(prepared, parts.canAsk),
    hooks: NO_HOOKS,
    spawn: { wrap: async (request) => request },
    place: {
      cwd,
      home: paths.home,
      configDir: paths.configDir,
      additionalRoots: prepared.additionalRoots,
      env: childEnv(prepared),
      sessionDir: (id) => join(dirOf(id), id),
      tasksDir: (id) => join(paths.configDir, "tasks", id),
      gitBranch: () => (config.repository === null ? "" : (readBranch(config.repository) ?? "")),
      resolve: resolvePath,
    },
    models: {
      model: flags.model ?? env.ANTHROPIC_MODEL ?? settings.model ?? env.ANTHROPIC_DEFAULT_MODEL ?? "default",
      fallback: flags.fallbackModel ?? settings.fallbackModel ?? [],
      effort: effortOf(env.CLAUDE_CODE_EFFORT_LEVEL ?? flags.effort ?? settings.effortLevel),
      thinking: thinkingOf(prepared),
      maxTokens: envNumber(env.CLAUDE_CODE_MAX_OUTPUT_TOKENS),
      betas: [...parts.betas, ...(flags.betas ?? [])],
      resolve: (name) => resolveModel(name, env),
    },
    permissions: {
      mode: prepared.mode,
      modes: prepared.modes,
      rules: config.rules,
      sandboxed: false,
      async persist(updates) {
        try {
          await persistUpdates(
            updates.map(({ update }) => update),
            config.files,
          )
          return null
        } catch (error) {
          return error instanceof Error ? error.message : String(error)
        }
      },
    },
    store: {
      openLog: (id) =>
        openLog({
          dir: dirOf(id),
          id,
          persist,
          leaf: found.get(id)?.leaf ?? null,
          ...(found.get(id) === undefined ? {} : { side: found.get(id)?.side ?? {} }),
          onLost: parts.onLost,
        }),
      openChildLog: (id, agent) =>
        openLog({
          dir: join(dirOf(id), id, "subagents"),
          id,
          name: `agent-${agent}`,
          persist,
          onLost: parts.onLost,
        }),
      async load(id) {
        const file = await findSession(id, sessionPlaces(prepared))
        if (file === null) return null
        const session = await loadSession(file)
        found.set(id, session)
        return session
      },
    },
    prompt,
    limits: {
      ...(flags.maxTurns === undefined ? {} : { maxTurns: flags.maxTurns }),
      ...(flags.maxBudgetUsd === undefined ? {} : { maxBudgetUsd: flags.maxBudgetUsd }),
    },
    agents: {
      kinds: BUILT_IN_AGENTS,
      maxDepth: limitFrom(env, "CLAUDE_CODE_MAX_SUBAGENT_SPAWN_DEPTH", 3),
      maxConcurrent: limitFrom(env, "CLAUDE_CODE_MAX_CONCURRENT_SUBAGENTS", 20),
      ...(env.CLAUDE_CODE_SUBAGENT_MODEL === undefined ? {} : { model: env.CLAUDE_CODE_SUBAGENT_MODEL }),
    },
    compaction: {
      auto:
        settings.autoCompactEnabled !== false &&
        !envOn(env, "DISABLE_AUTO_COMPACT") &&
        !envOn(env, "DISABLE_COMPACT"),
      window: compactWindow(prepared),
    },
    canAsk: parts.canAsk,
    credential: parts.credential,
    version,
    entrypoint: env.CLAUDE_CODE_ENTRYPOINT ?? (prepared.headless ? "sdk-cli" : "cli"),
    maxConcurrency: limitFrom(env, "CLAUDE_CODE_MAX_TOOL_USE_CONCURRENCY", 10),
    ...(parts.session.kind === "old" ? { resume: parts.session.session } : { sessionId: parts.session.id }),
  }
  return { options, host }
}

function effortOf(word: string | undefined): Effort | null {
  return EFFORTS.find((effort) => effort === word) ?? null
}

function thinkingOf({ flags, env, config }: Prepared): Thinking | null {
  const budget = flags.maxThinkingTokens ?? envNumber(env.MAX_THINKING_TOKENS)
  if (flags.thinking === "disabled" || envOn(env, "CLAUDE_CODE_DISABLE_THINKING") || budget === 0)
    return { type: "off" }
  if (budget !== null && budget !== undefined) return { type: "budget", tokens: budget }
  if (flags.thinking !== undefined) return { type: "adaptive" }
  return config.settings.alwaysThinkingEnabled === false ? { type: "off" } : null
}

function compactWindow({ flags, env, config }: Prepared): number | null {
  const word = flags.autocompact ?? env.CLAUDE_CODE_AUTO_COMPACT_WINDOW ?? config.settings.autoCompactWindow
  if (typeof word === "number") return word
  const match = typeof word === "string" ? /^(\d+(?:\.\d+)?)\s*([km]?)$/i.exec(word.trim()) : null
  if (match === null) return null
  const unit = { k: 1_000, m: 1_000_000 }[match[2]?.toLowerCase() ?? ""] ?? 1
  return Math.round(Number(match[1]) * unit)
}

function envNumber(text: string | undefined): number | null {
  const value = Number(text)
  return text !== undefined && text.trim() !== "" && Number.isFinite(value) && value >= 0 ? value : null
}

/** Credentials of this program that a child has no business with when the user asks to scrub them (spec/cli.md 5.1). */
const SECRETS =
  /^(ANTHROPIC_(API_KEY|AUTH_TOKEN|CUSTOM_HEADERS)|CLAUDE_CODE_OAUTH_\w+|AWS_(SECRET_ACCESS_KEY|SESSION_TOKEN|BEARER_TOKEN_BEDROCK))$/

function childEnv({ env }: Prepared): Readonly<Record<string, string>> {
  const scrub = envOn(env, "CLAUDE_CODE_SUBPROCESS_ENV_SCRUB")
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || name.startsWith("OTEL_") || (scrub && SECRETS.test(name)) ? [] : [[name, value]],
    ),
  )
}
