/** Runs a command with its output kept back; the output is only for the error message. */
export interface Outcome {
  readonly ok: boolean
  /** stdout and stderr together. */
  readonly output: string
}

export interface QuietRun {
  readonly cwd: string
  readonly env?: Record<string, string | undefined>
  /** Milliseconds before the command is killed. */
  readonly deadline: number
}

export function runQuietly(command: readonly string[], { cwd, env, deadline }: QuietRun): Outcome {
  const done = Bun.spawnSync([...command], {
    cwd,
    env: env ?? process.env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: deadline,
    killSignal: "SIGKILL",
  })
  const output = `${done.stdout}${done.stderr}`
  if (done.exitedDueToTimeout)
    return { ok: false, output: `${output}\nerror: no end after ${deadline / 1000} s` }
  return { ok: done.exitCode === 0, output }
}

/** The line of `output` that says what went wrong, else its last line. */
export function reasonIn(output: string): string {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
  return lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1) ?? "no output"
}
