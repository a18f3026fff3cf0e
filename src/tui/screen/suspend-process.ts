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
  // The whole process group, as the terminal itself would: a shell waits for all of a job to stop.
  process.kill(0, "SIGTSTP")
  await continued.promise
  await screen.resume()
}
