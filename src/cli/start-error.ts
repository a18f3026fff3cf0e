/** The program cannot start; `message` is the one line for stderr that says why and what to do. Exit code 1. */
export class StartError extends Error {
  /** Why, in a word that hosts know (`SDKStartupFailureReason` in spec/headless.md section 4). */
  readonly reason: StartFailure | undefined

  constructor(message: string, reason?: StartFailure) {
    super(message)
    this.reason = reason
  }
}

export type StartFailure = "bypass_root" | "cwd_unavailable" | "config_file_invalid"
