/** What `/mcp` shows and does, behind the terminal's port. */
import { patchState, trustKey } from "../config/state.ts"
import { isTexts } from "../extend/json.ts"
import { describeServer, type ServerEntry } from "../extend/mcp/server-config.ts"
import type { ServerRow, ServersPort } from "../tui/ports.ts"
import type { Extensions } from "./extensions.ts"
import { openBrowser } from "./open-browser.ts"
import type { Prepared } from "./prepare.ts"
import { isSignInServer } from "./sign-in-server.ts"

export function createServersPort(
  prepared: Prepared,
  extensions: Pick<Extensions, "servers" | "rereadServers">,
): ServersPort {
  const { paths, env, cwd } = prepared
  const entryOf = (name: string): ServerEntry => {
    const entry = extensions
      .servers()
      ?.entries()
      .find((one) => one.name === name)
    if (entry === undefined) throw new Error(`There is no MCP server ${name}.`)
    return entry
  }
  const stateOf = (name: string) => {
    const found = extensions
      .servers()
      ?.status()
      .find((one) => one.name === name)
    if (found === undefined) return `${name} is gone.`
    const { status, error, tools = [] } = found
    return status === "connected"
      ? `${name} is connected, ${tools.length} tools.`
      : `${name}: ${error ?? status}`
  }
  return {
    list() {
      const servers = extensions.servers()
      if (servers === null) return []
      const status = new Map(servers.status().map((one) => [one.name, one]))
      return servers.entries().flatMap((entry): ServerRow[] => {
        const one = status.get(entry.name)
        if (one === undefined) return []
        return [
          {
            name: entry.name,
            status: one.status,
            ...(one.error !== undefined && { error: one.error }),
            about: describeServer(entry.config),
            scope: entry.scope,
            tools: one.tools?.map(({ name }) => name) ?? [],
            enabled: one.status !== "disabled",
            canSignIn: isSignInServer(entry),
          },
        ]
      })
    },
    async reconnect(name) {
      entryOf(name)
      await extensions.servers()?.reconnect(name)
      return stateOf(name)
    },
    async toggle(name, enabled) {
      const entry = entryOf(name)
      if (entry.held === "rejected") throw new Error(`${name} is rejected by the settings.`)
      if (enabled && entry.held === "pending")
        throw new Error(`${name} waits for your approval; the next start asks for it.`)
      const path = ["projects", trustKey(cwd), "disabledMcpServers"]
      await patchState(paths, (read) => {
        const now = read(path)
        const others = (isTexts(now) ? now : []).filter((one) => one !== name)
        return [{ path, value: enabled ? others : [...others, name] }]
      })
      await extensions.rereadServers()
      // One of the command line or the host is in no file and holds for the session.
      const state = extensions
        .servers()
        ?.status()
        .find((one) => one.name === name)
      if (state !== undefined && (state.status !== "disabled") !== enabled)
        await extensions.servers()?.toggle(name, enabled)
      return enabled ? `${name} is on in this project.` : `${name} is off in this project.`
    },
    async signIn(name, steps, signal) {
      const [{ signInTarget }, { signInToServer }] = await Promise.all([
        import("./server-login.ts"),
        import("../auth/server-sign-in.ts"),
      ])
      const target = signInTarget(entryOf(name))
      await signInToServer(target, {
        paths,
        env,
        async onUrl(url) {
          const opened = await openBrowser(url, env)
          steps.onAddress({ url, opened, takesCode: true })
        },
        pasted: steps.pasted,
        onWrongPaste: steps.onWrongPaste,
        signal,
      })
      await extensions.servers()?.reconnect(name)
      return `Signed in. ${stateOf(name)}`
    },
    async signOut(name) {
      const [{ signInTarget }, { signOutOfServer }] = await Promise.all([
        import("./server-login.ts"),
        import("../auth/server-sign-in.ts"),
      ])
      const target = signInTarget(entryOf(name))
      const { removed, revoked } = await signOutOfServer(target, { paths, env })
      if (!removed) return `There was no sign-in to ${name}.`
      await extensions
        .servers()
        ?.reconnect(name)
        .catch(() => {})
      return `Signed out of ${name}${revoked ? "; the service has revoked it" : ""}.`
    },
  }
}
