import { existsSync } from "node:fs"
import { basename, join } from "node:path"
import type { Answer } from "../model/command.ts"
import type { ElicitationAnswer } from "../model/elicitation.ts"
import type { SessionChanged } from "../model/event.ts"
import type { SideLine } from "../model/line.ts"
import type { PermissionUpdate, Rule } from "../model/permission.ts"
import type { SchedulePort, ToolContext } from "../model/tool.ts"
import { decide } from "../permissions/decide.ts"
import type { Policy } from "../permissions/policy.ts"
import { applyUpdates } from "../permissions/updates.ts"
import { mainTools } from "./agents/kind-tools.ts"
import { createAsks } from "./asks.ts"
import { newReviews, personAllowed } from "./auto/reviews.ts"
import type { ReadyCall } from "./call.ts"
import { createFileMemory } from "./file-memory.ts"
import { fireHook, hears } from "./fire-hook.ts"
import { createHookState } from "./hook-state.ts"
import type { EngineOptions } from "./options.ts"
import { createPromptState } from "./prompt/prompt-state.ts"
import { finishOf, type Run, type Session } from "./run.ts"
import { fireStop } from "./session-hooks.ts"
import { askSmall, searchWeb } from "./small-model.ts"
import { createTasks } from "./tasks.ts"
import { turnPort } from "./turn-port.ts"
import { worktreePort } from "./worktree-hooks.ts"

export interface SessionPorts {
  readonly schedule: SchedulePort
  readonly onNews: Parameters<typeof createTasks>[0]["onNews"]
  readonly emitState: (why: SessionChanged["why"]) => void
  readonly notice: (level: "info" | "warning" | "error", code: string, text: string) => void
  readonly wake: (text: string) => void
  readonly onTask: Parameters<typeof createTasks>[0]["onChange"]
  readonly clearAfterTurn: () => void
  readonly note: (text: string) => void
  /** The person or the host gave the session a name. */
  readonly rename: (title: string) => void
  readonly addSide: (line: SideLine) => void
  /** A run outside of any turn. */
  readonly aside: () => Run
  readonly onTaskEnd: Parameters<typeof createTasks>[0]["onEnd"]
}

export function createSession(options: EngineOptions, sessionId: string, ports: SessionPorts): Session {
  const { place, models, permissions } = options
  let folder = place.sessionDir(sessionId)
  let cwd = place.cwd
  let mode = permissions.mode
  let rules = permissions.rules
  let { modes, restrictions } = permissions
  let { env, additionalRoots } = place
  let roots: readonly string[] = [place.cwd, ...place.additionalRoots]
  let model = models.resolve(models.model)
  let effort = models.effort
  let thinking = models.thinking
  let fast = models.fast === true
  let display = models.display
  let fruitless = 0
  let title: string | null = null
  let turnRules: readonly Rule[] = []
  let alwaysAsked: readonly Rule[] = []
  const ofHooks = createHookState({ hooks: options.hooks, cwd: () => cwd, aside: ports.aside })
  const planFile = () => join(place.plansDir ?? join(place.configDir, "plans"), `${basename(folder)}.md`)
  const promptState = createPromptState(options)
  const files = createFileMemory(promptState.touched)
  const asks = createAsks<Answer>({ verdict: "deny", interrupt: true })
  const elicitations = createAsks<ElicitationAnswer>({ action: "cancel" })
  const tasks = createTasks({
    folder: () => join(folder, "tasks"),
    onChange: ports.onTask,
    onEnd: ports.onTaskEnd,
    onNews: ports.onNews,
  })

  /** With what hooks left for commands, once they left something. */
  const commandEnv = () => {
    const file = place.envFile?.(basename(folder))
    return file !== undefined && existsSync(file) ? { ...env, CLAUDE_ENV_FILE: file } : env
  }

  const setRoots = (next: readonly string[]) => {
    if (next.length === roots.length && next.every((root, at) => root === roots[at])) return
    roots = next
    options.onRoots?.(roots)
  }

  const session: Session = {
    options,
    hooks: options.hooks,
    asks,
    elicitations,
    tasks,
    canAsk: options.canAsk,
    reviews: newReviews(permissions.auto?.accepted === true || permissions.mode === "auto"),
    maxConcurrency: options.maxConcurrency,
    files,
    runningAgents: { count: 0 },
    place: () => ({ cwd, home: place.home }),
    policy: (): Policy => ({
      mode,
      rules: [...(mode === "bypassPermissions" ? alwaysAsked : []), ...turnRules, ...rules],
      cwd,
      roots,
      home: place.home,
      configDir: place.configDir,
      ownFiles: [planFile()],
      ownFolders: [folder],
      resolve: place.resolve,
      ...(place.below ? { below: place.below } : {}),
      ...(place.tracked ? { tracked: place.tracked } : {}),
      sandboxed: permissions.sandboxed,
      ...(restrictions === undefined ? {} : { restrictions }),
    }),
    mode: () => mode,
    offers: (one) => modes.includes(one),
    setMode(next) {
      if (!modes.includes(next)) {
        return next === "bypassPermissions"
          ? "bypassPermissions must be enabled at the start: --allow-dangerously-skip-permissions"
          : `mode ${next} is not available in this session`
      }
      if (next === mode) return null
      mode = next
      if (mode === "auto") session.reviews.accepted = true
      session.changed("mode")
      return null
    },
    updatePermissions(given) {
      const updates = permissions.managedRulesOnly ? given.filter((update) => !addsAllow(update)) : given
      const next = applyUpdates(rules, mode, roots, updates)
      const before = mode
      rules = next.rules
      setRoots(next.roots)
      if (next.mode !== before && modes.includes(next.mode)) {
        mode = next.mode
        session.changed("mode")
      }
      if (next.persist.length === 0) return
      const writing = permissions.persist(next.persist).then((problem) => {
        if (problem !== null)
          ports.notice("warning", "settings", `the rule holds for this session only: ${problem}`)
      })
      // A program that ends at once still keeps what the person said.
      session.settle("told", writing)
    },
    askAlways(text, asks) {
      alwaysAsked = alwaysAsked.filter((rule) => rule.text !== text)
      if (asks) alwaysAsked = [...alwaysAsked, { behavior: "ask", source: "session", text, base: place.cwd }]
    },
    reload(next) {
      rules = [...next.rules, ...rules.filter((rule) => rule.source === "session")]
      const [start = place.cwd, ...others] = roots
      const ofSession = others.filter((root) => !additionalRoots.includes(root))
      setRoots([...new Set([start, ...next.additionalRoots, ...ofSession])])
      additionalRoots = next.additionalRoots
      env = next.env
      restrictions = next.restrictions
      modes = next.modes
      // Prices, efforts and room may have changed; which model it is, and the window it was chosen with, stays.
      model = { ...models.resolve(model.id), window: model.window }
      if (modes.includes(mode)) return
      mode = "default"
      session.changed("mode")
    },
    model: () => model,
    setModel(name) {
      const problem = models.refuse?.(name ?? models.model) ?? null
      if (problem !== null) return problem
      model = models.resolve(name ?? models.model)
      session.changed("model")
      return null
    },
    effort: (of = model) => effort ?? of.usualEffort ?? null,
    setEffort(next) {
      effort = next
      session.changed("effort")
    },
    fast: () => fast,
    setFast(on) {
      if (on && models.fast === undefined) return "this service has no fast mode"
      if (on && model.fast !== true) return `${model.displayName} has no fast mode`
      fast = on
      session.changed("effort")
      return null
    },
    thinking: () => thinking,
    setThinking(tokens, nextDisplay) {
      if (nextDisplay !== undefined) display = nextDisplay ?? undefined
      if (tokens === undefined) return
      if (tokens === null) thinking = models.thinking
      else thinking = tokens === 0 ? { type: "off" } : { type: "budget", tokens }
    },
    display: () => display,
    state: (context) => ({
      id: basename(folder),
      cwd,
      model: model.id,
      modelName: model.displayName,
      mode,
      // Shift+Tab walks the modes in which one can work with a person; the rest are chosen by name.
      modes: modes.filter((one) => one !== "dontAsk" || one === mode),
      effort: session.effort(),
      ...(fast && model.fast === true ? { fast: true as const } : {}),
      tools: [
        ...mainTools(options.mainAgent ?? null, options.tools),
        ...(options.finish?.tool ? [options.finish.tool] : []),
      ].map(({ name }) => name),
      credential: options.credential,
      ...(title === null ? {} : { title }),
      context: { ...context, window: model.window },
      ...(options.commands === undefined ? {} : { commands: options.commands.list() }),
    }),
    changed: ports.emitState,
    restart(id) {
      folder = place.sessionDir(id)
      cwd = place.cwd
      ofHooks.restart()
      files.clear()
      personAllowed(session.reviews)
      promptState.forget()
      fruitless = 0
      title = null
    },
    setTitle(next) {
      title = next
      session.changed("title")
    },
    forgetPrompt: promptState.forget,
    systemPrompt: () => promptState.system(model),
    sawResult: promptState.sawResult,
    tellInstructions(run) {
      const loaded = promptState.loaded()
      if (!hears(run, "InstructionsLoaded")) return
      for (const { reason, path, type, globs, importedBy, trigger } of loaded)
        void fireHook(
          run,
          "InstructionsLoaded",
          {
            file_path: path,
            memory_type: type ?? "Project",
            load_reason: reason,
            ...(globs === undefined ? {} : { globs }),
            ...(trigger === undefined ? {} : { trigger_file_path: trigger }),
            ...(importedBy === undefined ? {} : { parent_file_path: importedBy }),
          },
          { matcher: reason },
        )
    },
    reminders: (run) =>
      promptState.reminders({ first: run.meter.requests === 0, mode, planFile: planFile() }),
    spillDir: () => join(folder, "tool-results"),
    notesFile: () => join(folder, "notes.md"),
    fruitlessCompactions: () => fruitless,
    compacted({ progress }) {
      fruitless = progress ? 0 : fruitless + 1
    },
    toolContext: (run, call): ToolContext => ({
      toolUseId: call.id,
      ...detachOf(session, call.id),
      cwd,
      home: place.home,
      signal: run.signal,
      env: commandEnv(),
      roots,
      spillDir: join(folder, "tool-results"),
      setCwd(path) {
        if (run.agent !== undefined || path === cwd) return
        const before = cwd
        cwd = path
        session.changed("cwd")
        session.watch()
        if (!hears(run, "CwdChanged")) return
        const told = fireHook(run, "CwdChanged", { old_cwd: before, new_cwd: path })
        session.settle(
          "place",
          told.then(({ watchPaths }) => session.watch(watchPaths)),
        )
      },
      files: run.files,
      agents: run.agents,
      transcript: run.history.file,
      planFile: planFile(),
      setMode: (next) => void session.setMode(next),
      stateDir: place.tasksDir(basename(folder)),
      ask: (prompt, signal) => askSmall(run, prompt, signal),
      searchWeb: (request, signal) => searchWeb(run, request, signal),
      ...(mayEditUnread(run, call) ? { unreadEdits: "allowed" as const } : {}),
      judged: (path) => place.resolve(path) ?? undefined,
      spawn: options.spawn,
      ...(options.terminal === undefined ? {} : { terminal: options.terminal }),
      tasks,
      forbids: (event, input) => forbids(run, event, input),
      ...worktreePort(run),
      turn: turnPort(run),
      ...(run.agent === undefined ? { schedule: ports.schedule } : {}),
    }),
    allowForTurn(texts) {
      if (permissions.managedRulesOnly === true) return
      const base = place.cwd
      turnRules = [
        ...turnRules,
        ...texts.map((text): Rule => ({ behavior: "allow", source: "session", text, base })),
      ]
    },
    detachable: new Map(),
    addSide: ports.addSide,
    clearAfterTurn: ports.clearAfterTurn,
    planFile,
    note: ports.note,
    rename(name) {
      ports.rename(name)
      session.setTitle(name)
    },
    turnEnded() {
      turnRules = []
    },
    async check(run, call) {
      // What may not be read without a question is not looked at before it, not even to say that it is missing.
      const touched = call.tool.access(call.input, run.session.place())
      if (touched.some((one) => one.kind === "write" && !readsFreely(run, one.path))) return null
      return (await call.tool.check?.(call.input, session.toolContext(run, call)).catch(() => null)) ?? null
    },
    async preview(run, call) {
      return call.tool.preview?.(call.input, session.toolContext(run, call)).catch(() => undefined)
    },
    async beforeStop(run) {
      const nudge = finishOf(run)?.nudge() ?? null
      if (nudge !== null) return [{ uuid: crypto.randomUUID(), content: nudge, origin: "reminder" }]
      return fireStop(run)
    },
    wake: ports.wake,
    ...ofHooks.members,
    crons: () => ports.schedule.list(),
  }
  return session
}

/** Why a hook does not let something happen; null when none minds. */
async function forbids(
  run: Run,
  event: string,
  input: Readonly<Record<string, unknown>>,
): Promise<string | null> {
  const { block, reason } = await fireHook(run, event, input)
  return block === true ? (reason ?? `a ${event} hook said no`) : null
}

/** Newer models may edit a file they have not read, where reading it would not be a question (spec/tools.md Edit). */
function mayEditUnread(run: Run, { input }: ReadyCall): boolean {
  const { file_path: path } = input
  if (typeof path !== "string" || !run.settings().model.efforts.includes("xhigh")) return false
  if (!run.tools().some((tool) => tool.name === "Read")) return false
  return readsFreely(run, path)
}

function readsFreely(run: Run, path: string): boolean {
  const reading = { tool: "Read", input: { file_path: path }, access: [{ kind: "read", path } as const] }
  return decide(reading, run.policy()).verdict === "allow"
}

function addsAllow(update: PermissionUpdate): boolean {
  return (update.type === "addRules" || update.type === "replaceRules") && update.behavior === "allow"
}

function detachOf({ detachable }: Session, id: string): Pick<ToolContext, "detach"> {
  const detach = detachable.get(id)
  return detach === undefined ? {} : { detach: detach.signal }
}
