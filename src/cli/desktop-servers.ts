/** MCP servers of the desktop app, read from its configuration file; nothing there is changed. */
import { existsSync, readdirSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { isObject } from "../extend/json.ts"
import { readMcpFile } from "../extend/mcp/read-config.ts"
import { readServer } from "../extend/mcp/server-config.ts"

export interface DesktopPlace {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where WSL shows the folders of Windows users. */
  readonly windowsUsers: string
}

export interface DesktopServers {
  readonly file: string
  readonly servers: readonly { readonly name: string; readonly entry: object }[]
  /** One line for each entry that cannot be used. */
  readonly problems: readonly string[]
}

const FILE = "claude_desktop_config.json"

/** Throws one line where there is no such app or file. */
export function desktopServers(place: DesktopPlace = ownPlace()): DesktopServers {
  const candidates = filesOf(place)
  const file = candidates.find((one) => existsSync(one))
  if (candidates.length === 0)
    throw new Error("Servers can be taken over from the desktop app on macOS, Windows and WSL only.")
  if (file === undefined) throw new Error(`The desktop app has no configuration here: ${candidates[0]}`)
  const read = readMcpFile(file)
  if (read?.error !== undefined) throw new Error(`${file}: ${read.error}`)
  const servers: { name: string; entry: object }[] = []
  const problems: string[] = []
  for (const [name, entry] of Object.entries(isObject(read?.servers) ? read.servers : {})) {
    const config = readServer(name, entry, place.env, () => {})
    if ("error" in config) problems.push(config.error)
    else servers.push({ name: name.replace(/[^A-Za-z0-9_-]/g, "_"), entry: entry as object })
  }
  return { file, servers, problems }
}

function ownPlace(): DesktopPlace {
  return {
    platform: process.platform,
    home: homedir(),
    env: process.env,
    windowsUsers: "/mnt/c/Users",
  }
}

function filesOf({ platform, home, env, windowsUsers }: DesktopPlace): readonly string[] {
  if (platform === "darwin") return [join(home, "Library", "Application Support", "Claude", FILE)]
  if (platform === "win32") return [join(env.APPDATA ?? join(home, "AppData", "Roaming"), "Claude", FILE)]
  if (!env.WSL_DISTRO_NAME) return []
  try {
    const users = readdirSync(windowsUsers).filter(
      (name) => !/^(Public|Default.*|All Users|desktop\.ini)$/i.test(name),
    )
    return users.map((user) => join(windowsUsers, user, "AppData", "Roaming", "Claude", FILE))
  } catch {
    return [join(windowsUsers, "*", "AppData", "Roaming", "Claude", FILE)]
  }
}

/** `name`, or `name_1`, `name_2`, … when it is taken. */
export function freeName(name: string, taken: (name: string) => boolean): string {
  if (!taken(name)) return name
  for (let number = 1; ; number++) if (!taken(`${name}_${number}`)) return `${name}_${number}`
}
