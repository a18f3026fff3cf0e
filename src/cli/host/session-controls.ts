import { isAbsolute } from "node:path"
import { ControlError, type Controls } from "../../headless/controls.ts"
import { isObject } from "../../headless/shapes.ts"
import { addPlugins } from "../host-extensions.ts"
import type { HostContext } from "./host-context.ts"
import { listHooks } from "./list-hooks.ts"

/** A title beyond this is no title. */
const TITLE_CHARS = 500

/** The session itself: its name, its rules, its commands, what it cost. */
export function sessionControls({
  prepared,
  parts,
  permissions,
  state,
  progress,
  live,
  extensions,
}: HostContext): Controls {
  const { info } = state.options
  const extension = () => ({
    commands: info.slashCommands,
    agents: info.agents,
    plugins: info.plugins,
    mcpServers: info.mcpServers,
  })
  return {
    rename_session({ title, session_id: id }) {
      if (typeof title !== "string" || title.trim() === "") throw new Error("title must be a text.")
      if (typeof id === "string" && id !== state.session?.id)
        throw new Error(`This process has moved on to session ${state.session?.id ?? "(none)"}.`)
      permissions.engine.send({ type: "title", title: title.trim().slice(0, TITLE_CHARS) })
      return {}
    },
    // A colour is for a screen; there is none here, and a host that sets one must not fail.
    set_color({ color }) {
      if (typeof color !== "string") throw new Error("color must be a string.")
      return {}
    },
    list_permission_rules: () => ({
      state: {
        rules: permissions.rules().map(({ behavior, source, text }) => ({
          behavior,
          source,
          rule: text,
          editability: editability(source),
        })),
        workspaceDirectories: permissions
          .roots()
          .slice(1)
          .map((path) => ({ path, source: "session" })),
        originalCwd: prepared.cwd,
        managedOnly: live.config.layers.some(
          ({ source, values }) =>
            source === "policySettings" && values.allowManagedPermissionRulesOnly === true,
        ),
        ...(live.config.problems.length > 0 && {
          errors: live.config.problems.map(({ file, key, message }) => ({
            file,
            path: key ?? "",
            message,
          })),
        }),
      },
    }),
    get_hooks_listing: () => listHooks(extensions.hooks.list(), live.config, prepared.flags),
    reload_skills() {
      parts.skills?.reload()
      const names = new Set(parts.skills?.skillNames() ?? [])
      return { skills: info.slashCommands.filter(({ name }) => names.has(name)) }
    },
    reload_plugins({ add_plugins: more, refuse_if_busy: refuse, hold_on_cache_impact: hold }) {
      if (refuse === true && !progress.settled())
        throw new ControlError("The session is busy; nothing was reloaded.", "reload_plugins_busy")
      if (more !== undefined && !(Array.isArray(more) && more.every(isPluginEntry)))
        throw new Error('add_plugins must be a list of {type: "local", path: <absolute path>}.')
      // Servers start with the session; those of a plugin that comes later stay out.
      if (Array.isArray(more))
        addPlugins(
          prepared,
          parts,
          extensions,
          more.map((one) => ({ ...one, skipMcpDiscovery: true })),
        )
      parts.skills?.reload()
      const error_count = prepared.plugins?.problems.length ?? 0
      return { ...extension(), error_count, ...(hold === true && { held: false }) }
    },
    reload_output_styles: () => ({ available_output_styles: info.outputStyles }),
  }
}

function isPluginEntry(value: unknown): boolean {
  return isObject(value) && value.type === "local" && typeof value.path === "string" && isAbsolute(value.path)
}

function editability(source: string): "persistent" | "session" | "readonly" {
  if (source === "userSettings" || source === "projectSettings" || source === "localSettings")
    return "persistent"
  return source === "session" || source === "cliArg" ? "session" : "readonly"
}
