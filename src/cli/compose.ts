import { join, resolve as resolveFolder } from "node:path"
import { envInt, envOn } from "../config/env.ts"
import { rememberWritten } from "../config/folder-approvals.ts"
import type { Config } from "../config/load.ts"
import { projectDir } from "../config/paths.ts"
import { persistUpdates } from "../config/persist.ts"
import { chooseProvider } from "../config/provider.ts"
import { readBranch } from "../config/repository.ts"
import type { EngineOptions, PromptSource } from "../engine/options.ts"
import { gitInstructions } from "../engine/prompt/git-instructions.ts"
import { mcpLimits } from "../extend/mcp/limits.ts"
import { listTracked } from "../lib/git-index.ts"
import { listBelow } from "../lib/list-below.ts"
import { resolvePath } from "../lib/resolve-path.ts"
import { version } from "../lib/version.ts"
import type { ApiPort, Thinking, ThinkingDisplay } from "../model/api.ts"
import type { Settings } from "../model/settings.ts"
import type { TerminalPort } from "../model/terminal.ts"
import type { Checkpoints } from "../sessions/checkpoints.ts"
import { findSession } from "../sessions/list.ts"
import { openLog } from "../sessions/log.ts"
import { createMirror, type Mirror } from "../sessions/mirror.ts"
import { autoModeOf } from "./auto-mode.ts"
import { cacheChoice } from "./cache-choice.ts"
import { childEnv } from "./child-env.ts"
import type { SessionSandbox } from "./choose-sandbox.ts"
import { type FoundSession, loadSession, type SessionChoice, sessionPlaces } from "./choose-session.ts"
import { chooseTools } from "./choose-tools.ts"
import { createExtensions, type Extensions } from "./extensions.ts"
import { headlessCommands } from "./headless-commands.ts"
import { liveSandbox } from "./live-sandbox.ts"
import { checkMainAgent, findMainAgent } from "./main-agent.ts"
import { modelPolicy } from "./model-policy.ts"
import { limitFrom, type Prepared } from "./prepare.ts"
import { memorySource, readGitState } from "./prompt-context.ts"
import { readPromptFlags } from "./prompt-flags.ts"
import { restrictionsOf } from "./restrictions.ts"
import { readMentionedResource, withServerPrompts } from "./server-commands.ts"
import { sessionEnvFile } from "./session-hooks.ts"
import { keepsCheckpoints, type SessionParts } from "./session-parts.ts"
import { effortOf, settledModels } from "./settled-models.ts"
import { StartError } from "./start-error.ts"
import { searchesTools } from "./tool-search-choice.ts"

/** TASK_MAX_OUTPUT_LENGTH (spec/cli.md section 5.1). */
const REPORT_CHARS = 32_000
const MAX_REPORT_CHARS = 160_000

/** What a host may still change before the first turn (`initialize` in spec/headless.md section 5). */
export interface HostPrompt {
  custom?: readonly string[]
  append?: string
  excludeDynamic?: boolean
  /** The system prompt is made anew for every request. */
  fresh?: boolean
  planInstructions?: string
  toolAliases?: Readonly<Record<string, string>>
  suggestions?: boolean
}

export interface Composition {
  readonly options: EngineOptions
  /** Filled by the host's `initialize`; read when the first request is built. */
  readonly host: HostPrompt
  readonly sandbox: SessionSandbox
  /** Absent when no copies of files are kept. */
  readonly checkpoints: Checkpoints | undefined
  readonly mirror: Mirror
  /** Hooks, MCP servers, agents; closed with the engine (`withExtensions`). */
  readonly extensions: Extensions
  /** Takes what the settings files say now: what can follow does from the next request or command on. Else why not, in one line. */
  follow(config: Config): Promise<string | null>
}

/** Puts an engine's parts together from what was prepared. Nothing here decides; it only connects. */
export async function compose(
  prepared: Prepared,
  parts: {
    readonly api: ApiPort
    readonly credential: string
    readonly betas: readonly string[]
    /** For commands that need a person at a terminal. */
    readonly terminal?: TerminalPort
    readonly canAsk: boolean
    readonly onLost: (message: string) => void
    readonly session: SessionChoice
    readonly own: SessionParts
  },
): Promise<Composition> {
  const { flags, cwd, env, paths, config } = prepared
  const { settings } = config
  let newest = config
  const now = () => newest.settings
  const resolve = settledModels(env, now)
  const persist = flags.noSessionPersistence !== true && !envOn(env, "CLAUDE_CODE_SKIP_PROMPT_HISTORY")
  const home = projectDir(paths, cwd)
  // A session of another project goes on where it lies.
  const found = new Map<string, FoundSession>()
  if (parts.session.kind === "old") found.set(parts.session.session.id, parts.session.session)
  const dirOf = (id: string) => found.get(id)?.dir ?? home
  const host: HostPrompt = {
    ...readPromptFlags(flags, cwd),
    fresh:
      flags.systemPromptSnapshot === "off" || (flags.bare === true && flags.systemPromptSnapshot !== "on"),
    excludeDynamic: flags.excludeDynamicSystemPromptSections === true,
    suggestions: flags.promptSuggestions === true || flags.promptSuggestions === "true",
  }

  const { skills, structured } = parts.own
  const skillsWanted =
    flags.tools === undefined || ["default", "Skill"].some((name) => flags.tools?.includes(name))
  const checkpoints = keepsCheckpoints(prepared)
    ? (await import("../sessions/checkpoints.ts")).createCheckpoints(join(paths.configDir, "file-history"))
    : undefined
  const mirror = createMirror()

  const model =
    flags.model ?? env.ANTHROPIC_MODEL ?? settings.model ?? env.ANTHROPIC_DEFAULT_MODEL ?? "default"
  const refuse = modelPolicy(prepared, now)
  const refused = refuse(model)
  if (refused !== null) throw new StartError(refused)

  const prompt: PromptSource = {
    get custom() {
      return host.custom
    },
    get append() {
      return host.append
    },
    get fresh() {
      return host.fresh === true
    },
    get excludeDynamic() {
      return host.excludeDynamic === true
    },
    ...(flags.appendSubagentSystemPrompt === undefined
      ? {}
      : { appendSubagent: flags.appendSubagentSystemPrompt }),
    style: parts.own.styles.chosen ?? undefined,
    get language() {
      return now().language
    },
    ...memorySource(prepared),
    git: () => readGitState(prepared),
    servers: () => extensions.instructions(),
    gitRules: (modelName) => gitInstructions(now(), modelName),
  }

  const sandbox = await liveSandbox(prepared)
  const auto = autoModeOf(settings)
  const sessionId = parts.session.kind === "old" ? parts.session.session.id : parts.session.id
  const childEnvironment = childEnv(prepared)
  const extensions = await createExtensions(prepared, {
    env: childEnvironment,
    sessionId,
    builtInTools: chooseTools(prepared, parts.canAsk).map(sandbox.containLazily),
  })

  checkMainAgent(prepared, extensions.kinds())
  const spillDir = (id: string) => join(dirOf(id), id, "tool-results")
  const commands = withServerPrompts(skills, { servers: extensions.servers, spillDir })

  // A host asks for suggestions; the person's environment and settings may refuse.
  const suggestionsAllowed = () =>
    env.CLAUDE_CODE_ENABLE_PROMPT_SUGGESTION === undefined
      ? now().promptSuggestionEnabled !== false
      : envOn(env, "CLAUDE_CODE_ENABLE_PROMPT_SUGGESTION")
  const options: EngineOptions = {
    api: parts.api,
    get tools() {
      const skill = skillsWanted ? skills?.tool() : null
      return skill ? [...extensions.tools(), sandbox.containLazily(skill)] : extensions.tools()
    },
    ...(parts.terminal === undefined ? {} : { terminal: parts.terminal }),
    hooks: extensions.hooks,
    ready: extensions.ready,
    attach(port) {
      extensions.attach(port)
      sandbox.attach(port)
    },
    onRoots: (roots) => extensions.servers()?.setRoots(roots),
    ...(prepared.headless && { defers: true, beginsLater: flags.inputFormat === "stream-json" }),
    ...(flags.forkSession === true && { forked: true }),
    serverSource: (name) => extensions.servers()?.sourceOf(name),
    ...(setupOf(prepared) !== null && { setup: setupOf(prepared) as "init" | "maintenance" }),
    spawn: sandbox.spawn,
    place: {
      cwd,
      home: paths.home,
      configDir: paths.configDir,
      additionalRoots: prepared.additionalRoots,
      env: childEnvironment,
      sessionDir: (id) => join(dirOf(id), id),
      envFile: (id) => sessionEnvFile(paths, id),
      ...plansDir(settings, cwd),
      tasksDir: (id) => join(paths.configDir, "tasks", taskList(env) ?? id),
      gitBranch: () => (config.repository === null ? "" : (readBranch(config.repository) ?? "")),
      resolve: resolvePath,
      below: listBelow,
      tracked: listTracked,
    },
    models: {
      model,
      get fallback() {
        return (flags.fallbackModel ?? now().fallbackModel ?? []).filter((name) => refuse(name) === null)
      },
      effort: effortOf(env.CLAUDE_CODE_EFFORT_LEVEL ?? flags.effort),
      thinking: thinkingOf(prepared),
      ...displayOf(prepared),
      ...fastOf(prepared),
      get switchesOnRefusal() {
        return now().switchModelsOnFlag !== false
      },
      ...(flags.taskBudget === undefined ? {} : { taskBudget: flags.taskBudget }),
      maxTokens: envNumber(env.CLAUDE_CODE_MAX_OUTPUT_TOKENS),
      betas: [...parts.betas, ...(flags.betas ?? [])],
      cacheTtl: cacheChoice(env, now),
      small: () => resolve("haiku"),
      resolve,
      refuse,
      searchesTools,
    },
    permissions: {
      mode: prepared.mode,
      modes: prepared.modes,
      rules: config.rules,
      get sandboxed() {
        return sandbox.autoAllow
      },
      ...restrictionsOf(config),
      ...(auto === null ? {} : { auto }),
      ...(settings.allowManagedPermissionRulesOnly === true ? { managedRulesOnly: true as const } : {}),
      async persist(updates) {
        try {
          await persistUpdates(
            updates.map(({ update }) => update),
            config.files,
            (layer) => rememberWritten(cwd, paths, layer),
          )
          return null
        } catch (error) {
          return error instanceof Error ? error.message : String(error)
        }
      },
    },
    store: {
      openLog(id) {
        const log = openLog({
          dir: dirOf(id),
          id,
          persist,
          leaf: found.get(id)?.leaf ?? null,
          ...(found.get(id) === undefined ? {} : { side: found.get(id)?.side ?? {} }),
          onLost: parts.onLost,
        })
        checkpoints?.use({ id, transcript: log.file })
        return mirror.watch(log)
      },
      openChildLog: (id, agent) =>
        mirror.watch(
          openLog({
            dir: join(dirOf(id), id, "subagents"),
            id,
            name: `agent-${agent}`,
            persist,
            onLost: parts.onLost,
          }),
        ),
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
    get mainAgent() {
      return findMainAgent(prepared, extensions.kinds())
    },
    agents: {
      get kinds() {
        return extensions.kinds()
      },
      get reportChars() {
        const asked = envInt(env, "TASK_MAX_OUTPUT_LENGTH", 1) ?? now().taskOutputMaxChars
        return Math.min(typeof asked === "number" ? asked : REPORT_CHARS, MAX_REPORT_CHARS)
      },
      maxDepth: limitFrom(env, "CLAUDE_CODE_MAX_SUBAGENT_SPAWN_DEPTH", 3),
      maxConcurrent: limitFrom(env, "CLAUDE_CODE_MAX_CONCURRENT_SUBAGENTS", 20),
      ...(env.CLAUDE_CODE_SUBAGENT_MODEL === undefined ? {} : { model: env.CLAUDE_CODE_SUBAGENT_MODEL }),
    },
    compaction: {
      ...compactShare(env),
      get auto() {
        return (
          now().autoCompactEnabled !== false &&
          !envOn(env, "DISABLE_AUTO_COMPACT") &&
          !envOn(env, "DISABLE_COMPACT")
        )
      },
      get window() {
        return compactWindow(prepared, now())
      },
    },
    endsWithAnswer: prepared.headless && flags.inputFormat !== "stream-json",
    ...(prepared.trusted && !prepared.headless
      ? { scheduleFile: join(cwd, ".claude", "scheduled_tasks.json") }
      : {}),
    titles:
      !prepared.headless &&
      persist &&
      !envOn(env, "DISABLE_NON_ESSENTIAL_MODEL_CALLS") &&
      !envOn(env, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"),
    finish: structured,
    get planInstructions() {
      return host.planInstructions
    },
    get suggestions() {
      return host.suggestions === true && suggestionsAllowed()
    },
    get toolAliases() {
      return host.toolAliases ?? {}
    },
    ...(prepared.headless
      ? { extraCommands: headlessCommands(prepared, { servers: extensions.servers, port: extensions.port }) }
      : {}),
    ...(skills === null && flags.disableSlashCommands === true ? {} : { commands }),
    // A host and a script get what they wrote (spec/mcp.md section 5).
    ...(prepared.headless
      ? {}
      : {
          readResource: (word, { sessionId: id, signal }) =>
            readMentionedResource(extensions.servers(), word, {
              maxTokens: mcpLimits(env).outputTokens,
              spillDir: spillDir(id),
              signal,
            }),
        }),
    ...(checkpoints === undefined ? {} : { checkpoints }),
    canAsk: parts.canAsk,
    expandsMentions: !envOn(env, "CLAUDE_CODE_DISABLE_ATTACHMENTS"),
    credential: parts.credential,
    version,
    entrypoint: env.CLAUDE_CODE_ENTRYPOINT ?? (prepared.headless ? "sdk-cli" : "cli"),
    restoresTotals: flags.forkSession !== true,
    maxConcurrency: limitFrom(env, "CLAUDE_CODE_MAX_TOOL_USE_CONCURRENCY", 10),
    ...(parts.session.kind === "old" ? { resume: parts.session.session } : { sessionId: parts.session.id }),
  }
  const follow = (next: Config) => {
    newest = next
    return sandbox.follow(next)
  }
  return { options, host, checkpoints, mirror, sandbox, extensions, follow }
}

/** CLAUDE_CODE_TASK_LIST_ID: a list that several sessions share; one plain name. */
function taskList({ CLAUDE_CODE_TASK_LIST_ID: id }: Prepared["env"]): string | null {
  return id !== undefined && /^[\w-]{1,100}$/.test(id) ? id : null
}

function setupOf({ flags }: Prepared): "init" | "maintenance" | null {
  if (flags.init === true || flags.initOnly === true) return "init"
  return flags.maintenance === true ? "maintenance" : null
}

function thinkingOf({ flags, env, config }: Prepared): Thinking | null {
  const budget = flags.maxThinkingTokens ?? envNumber(env.MAX_THINKING_TOKENS)
  if (flags.thinking === "disabled" || envOn(env, "CLAUDE_CODE_DISABLE_THINKING") || budget === 0)
    return { type: "off" }
  if (budget !== null && budget !== undefined) return { type: "budget", tokens: budget }
  if (flags.thinking !== undefined) return { type: "adaptive" }
  return config.settings.alwaysThinkingEnabled === false ? { type: "off" } : null
}

/** Summaries of thinking are shown unless a flag or the setting says otherwise; a host asks by flag. */
function displayOf({ flags, config, headless }: Prepared): { readonly display?: ThinkingDisplay } {
  const { thinkingDisplay } = flags
  if (thinkingDisplay === "summarized" || thinkingDisplay === "omitted") return { display: thinkingDisplay }
  // Highlights are for sessions that the vendor hosts; the service answers others as if nothing was to be shown.
  if (thinkingDisplay === "highlights") return { display: "omitted" }
  return !headless && config.settings.showThinkingSummaries === false ? { display: "omitted" } : {}
}

/** Only the service itself has a faster one. `fastModePerSessionOptIn`: each session begins without. */
function fastOf({ env, config: { settings } }: Prepared): { readonly fast?: boolean } {
  if (chooseProvider(env).provider !== "firstParty") return {}
  return { fast: settings.fastMode === true && settings.fastModePerSessionOptIn !== true }
}

/** `plansDirectory`: relative to the project, and inside it. */
function plansDir(settings: Settings, cwd: string): { readonly plansDir?: string } {
  const { plansDirectory } = settings
  if (typeof plansDirectory !== "string" || plansDirectory === "") return {}
  const folder = resolveFolder(cwd, plansDirectory)
  return folder === cwd || folder.startsWith(`${cwd}/`) ? { plansDir: folder } : {}
}

/** CLAUDE_AUTOCOMPACT_PCT_OVERRIDE: percent of the window. */
function compactShare(env: Prepared["env"]): { readonly share?: number } {
  const percent = envInt(env, "CLAUDE_AUTOCOMPACT_PCT_OVERRIDE", 1, 100)
  return percent === undefined ? {} : { share: percent / 100 }
}

function compactWindow({ flags, env }: Prepared, settings: Settings): number | null {
  const word = flags.autocompact ?? env.CLAUDE_CODE_AUTO_COMPACT_WINDOW ?? settings.autoCompactWindow
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
