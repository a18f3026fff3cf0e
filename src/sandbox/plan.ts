/**
 * Everything the sandbox was told to do, decided before the first command: plain data, all paths absolute. `cli/`
 * makes it from the settings layers; nothing here reads a setting again.
 */
export interface SandboxPlan {
  /** The project's folder. */
  readonly project: string
  readonly home: string
  /** The session's own temporary folder, writable inside; made on first use, removed at the end. */
  readonly temporary: string
  /** Our own cache folder: helper programs are put there, commands cannot write it. */
  readonly helpers: string
  readonly filesystem: {
    /** No rules about files at all (`sandbox.filesystem.disabled`). */
    readonly disabled: boolean
    readonly allowWrite: readonly string[]
    /** Wins over `allowWrite`; holds for paths that do not exist yet, too. */
    readonly denyWrite: readonly string[]
    /** Literal paths or patterns with `*`. */
    readonly denyRead: readonly string[]
    /** Exceptions to `denyRead`. */
    readonly allowRead: readonly string[]
  }
  readonly network: {
    /** Host names or `*.example.com`, matched label by label; empty: nothing. */
    readonly allowedDomains: readonly string[]
    readonly deniedDomains: readonly string[]
    /** Nobody is asked about a host that is on neither list: it is refused. */
    readonly strict: boolean
    readonly allowUnixSockets: readonly string[]
    readonly allowAllUnixSockets: boolean
    readonly allowLocalBinding: boolean
    readonly allowMachLookup: readonly string[]
    readonly httpProxyPort?: number
    readonly socksProxyPort?: number
  }
  /** Refusals that are not reported: parts of their line, by a part of the command, or `*` for all. */
  readonly ignoreViolations: Readonly<Record<string, readonly string[]>>
  /** Variables that commands must not see. */
  readonly hiddenEnv: readonly string[]
  readonly bwrapPath?: string
  readonly socatPath?: string
  readonly weakerNested: boolean
  readonly weakerNetwork: boolean
  readonly nestedUserNamespaces: boolean
  readonly appleEvents: boolean
}

/** Wraps the commands of one session. */
export interface Sandbox {
  wrap(request: import("../model/tool.ts").SpawnRequest): Promise<import("../model/tool.ts").SpawnRequest>
  /** Ends its proxies and removes its temporary folder. Safe to call twice. */
  close(): Promise<void>
}
