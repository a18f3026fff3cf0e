import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { listModels } from "../api/models.ts"
import { envOn } from "../config/env.ts"
import type { Config } from "../config/load.ts"
import { projectDir } from "../config/paths.ts"
import { persistSetting } from "../config/persist.ts"
import { DEMO_PROMPT } from "../demo/demo-project.ts"
import { version } from "../lib/version.ts"
import type { HookRow } from "../model/hook.ts"
import type { Checkpoints, RewindResult } from "../sessions/checkpoints.ts"
import { findSession, listSessions } from "../sessions/list.ts"
import { appendPrompt, readPrompts } from "../sessions/prompt-history.ts"
import { readTail } from "../sessions/read-tail.ts"
import { fuzzyFilter } from "../tui/fuzzy.ts"
import type { CheckpointsPort, PromptHistory, StartNotice, TuiPorts } from "../tui/ports.ts"
import type { Preferences } from "../tui/preferences.ts"
import type { Screen } from "../tui/screen/port.ts"
import { suspendProcess } from "../tui/screen/suspend-process.ts"
import { sessionPlaces } from "./choose-session.ts"
import { createPathCompletion } from "./complete-path.ts"
import { editExternally, openEditor } from "./edit-externally.ts"
import { findFolder } from "./find-folder.ts"
import type { LiveSettings } from "./live-settings.ts"
import type { Losses } from "./losses.ts"
import { modelPolicy } from "./model-policy.ts"
import { preferencesOf } from "./preferences.ts"
import { type Prepared, problemLine } from "./prepare.ts"
import { memoryFiles } from "./prompt-context.ts"
import { createStatusLine } from "./status-line.ts"
import type { TerminalRoom } from "./terminal-room.ts"
import type { ToolAliases } from "./tool-aliases.ts"

/** A draft beyond this is not kept across a crash; it is still in the composer. */
const MAX_DRAFT_BYTES = 1024 * 1024
/** Earlier prompts of the project that Up and Ctrl+R reach. */
const MAX_HISTORY = 1_000

/** Resources that are offered beside paths. */
const MAX_RESOURCES = 5
/** How long a list of paths waits for them. */
const RESOURCES_MS = 300

/** What the terminal reader may ask of the disk, with its places filled in. */
export function createTuiPorts(
  prepared: Prepared,
  options: {
    readonly live: Pick<LiveSettings, "config">
    readonly sessionDir: (id: string) => string
    readonly credentialLine: string
    readonly demo: boolean
    readonly auth: TuiPorts["auth"]
    readonly settings: TuiPorts["settings"]
    /** `server:uri` of what MCP servers offer to read. */
    readonly resources: () => Promise<readonly string[]>
    readonly servers: NonNullable<TuiPorts["servers"]> | null
    readonly hooks: () => readonly HookRow[]
    readonly screen: () => Screen
    readonly sessionId: () => string
    readonly terminals: TerminalRoom
    readonly losses: Losses
    readonly checkpoints: Checkpoints | undefined
    readonly aliases: () => ToolAliases
    readonly shellEnv: Readonly<Record<string, string>>
  },
): TuiPorts {
  const { paths, cwd, env } = prepared
  const places = sessionPlaces(prepared)
  const refuseModel = modelPolicy(prepared, () => options.live.config.settings)
  const draft = join(paths.ownDir, "draft", `${Bun.hash(cwd).toString(36)}.txt`)
  const { live } = options
  let seen: { readonly config: Config; readonly preferences: Preferences } | null = null
  const preferences = () => {
    const { config } = live
    if (seen?.config !== config) {
      const { flags } = prepared
      const { home } = paths
      seen = {
        config,
        preferences: preferencesOf({
          settings: config.settings,
          env,
          flags,
          cwd,
          home,
          state: prepared.state,
        }),
      }
    }
    return seen.preferences
  }
  return {
    get preferences() {
      return preferences()
    },
    statusLine: options.demo
      ? null
      : createStatusLine({
          // Off together with hooks, as it is one in all but name.
          setting: () =>
            live.config.settings.disableAllHooks === true ? null : live.config.settings.statusLine,
          env: options.shellEnv,
          projectDir: cwd,
          version,
          transcriptPath: (id) => `${options.sessionDir(id)}.jsonl`,
          addedDirs: () => prepared.additionalRoots,
          outputStyle: () => live.config.settings.outputStyle ?? "default",
          thinking: () => live.config.settings.alwaysThinkingEnabled !== false,
        }),
    async listSessions(query, signal) {
      const wanted = query.toLowerCase()
      const all = await listSessions(places.project, { signal })
      return wanted === "" ? all : all.filter((row) => row.title.toLowerCase().includes(wanted))
    },
    async tailSession(id, bytes) {
      const file = await findSession(id, places)
      return file === null ? [] : (await readTail(file, { maxBytes: bytes })).lines
    },
    async exportSession(session) {
      const { exportSession } = await import("./export-session.ts")
      return exportSession({ ...session, places })
    },
    findFolder: (typed, from) => findFolder(typed, { cwd: from, home: paths.home }),
    models: () =>
      listModels(env)
        .filter(({ value }) => refuseModel(value) === null)
        .map(({ value, info }) => ({ alias: value, info })),
    refuseModel,
    completePath: withResources(
      createPathCompletion({ cwd, env: options.shellEnv, settings: () => live.config.settings }),
      options.resources,
    ),
    history: openHistory(prepared, options.sessionId, options.demo),
    saveDraft: (text) => (options.demo ? undefined : saveDraft(draft, text)),
    // The demo opens with its task typed in: Enter is all it takes.
    loadDraft: () => (options.demo ? DEMO_PROMPT : loadDraft(draft)),
    editFile: (path) => openEditor(path, env),
    memoryFiles: () => memoryFiles(prepared),
    editExternally: (text) => editExternally(text, env),
    suspend: () => suspendProcess(options.screen()),
    auth: options.auth,
    settings: options.settings,
    servers: options.servers,
    ...(options.demo ? {} : { hooks: options.hooks }),
    hidden: hiddenCommands(env),
    version,
    credentialLine: options.credentialLine,
    startNotices: options.demo ? [] : startNotices(prepared.config),
    demo: options.demo,
    terminals: options.terminals,
    losses: options.losses,
    autoMode: autoAgreement(prepared, options.losses),
    // Loaded when the first command is typed: it brings the shell's parser along.
    shell: {
      async run(command, how) {
        const { createShellLines } = await import("./run-shell-line.ts")
        const place = {
          home: paths.home,
          env: options.shellEnv,
          spillDir: () => join(projectDir(paths, cwd), options.sessionId(), "tool-results"),
        }
        return createShellLines(place, options.terminals).run(command, how)
      },
    },
    ...(options.checkpoints === undefined ? {} : { checkpoints: checkpointsPort(options.checkpoints) }),
    aliases: () => options.aliases().ports,
    problems: options.aliases().problems,
    get respondToShell() {
      return live.config.settings.respondToBashCommands !== false
    },
  }
}

/** A yes to auto mode counts at once, and is kept in the person's own settings. */
function autoAgreement({ config }: Prepared, losses: Pick<Losses, "add">): NonNullable<TuiPorts["autoMode"]> {
  let accepted = config.settings.skipAutoPermissionPrompt === true
  return {
    get accepted() {
      return accepted
    },
    accept() {
      accepted = true
      persistSetting("skipAutoPermissionPrompt", true, "user", config.files).catch((error: unknown) => {
        losses.add(
          `Auto mode will be asked about again: ${error instanceof Error ? error.message : String(error)}`,
        )
      })
    },
  }
}

/** Paths, and behind them resources that fit; a server that is slow holds no path up for long. */
function withResources(
  paths: TuiPorts["completePath"],
  resources: () => Promise<readonly string[]>,
): TuiPorts["completePath"] {
  return async (query, signal) => {
    const late = new Promise<readonly string[]>((resolve) => setTimeout(() => resolve([]), RESOURCES_MS))
    const [found, names] = await Promise.all([
      paths(query, signal),
      Promise.race([resources().catch(() => []), late]),
    ])
    const fitting = fuzzyFilter(query, names, (name) => name).slice(0, MAX_RESOURCES)
    // A word with a colon is the start of a resource rather than of a path.
    return query.includes(":") ? [...fitting, ...found] : [...found, ...fitting]
  }
}

/** One of the organisation's lines, another one at each start; then what is wrong in the settings. */
function startNotices({ settings, problems }: Config): readonly StartNotice[] {
  const { companyAnnouncements: lines = [] } = settings
  const line = lines[Math.floor(Math.random() * lines.length)]
  return [
    ...(line === undefined ? [] : [{ level: "info" as const, text: line }]),
    ...problems.map((problem) => ({ level: "warning" as const, text: problemLine(problem) })),
  ]
}

/** DISABLE_LOGIN_COMMAND and its like (spec/cli.md section 5.1). */
export function hiddenCommands(env: Prepared["env"]): ReadonlySet<string> {
  return new Set(
    Object.keys(env).flatMap((variable) => {
      const name = /^DISABLE_([A-Z_]+)_COMMAND$/.exec(variable)?.[1]
      return name !== undefined && envOn(env, variable) ? [name.toLowerCase().replaceAll("_", "-")] : []
    }),
  )
}

/** What was typed earlier comes as soon as it is read; the prompt does not wait for it. */
function openHistory({ paths, cwd }: Prepared, sessionId: () => string, demo: boolean): PromptHistory {
  const entries: string[] = []
  void readPrompts(paths.historyFile, { project: cwd, limit: MAX_HISTORY })
    .then((earlier) => {
      const typed = new Set(entries)
      for (const { display } of earlier) if (!typed.has(display)) entries.push(display)
      entries.length = Math.min(entries.length, MAX_HISTORY)
    })
    // Without the file there is nothing earlier to offer.
    .catch(() => {})
  return {
    at: (n) => entries[n],
    add(prompt) {
      if (entries[0] === prompt) return
      entries.unshift(prompt)
      entries.length = Math.min(entries.length, MAX_HISTORY)
      // What is tried in the demo is nobody's history.
      if (demo) return
      appendPrompt(paths.historyFile, {
        display: prompt,
        pastedContents: {},
        timestamp: Date.now(),
        project: cwd,
        sessionId: sessionId(),
      })
    },
    search(query, from) {
      const wanted = query.toLowerCase()
      const index = entries.findIndex((entry, at) => at >= from && entry.toLowerCase().includes(wanted))
      return index < 0 ? undefined : { index, text: entries[index] ?? "" }
    },
  }
}

function saveDraft(file: string, text: string): void {
  if (text.length > MAX_DRAFT_BYTES) return
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, text, { mode: 0o600 })
  } catch {
    // A full or read-only disk: the draft is still on screen.
  }
}

function loadDraft(file: string): string {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return ""
  }
}

function checkpointsPort(checkpoints: Checkpoints): CheckpointsPort {
  const rewind = (prompt: string, dryRun: boolean) => checkpoints.rewind(prompt, { dryRun })
  const back = ({ filesChanged = [], insertions = 0, deletions = 0 }: RewindResult) => ({
    changed: filesChanged,
    insertions,
    deletions,
  })
  return {
    preview: async (prompt) => back(await rewind(prompt, true)),
    async restore(prompt) {
      const done = await rewind(prompt, false)
      if (!done.canRewind) throw new Error(done.error ?? "The files cannot be brought back.")
      return back(done)
    },
  }
}
