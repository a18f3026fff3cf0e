import { type ShellPlace, startShell } from "../shell/run.ts"

/** What a monitor listens to until it ends by itself or is stopped. */
export interface Source {
  /** Never rejects. `how` goes on from the monitor's name: `ended with exit code 0`. */
  readonly ended: Promise<{ readonly ok: boolean; readonly how: string; readonly exitCode?: number }>
  stop(): void
  /** Once it has ended: closes what belongs to it. */
  dispose(): void
}

export interface SourceRequest {
  /** Everything that comes is kept here, up to the cap of a spool. */
  readonly outputFile: string
  /** The bytes are only valid during the call. */
  onData(bytes: Uint8Array): void
}

/** Standard output of a command. Throws an Error whose message is fit for the model. */
export async function listenToCommand(
  ctx: ShellPlace,
  command: string,
  { outputFile, onData }: SourceRequest,
): Promise<Source> {
  const shell = await startShell(ctx, {
    command,
    spoolPath: outputFile,
    unsandboxed: false,
    onOutput(stream, chunk) {
      if (stream === "stdout") onData(chunk)
    },
  })
  shell.spool.open()
  return {
    ended: shell.exit.then(({ code }) => ({
      ok: code === 0,
      how: `ended with exit code ${code}`,
      exitCode: code,
    })),
    stop: shell.stop,
    dispose: shell.dispose,
  }
}
