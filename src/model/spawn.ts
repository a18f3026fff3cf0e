export interface SpawnRequest {
  /** argv; a shell command is `[shell, "-c", …]`. */
  readonly argv: readonly [string, ...string[]]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Keep the call out of the sandbox; honoured only where policy allows it. */
  readonly unsandboxed?: boolean
  /** Folders the session works in now; a sandbox lets them be written. */
  readonly roots?: readonly string[]
  /** The command as the person knows it: what is said of the process is said of this. */
  readonly command?: string
  /** Set by `wrap`: what was refused to the process so far, one line each, for the model. */
  readonly refusals?: () => readonly string[]
  /** Set by `wrap`: call it once the process has ended, or when it could not be started. */
  readonly ended?: () => void
}

/** Turns a request into the argv that really runs. Without a sandbox it is the identity. */
export interface SpawnPort {
  wrap(request: SpawnRequest): Promise<SpawnRequest>
}

/** Where a contained command wants to connect to. */
export interface NetworkTarget {
  readonly host: string
  readonly port: number | undefined
}
