import type { Controls } from "../../headless/controls.ts"
import { modelUsage } from "../../headless/fold-turn.ts"
import type { HostContext } from "./host-context.ts"

/** A title beyond this is no title. */
const TITLE_CHARS = 500

/** The session itself: its name, its rules, its commands, what it cost. */
export function sessionControls({ prepared, parts, permissions, state }: HostContext): Controls {
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
        managedOnly: prepared.config.layers.some(
          ({ source, values }) =>
            source === "policySettings" && values.allowManagedPermissionRulesOnly === true,
        ),
        ...(prepared.config.problems.length > 0 && {
          errors: prepared.config.problems.map(({ file, key, message }) => ({
            file,
            path: key ?? "",
            message,
          })),
        }),
      },
    }),
    get_hooks_listing: () => ({
      events: [],
      hooks: [],
      eventCatalog: [],
      policy: {
        disabledByPolicy: false,
        managedOnly: false,
        pluginOnly: false,
        allDisabled: false,
        policyHookCount: 0,
      },
    }),
    reload_skills() {
      parts.skills?.reload()
      const names = new Set(parts.skills?.skillNames() ?? [])
      return { skills: info.slashCommands.filter(({ name }) => names.has(name)) }
    },
    reload_plugins() {
      parts.skills?.reload()
      return { ...extension(), error_count: 0 }
    },
    reload_output_styles: () => ({ available_output_styles: info.outputStyles }),
    get_session_cost: () => ({
      total_cost_usd: state.totals.costUsd,
      total_api_duration_ms: state.totals.apiMs,
      model_usage: modelUsage(state.totals),
    }),
  }
}

function editability(source: string): "persistent" | "session" | "readonly" {
  if (source === "userSettings" || source === "projectSettings" || source === "localSettings")
    return "persistent"
  return source === "session" || source === "cliArg" ? "session" : "readonly"
}
