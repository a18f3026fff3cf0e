import { basename, join } from "node:path"
import type { SessionChanged } from "../model/event.ts"
import type { SideLine } from "../model/line.ts"
import type { Rule } from "../model/permission.ts"
import type { ToolContext } from "../model/tool.ts"
import type { Policy } from "../permissions/policy.ts"
import { applyUpdates } from "../permissions/updates.ts"
import { createAsks } from "./asks.ts"
import { createFileMemory } from "./file-memory.ts"
import type { EngineOptions } from "./options.ts"
import { finishOf, type Session } from "./run.ts"
import { createTasks } from "./tasks.ts"
import { turnPort } from "./turn-port.ts"

export interface SessionPorts {
  readonly emitState: (why: SessionChanged["why"]) => void
  readonly notice: (level: "info" | "warning" | "error", code: string, text: string) => void
  readonly onTask: Parameters<typeof createTasks>[0]["onChange"]
  readonly clearAfterTurn: () => void
  readonly setTitle: (title: string) => void
  readonly addSide: (line: SideLine) => void
  readonly onTaskEnd: Parameters<typeof createTasks>[0]["onEnd"]
}

export function createSession(options: EngineOptions, sessionId: string, ports: SessionPorts): Session {
  const { place, models, permissions } = options
  let folder = place.sessionDir(sessionId)
  let cwd = place.cwd
  let mode = permissions.mode
  let rules = permissions.rules
  let roots: readonly string[] = [place.cwd, ...place.additionalRoots]
  let model = models.resolve(models.model)
  let effort = models.effort
  let thinking = models.thinking
  let display = models.display
  let fruitless = 0
  let turnRules: readonly Rule[] = []
  const planFile = () => join(place.configDir, "plans", `${basename(folder)}.md`)
  const files = createFileMemory()
  const asks = createAsks()
  const tasks = createTasks({
    folder: () => join(folder, "tasks"),
    onChange: ports.onTask,
    onEnd: ports.onTaskEnd,
  })

  const session: Session = {
    options,
    hooks: options.hooks,
    asks,
    tasks,
    canAsk: options.canAsk,
    maxConcurrency: options.maxConcurrency,
    files,
    runningAgents: { count: 0 },
    place: () => ({ cwd, home: place.home }),
    policy: (): Policy => ({
      mode,
      rules: turnRules.length === 0 ? rules : [...turnRules, ...rules],
      cwd,
      roots,
      home: place.home,
      configDir: place.configDir,
      ownFiles: [planFile()],
      resolve: place.resolve,
      sandboxed: permissions.sandboxed,
    }),
    mode: () => mode,
    setMode(next) {
      if (!permissions.modes.includes(next)) {
        return next === "bypassPermissions"
          ? "bypassPermissions must be enabled at the start: --allow-dangerously-skip-permissions"
          : `mode ${next} is not available in this session`
      }
      if (next === mode) return null
      mode = next
      session.changed("mode")
      return null
    },
    updatePermissions(updates) {
      const next = applyUpdates(rules, mode, roots, updates)
      const before = mode
      rules = next.rules
      roots = next.roots
      if (next.mode !== before && permissions.modes.includes(next.mode)) {
        mode = next.mode
        session.changed("mode")
      }
      if (next.persist.length === 0) return
      permissions.persist(next.persist).then((problem) => {
        if (problem !== null)
          ports.notice("warning", "settings", `the rule holds for this session only: ${problem}`)
      })
    },
    model: () => model,
    setModel(name) {
      model = models.resolve(name ?? models.model)
      session.changed("model")
    },
    effort: () => effort,
    setEffort(next) {
      effort = next
      session.changed("effort")
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
      modes: permissions.modes,
      effort,
      tools: [...options.tools, ...(options.finish?.tool ? [options.finish.tool] : [])].map(
        ({ name }) => name,
      ),
      credential: options.credential,
      context,
      ...(options.commands === undefined ? {} : { commands: options.commands.list() }),
    }),
    changed: ports.emitState,
    restart(id) {
      folder = place.sessionDir(id)
      cwd = place.cwd
      files.clear()
      fruitless = 0
    },
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
      env: place.env,
      roots,
      spillDir: join(folder, "tool-results"),
      setCwd(path) {
        if (run.agent !== undefined || path === cwd) return
        cwd = path
        session.changed("cwd")
      },
      files: run.files,
      agents: run.agents,
      transcript: run.history.file,
      planFile: planFile(),
      setMode: (next) => void session.setMode(next),
      stateDir: place.tasksDir(basename(folder)),
      judged: (path) => place.resolve(path) ?? undefined,
      spawn: options.spawn,
      tasks,
      turn: turnPort(run),
    }),
    allowForTurn(texts) {
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
    setTitle: ports.setTitle,
    turnEnded() {
      turnRules = []
    },
    async preview(run, call) {
      // A call that would fail is still a question; its error comes when it runs.
      return call.tool.preview?.(call.input, session.toolContext(run, call)).catch(() => undefined)
    },
    async beforeStop(run) {
      const nudge = finishOf(run)?.nudge() ?? null
      if (nudge !== null) return [{ uuid: crypto.randomUUID(), content: nudge, origin: "reminder" }]
      if (!session.hooks.listens("Stop")) return []
      const outcome = await session.hooks.fire(
        "Stop",
        { stop_hook_active: run.meter.stopHooks > 0 },
        { signal: run.signal },
      )
      if (outcome.block !== true || ++run.meter.stopHooks > MAX_STOP_BLOCKS) return []
      const content = outcome.reason ?? "A Stop hook wants you to go on."
      return [{ uuid: crypto.randomUUID(), content, origin: "reminder" }]
    },
  }
  return session
}

/** Blocks in a row after which a Stop hook is ignored (CLAUDE_CODE_STOP_HOOK_BLOCK_CAP in spec/cli.md). */
const MAX_STOP_BLOCKS = 8

function detachOf({ detachable }: Session, id: string): Pick<ToolContext, "detach"> {
  const detach = detachable.get(id)
  return detach === undefined ? {} : { detach: detach.signal }
}
