/**
 * Hands this process over to another program. Where the system can replace a process (Linux, macOS) it does: terminal,
 * signals, job control and exit code are then the program's own. Elsewhere a child inherits the terminal and
 * this process only waits for it.
 */
export async function become(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<number> {
  if (process.execve !== undefined && process.platform !== "win32")
    process.execve(program, [program, ...args], env)
  return await waitFor(program, args, env)
}

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"] as const

async function waitFor(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<number> {
  const child = Bun.spawn([program, ...args], { env, stdio: ["inherit", "inherit", "inherit"] })
  for (const signal of forwarded) {
    // The terminal sends Ctrl+C to the whole group; the child decides what it means.
    process.on(signal, () => signal !== "SIGINT" && child.kill(signal))
  }
  return await child.exited
}
