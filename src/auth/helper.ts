/** `apiKeyHelper`: a command of the person's own that prints a key. Bounded in time and output; its output is never shown. */
import { CredentialError } from "./credential.ts"
import { type Secret, secret } from "./secret.ts"

/** Longest key a helper may print (spec/auth-and-storage.md section 1). */
export const HELPER_MAX_CHARS = 16_384
const HELPER_MS = 30_000

export interface HelperOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/**
 * Runs `command` with `/bin/sh` and returns what it printed, without blanks around.
 * @throws CredentialError when it fails, prints nothing usable, or takes too long.
 */
export async function runHelper(command: string, options: HelperOptions): Promise<Secret> {
  return checked(await runCommand("apiKeyHelper", command, options))
}

/**
 * What a command of the person's own prints; `name` is the setting it stands in.
 * @throws CredentialError when it fails or takes too long.
 */
export async function runCommand(name: string, command: string, options: HelperOptions): Promise<string> {
  options.signal?.throwIfAborted()
  const seconds = (options.timeoutMs ?? HELPER_MS) / 1000
  const child = Bun.spawn(["/bin/sh", "-c", command], {
    env: { ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    // A group of its own, so that what it started ends with it.
    detached: true,
  })
  const stop = Promise.withResolvers<"late" | "aborted">()
  const timer = setTimeout(() => stop.resolve("late"), seconds * 1000)
  const onAbort = () => stop.resolve("aborted")
  options.signal?.addEventListener("abort", onAbort, { once: true })
  try {
    const end = await Promise.race([finish(child), stop.promise])
    options.signal?.throwIfAborted()
    if (end === "late" || end === "aborted")
      throw new CredentialError(`${name} did not finish in ${seconds} s`)
    if (end.code !== 0) throw new CredentialError(`${name} failed with exit code ${end.code}`)
    return end.output
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener("abort", onAbort)
    killGroup(child.pid)
  }
}

async function finish(
  child: Bun.Subprocess<"ignore", "pipe", "ignore">,
): Promise<{ code: number; output: string }> {
  let output = ""
  const decoder = new TextDecoder()
  for await (const part of child.stdout) {
    output += decoder.decode(part, { stream: true })
    if (output.length > HELPER_MAX_CHARS + 1024) break
  }
  // Too much output is refused below, whatever the exit code.
  if (output.length > HELPER_MAX_CHARS + 1024) return { code: 0, output }
  return { code: await child.exited, output }
}

function checked(output: string): Secret {
  const key = output.trim()
  if (key === "") throw new CredentialError("apiKeyHelper printed nothing")
  if (key.length > HELPER_MAX_CHARS)
    throw new CredentialError(`apiKeyHelper printed more than ${HELPER_MAX_CHARS} characters`)
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new CredentialError(
      "apiKeyHelper must print one key of printable ASCII characters and nothing else",
    )
  }
  return secret(key)
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // Nothing of it is left.
  }
}
