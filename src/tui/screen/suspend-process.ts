import type { Screen } from "./port.ts"

/**
 * What Ctrl+Z does: gives the terminal to the shell, stops this process, and takes the terminal back when the shell
 * continues it.
 */
export async function suspendProcess(screen: Screen): Promise<void> {
  // Windows has no job control.
  if (process.platform === "win32") return
  await screen.suspend()
  const continued = Promise.withResolvers<void>()
  process.once("SIGCONT", () => continued.resolve())
  process.kill(process.pid, "SIGSTOP")
  await continued.promise
  await screen.resume()
}
