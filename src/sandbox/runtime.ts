/**
 * Commands in the operating system's sandbox, by the published runtime (bubblewrap, seatbelt, filtering proxies). It is
 * loaded and its proxies are started with the first command. A command that cannot be contained is not run.
 */

import { existsSync, mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { SandboxAskCallback, SandboxRuntimeConfig } from "@anthropic-ai/sandbox-runtime"
import type { SpawnRequest } from "../model/tool.ts"
import { extractHelpers, type Helpers } from "./helper.ts"
import { clearAway, openJournal } from "./journal.ts"
import { type AskNetwork, createNetworkQuestions, type NetworkQuestions } from "./network-questions.ts"
import type { Sandbox, SandboxPlan } from "./plan.ts"
import { protectedPaths } from "./protected.ts"

type Manager = typeof import("@anthropic-ai/sandbox-runtime").SandboxManager

export interface SandboxOptions {
  /** Default: hosts that no list decides are refused. */
  readonly ask?: AskNetwork
  /** The hosts of now, asked before each command: rules may change while a session runs. Default: the plan's. */
  readonly hosts?: () => Hosts
}

type Hosts = Pick<SandboxPlan["network"], "allowedDomains" | "deniedDomains">

/** Lines about refusals that one command's output gets. */
const MAX_REFUSALS = 10

/** One per process: the runtime keeps its state in its module. */
export function createSandbox(plan: SandboxPlan, options: SandboxOptions = {}): Sandbox {
  const questions = options.ask === undefined ? null : createNetworkQuestions(options.ask)
  let started: Promise<Manager> | null = null
  let known = hostsKey(plan.network)
  /** Before a command, so that what it may reach is what the rules say when it begins. */
  const follow = (runtime: Manager) => {
    const hosts = options.hosts?.() ?? plan.network
    const now = runtime.getConfig()
    if (hostsKey(hosts) === known || now === undefined) return
    const { allowedDomains, deniedDomains } = hosts
    runtime.updateConfig({
      ...now,
      network: { ...now.network, allowedDomains: [...allowedDomains], deniedDomains: [...deniedDomains] },
    })
    known = hostsKey(hosts)
  }
  let closed = false
  const journal = openJournal(join(plan.helpers, "..", "sandbox-sessions"), plan.temporary)
  const manager = () => {
    started ??= start(plan, questions).catch((error: unknown) => {
      started = null
      throw error
    })
    return started
  }
  return {
    async wrap(request) {
      if (closed) throw new Error("The sandbox is closed.")
      const runtime = await manager().catch((error: unknown) => {
        throw new Error(`The sandbox could not be started, so the command was not run: ${textOf(error)}`)
      })
      follow(runtime)
      const filesystem = filesystemOf(plan, request)
      const commandId = crypto.randomUUID()
      journal.note(
        filesystem.denyWrite.map(({ path }) => path).filter((path) => !existsSync(path)),
        [runtime.getLinuxHttpSocketPath(), runtime.getLinuxSocksSocketPath()].filter(
          (one) => one !== undefined,
        ),
      )
      const { argv } = await runtime
        .wrapWithSandboxArgv(
          inner(request, plan),
          "/bin/sh",
          { filesystem },
          undefined,
          request.cwd,
          // Random: the default is the command's text, and it would stand in the environment of the command.
          { commandId, ...(request.command === undefined ? {} : { commandText: request.command }) },
        )
        .catch((error: unknown) => {
          throw new Error(`The command cannot be put into the sandbox, so it was not run: ${textOf(error)}`)
        })
      let over = false
      // Helpers of the program's own (a preview, git) are not told when they end, and nobody is asked for them.
      const finish = request.command === undefined ? undefined : questions?.begin()
      return {
        ...request,
        argv: closeKernelSettings(argv, plan),
        refusals: () => refusalsOf(runtime, commandId),
        ended() {
          if (over) return
          over = true
          finish?.()
          runtime.cleanupAfterCommand()
        },
      }
    },
    async close() {
      closed = true
      questions?.close()
      const running = started
      started = null
      if (running !== null) await running.then((runtime) => runtime.reset()).catch(() => {})
      rmSync(plan.temporary, { recursive: true, force: true })
      journal.close()
    },
  }
}

function hostsKey({ allowedDomains, deniedDomains }: Hosts): string {
  return JSON.stringify([allowedDomains, deniedDomains])
}

async function start(plan: SandboxPlan, questions: NetworkQuestions | null): Promise<Manager> {
  clearAway(join(plan.helpers, "..", "sandbox-sessions"))
  mkdirSync(plan.temporary, { recursive: true, mode: 0o700 })
  const helpers = await extractHelpers(plan.helpers)
  const { SandboxManager } = await import("@anthropic-ai/sandbox-runtime")
  const ask: SandboxAskCallback = async ({ host, port }) => {
    const answer = (await questions?.answer(host, port)) ?? "it is not on the allow list"
    return answer === true ? true : { allow: false, reason: answer }
  }
  await SandboxManager.initialize(runtimeConfig(plan, helpers), questions === null ? undefined : ask)
  return SandboxManager
}

/** What the proxies refused to one command, each once, for its output. */
function refusalsOf(runtime: Manager, commandId: string): readonly string[] {
  const lines = runtime
    .getSandboxViolationStore()
    .getViolationsForCommand(commandId)
    .map(({ line }) => `[sandbox] ${line.replace(/^deny network-outbound /, "no connection to ")}`)
  const unique = [...new Set(lines)]
  const more = unique.length - MAX_REFUSALS
  return more > 0 ? [...unique.slice(0, MAX_REFUSALS), `[sandbox] and ${more} more`] : unique
}

/** The configuration of the runtime; pure. */
export function runtimeConfig(plan: SandboxPlan, helpers: Helpers): SandboxRuntimeConfig {
  const { network } = plan
  return {
    network: {
      allowedDomains: [...network.allowedDomains],
      deniedDomains: [...network.deniedDomains],
      strictAllowlist: network.strict,
      allowUnixSockets: [...network.allowUnixSockets],
      allowAllUnixSockets: network.allowAllUnixSockets,
      allowLocalBinding: network.allowLocalBinding,
      allowMachLookup: [...network.allowMachLookup],
      ...(network.httpProxyPort === undefined ? {} : { httpProxyPort: network.httpProxyPort }),
      ...(network.socksProxyPort === undefined ? {} : { socksProxyPort: network.socksProxyPort }),
    },
    filesystem: filesystemOf(plan, { cwd: plan.project }),
    ignoreViolations: Object.fromEntries(
      Object.entries(plan.ignoreViolations).map(([part, lines]) => [part, [...lines]]),
    ),
    credentials: { files: [], envVars: plan.hiddenEnv.map((name) => ({ name, mode: "deny" as const })) },
    // Its search for nested repositories is ours (protected.ts): ripgrep need not be installed.
    ripgrep: { command: "/bin/true" },
    ...(helpers.seccomp === undefined ? {} : { seccomp: { applyPath: helpers.seccomp } }),
    javaAgentJarPath: helpers.javaAgent,
    ...(plan.bwrapPath === undefined ? {} : { bwrapPath: plan.bwrapPath }),
    ...(plan.socatPath === undefined ? {} : { socatPath: plan.socatPath }),
    enableWeakerNestedSandbox: plan.weakerNested,
    enableWeakerNetworkIsolation: plan.weakerNetwork,
    allowNestedUserNamespaces: plan.nestedUserNamespaces,
    allowAppleEvents: plan.appleEvents,
  }
}

function filesystemOf(plan: SandboxPlan, request: Pick<SpawnRequest, "cwd" | "roots">) {
  const { filesystem } = plan
  const roots = [...new Set([plan.project, ...(request.roots ?? [])])]
  const others = filesystem.allowWrite
  const writable = [...new Set([...roots, ...others, plan.temporary])]
  return {
    ...(filesystem.disabled ? { disabled: true } : {}),
    allowWrite: writable.map(literal),
    denyWrite: [...new Set([...filesystem.denyWrite, ...protectedPaths(roots, others)])].map(literal),
    denyRead: filesystem.denyRead.map((path) => (/[*?[\]]/.test(path) ? path : literal(path))),
    allowRead: filesystem.allowRead.map(literal),
  }
}

/** Not a pattern, whatever characters a folder's name has. */
function literal(path: string) {
  return { path, literal: true as const }
}

/**
 * `/proc/sys` of the sandbox belongs to the whole machine, and bubblewrap leaves it open to root. The runtime has no
 * setting for that, so the bind is put behind the mount of `/proc` that it asks for.
 */
function closeKernelSettings(argv: readonly string[], plan: SandboxPlan): [string, ...string[]] {
  const [shell = "/bin/sh", flag = "-c", line = "", ...rest] = argv
  if (process.platform !== "linux" || plan.weakerNested) return [shell, flag, line, ...rest]
  const mount = " --proc /proc "
  const at = line.indexOf(mount)
  if (at < 0)
    throw new Error("The sandbox runtime does not mount /proc as expected, so the command was not run.")
  const end = at + mount.length
  return [shell, flag, `${line.slice(0, end)}--ro-bind /proc/sys /proc/sys ${line.slice(end)}`, ...rest]
}

/** The request as one command of a POSIX shell; temporary files go where the command may write. */
function inner(request: SpawnRequest, plan: SandboxPlan): string {
  const words = ["env", `TMPDIR=${plan.temporary}`, ...request.argv]
  return `exec ${words.map(quote).join(" ")}`
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
