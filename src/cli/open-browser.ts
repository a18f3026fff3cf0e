import type { Env } from "../config/paths.ts"

/** A browser that has not come up by then is on its way or never will be. */
const OPEN_MS = 3_000

/** Asks the system to open `url`; false where there is no browser to be had (SSH, no display), so that the URL must be shown. */
export async function openBrowser(url: string, env: Env): Promise<boolean> {
  const command = opener(env)
  if (command === null) return false
  try {
    const child = Bun.spawn([...command, url], {
      env: { ...env },
      stdio: ["ignore", "ignore", "ignore"],
      detached: true,
    })
    child.unref()
    // Some openers stay for as long as the browser does.
    return (await Promise.race([child.exited, Bun.sleep(OPEN_MS).then(() => 0)])) === 0
  } catch {
    return false
  }
}

function opener(env: Env): readonly string[] | null {
  if (env.BROWSER === "none") return null
  if (env.SSH_CONNECTION || env.SSH_TTY) return null
  if (env.BROWSER && Bun.which(env.BROWSER, { PATH: env.PATH ?? "" })) return [env.BROWSER]
  if (process.platform === "darwin") return ["open"]
  if (process.platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"]
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY && !env.WSL_DISTRO_NAME) return null
  const found = ["wslview", "xdg-open"].find((name) => Bun.which(name, { PATH: env.PATH ?? "" }))
  return found === undefined ? null : [found]
}
