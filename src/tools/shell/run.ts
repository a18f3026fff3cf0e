/**
 * One shell command as one process group: its output spooled, its working directory afterwards known. The
 * directory comes back through a file without a name, which the command itself does not inherit.
 */
import { accessSync, closeSync, constants, readSync } from "node:fs"
import { type Exit, type Group, startGroup } from "../../lib/process.ts"
import type { TerminalRequest } from "../../model/terminal.ts"
import type { ToolContext } from "../../model/tool.ts"
import { privateFile } from "./private-file.ts"
import { shellSnapshot } from "./snapshot.ts"
import { OUTPUT_CAP, Spool } from "./spool.ts"

/** Linux: one argument may have 128 KiB. */
const MAX_COMMAND_BYTES = 120 * 1024
/** A path is at most this long (PATH_MAX), and a newline. */
const MAX_CWD_BYTES = 4097

export interface ShellRun {
  readonly spool: Spool
  readonly exit: Promise<Exit>
  /** The directory the shell ended in, canonical; null when it left by `exit`, `exec` or a signal. */
  cwdAfter(): string | null
  overflowed(): boolean
  /** The shell ended, but a job it started with `&` did not. */
  leftBehind(): boolean
  stop(): void
  /** Closes what belongs to the run. Call it once `exit` settled. */
  dispose(): void
}

/** What of a call's context a shell needs. */
export type ShellPlace = Pick<ToolContext, "cwd" | "env" | "home" | "spillDir" | "spawn"> & {
  readonly roots?: readonly string[]
}

export interface ShellRequest {
  readonly command: string
  readonly spoolPath: string
  readonly unsandboxed: boolean
  /** The chunk is only valid during the call. */
  onOutput(stream: "stdout" | "stderr", chunk: Uint8Array): void
}

/** Throws an Error whose message is fit for the model when the command cannot be started. */
export async function startShell(ctx: ShellPlace, request: ShellRequest): Promise<ShellRun> {
  if (Buffer.byteLength(request.command) > MAX_COMMAND_BYTES)
    throw new Error(
      `The command is longer than ${MAX_COMMAND_BYTES} bytes. Put it into a script file and run that.`,
    )
  const shell = shellPath(ctx.env)
  const wrapped = await ctx.spawn.wrap({
    argv: [shell, "-c", prefixed(ctx.env, script(ctx.env, request.command, await shellSnapshot(ctx, shell)))],
    cwd: ctx.cwd,
    env: childEnvironment(ctx.env, shell),
    ...(ctx.roots === undefined ? {} : { roots: ctx.roots }),
    ...(request.unsandboxed ? { unsandboxed: true } : {}),
  })
  const spool = new Spool(request.spoolPath)
  const fd = privateFile()
  let overflow = false
  let disposed = false
  let printed = 0
  let group: Group
  try {
    group = startGroup({
      argv: wrapped.argv,
      cwd: wrapped.cwd,
      env: wrapped.env,
      ...(fd === null ? {} : { fd3: fd }),
      onData(stream, chunk) {
        printed += chunk.length
        if (printed > OUTPUT_CAP && !overflow) {
          overflow = true
          group.kill()
        }
        // A grandchild may print on after the call; its pipe is emptied so that it does not hang, nothing is kept.
        if (disposed) return
        spool.write(stream, chunk)
        request.onOutput(stream, chunk)
      },
    })
  } catch (error) {
    if (fd !== null) closeSync(fd)
    wrapped.ended?.()
    throw new Error(`The shell could not be started: ${(error as Error).message}`)
  }
  if (wrapped.ended !== undefined) void group.ended.then(wrapped.ended)
  return {
    spool,
    exit: group.ended,
    cwdAfter: () => (fd === null ? null : readCwd(fd)),
    overflowed: () => overflow,
    leftBehind: () => group.alive(),
    stop: () => group.stop(),
    dispose() {
      disposed = true
      spool.close()
      if (fd !== null) closeSync(fd)
    },
  }
}

/** The same command with the same setup for a terminal: its input is the person's, its directory is not followed. */
export async function terminalRequest(
  ctx: ShellPlace,
  command: string,
  unsandboxed: boolean,
): Promise<TerminalRequest> {
  const shell = shellPath(ctx.env)
  const setup = sources(ctx.env, await shellSnapshot(ctx, shell))
  const env = { ...childEnvironment(ctx.env, shell), TERM: ctx.env.TERM ?? "xterm-256color" }
  const { GIT_EDITOR: _, ...rest } = env as Record<string, string>
  const wrapped = await ctx.spawn.wrap({
    argv: [shell, "-c", prefixed(ctx.env, [...setup, `eval ${quote(command)}`].join("\n"))],
    cwd: ctx.cwd,
    env: ctx.env.GIT_EDITOR === undefined ? rest : { ...rest, GIT_EDITOR: ctx.env.GIT_EDITOR },
    ...(unsandboxed ? { unsandboxed: true } : {}),
  })
  return { ...wrapped, command }
}

/** bash when there is one, since permissions are judged by bash's grammar; else what the environment names. */
function shellPath(env: Readonly<Record<string, string>>): string {
  const named = [env.CLAUDE_CODE_SHELL, env.SHELL].filter(
    (path) => path && /\/(ba|z)sh$/.test(path),
  ) as string[]
  const bash = named.filter((path) => path.endsWith("/bash"))
  const found = [...bash, "/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash", ...named].find(isExecutable)
  return found ?? "/bin/sh"
}

function isExecutable(path: string): boolean {
  return may(path, constants.X_OK)
}

function isReadable(path: string): boolean {
  return may(path, constants.R_OK)
}

function may(path: string, right: number): boolean {
  try {
    accessSync(path, right)
    return true
  } catch {
    return false
  }
}

/**
 * `eval` keeps here-documents and comments whole; inside `&&`/`||` a `set -e` of the command does not skip the
 * report of the directory (spec/tools.md: `set -e; false; echo no` prints no). All of it is one compound command, read
 * before anything runs: behind a command that cannot be parsed the shell would complain about lines of ours.
 */
function script(env: ToolContext["env"], command: string, snapshot: string | null): string {
  return [
    ...sources(env, snapshot),
    `{ { eval ${quote(command)} 3>&-; } </dev/null && set -- 0 || set -- $?; { builtin pwd -P >&3; } 2>/dev/null || :; exit "$1"; }`,
  ].join("\n")
}

/** What is read before the command: the person's setup, then CLAUDE_ENV_FILE (spec/hooks.md section 8). */
function sources(env: ToolContext["env"], snapshot: string | null): string[] {
  const exports = env.CLAUDE_ENV_FILE
  return [
    ...(snapshot === null ? [] : [`. ${quote(snapshot)} >/dev/null 2>&1 || :`]),
    ...(exports && isReadable(exports) ? [`. ${quote(exports)} </dev/null >/dev/null 2>&1 || :`] : []),
  ]
}

/** CLAUDE_CODE_SHELL_PREFIX (spec/cli.md section 5): a program, with options, that is given the command as one word. */
function prefixed(env: ToolContext["env"], script: string): string {
  const prefix = env.CLAUDE_CODE_SHELL_PREFIX?.trim()
  return prefix ? `exec ${prefix} ${quote(script)}` : script
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** spec/cli.md section 5.3. Telemetry settings of this program are not the child's. */
function childEnvironment(env: Readonly<Record<string, string>>, shell: string): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith("OTEL_"))
  return {
    ...Object.fromEntries(kept),
    SHELL: shell,
    CLAUDECODE: "1",
    CLAUDE_CODE_CHILD_SESSION: "1",
    CLAUDE_PID: String(process.pid),
    GIT_EDITOR: "true",
  }
}

function readCwd(fd: number): string | null {
  const buffer = Buffer.alloc(MAX_CWD_BYTES)
  const length = readSync(fd, buffer, 0, buffer.length, 0)
  const text = buffer.toString("utf8", 0, length)
  return text.startsWith("/") && text.endsWith("\n") ? text.slice(0, -1) : null
}
