import { createPicker, type PickerItem } from "../dialogs/picker.ts"
import type { ServerRow, ServersPort } from "../ports.ts"
import { showSignIn } from "./browser-sign-in.ts"
import type { CommandContext, SlashCommand } from "./command.ts"
import { tell } from "./tell.ts"

export const mcp: SlashCommand = {
  name: "mcp",
  aliases: [],
  description: "MCP servers: how they are, their tools, signing in",
  argumentHint: "[server]",
  run(context, args) {
    const { servers = null } = context.ports
    if (servers === null) return context.notice("info", "The demo has no MCP servers.")
    if (args === "") return choose(context, servers)
    const [, verb, rest = ""] = /^(\S+)(?:\s+(.*))?$/s.exec(args) ?? []
    const name = rest.trim()
    if (verb === "reconnect" && name !== "") return tell(context, servers.reconnect(name))
    if (verb === "enable" || verb === "disable")
      return tell(context, toggle(servers, name === "" ? "all" : name, verb === "enable"))
    const named = servers.list().find((row) => row.name === args)
    if (named !== undefined) return act(context, servers, named)
    context.notice(
      "error",
      "/mcp takes a server, reconnect <server>, enable [<server>|all] or disable [<server>|all].",
    )
  },
}

async function toggle(servers: ServersPort, name: string, enabled: boolean): Promise<string> {
  if (name !== "all") return servers.toggle(name, enabled)
  const wanted = servers.list().filter((server) => server.enabled !== enabled)
  if (wanted.length === 0) return `All servers are ${enabled ? "on" : "off"} already.`
  const lines: string[] = []
  // One after the other: each changes the same file.
  for (const server of wanted) lines.push(await servers.toggle(server.name, enabled))
  return lines.join("\n")
}

const MARKS: Readonly<Record<ServerRow["status"], string>> = {
  connected: "✔ connected",
  failed: "✘ failed",
  "needs-auth": "! needs a sign-in",
  pending: "⏸ pending",
  disabled: "⏸ off",
}

function choose(context: CommandContext, servers: ServersPort): void {
  const { open, close, changed, notice } = context
  if (servers.list().length === 0) {
    notice("info", "There are no MCP servers here. `ccts mcp add` adds one.")
    return
  }
  open(
    createPicker({
      title: "MCP servers",
      load: async (query) =>
        servers
          .list()
          .filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()))
          .map((row) => ({ label: row.name, hint: hintOf(row), value: row })),
      pick: (row) => act(context, servers, row),
      cancel: close,
      changed,
    }),
  )
  changed()
}

function hintOf({ status, tools, scope }: ServerRow): string {
  const count = status === "connected" ? ` · ${tools.length} tools` : ""
  return `${MARKS[status]}${count} · ${scope}`
}

type Action = "sign-in" | "sign-out" | "tools" | "reconnect" | "toggle"

function act(context: CommandContext, servers: ServersPort, row: ServerRow): void {
  const { open, close, changed, notice } = context
  open(
    createPicker<Action>({
      title: `${row.name} · ${row.error ?? MARKS[row.status]}`,
      load: async (query) =>
        actionsOf(row).filter(({ label }) => label.toLowerCase().includes(query.toLowerCase())),
      pick(action) {
        close()
        switch (action) {
          case "sign-in":
            return showSignIn(context, (steps, signal) => servers.signIn(row.name, steps, signal))
          case "sign-out":
            return tell(context, servers.signOut(row.name))
          case "tools":
            notice("info", [`${row.name} (${row.about})`, ...row.tools.map((tool) => `  ${tool}`)].join("\n"))
            return changed()
          case "reconnect":
            return tell(context, servers.reconnect(row.name))
          case "toggle":
            return tell(context, servers.toggle(row.name, !row.enabled))
        }
      },
      cancel: () => choose(context, servers),
      changed,
    }),
  )
  changed()
}

function actionsOf(row: ServerRow): readonly PickerItem<Action>[] {
  const item = (value: Action, label: string, hint = ""): PickerItem<Action> => ({ value, label, hint })
  return [
    ...(row.canSignIn && row.status === "needs-auth"
      ? [item("sign-in", "Authenticate", "in the browser")]
      : []),
    ...(row.tools.length > 0 ? [item("tools", "Show its tools", `${row.tools.length}`)] : []),
    ...(row.enabled ? [item("reconnect", "Reconnect")] : []),
    ...(row.canSignIn && row.status !== "needs-auth" && row.enabled
      ? [item("sign-in", "Authenticate again", "in the browser"), item("sign-out", "Clear authentication")]
      : []),
    item("toggle", row.enabled ? "Switch off in this project" : "Switch on in this project"),
  ]
}
