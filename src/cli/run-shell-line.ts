/** What the person types behind `!`: it runs under their own authority, and its output goes into the conversation. */
import { join } from "node:path"
import type { SpawnPort } from "../model/tool.ts"
import { excerpt, firstChars } from "../tools/result.ts"
import { needsTerminal } from "../tools/shell/needs-terminal.ts"
import { startShell, terminalRequest } from "../tools/shell/run.ts"
import type { ShellLine, ShellLinePort } from "../tui/ports.ts"
import type { TerminalRoom } from "./terminal-room.ts"

/** What goes into the conversation; as much as Bash shows inline (spec/tools.md Bash). */
const OUTPUT_CHARS = 30_000
const TAIL_BYTES = 2_048

export interface ShellPlace {
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  /** Where what is too long for the conversation is kept, with the session's other spilled output. */
  spillDir(): string
}

export function createShellLines(place: ShellPlace, room: TerminalRoom): ShellLinePort {
  const contextOf = (cwd: string) => ({
    cwd,
    home: place.home,
    env: place.env,
    // The person's own command is not the model's: no sandbox.
    spawn: { wrap: async (request: Parameters<SpawnPort["wrap"]>[0]) => request },
    spillDir: place.spillDir(),
  })
  return {
    async run(command, { cwd, signal, onTail }): Promise<ShellLine> {
      const ctx = contextOf(cwd)
      if (await needsTerminal(command, "person")) {
        const { id, end } = room.open(await terminalRequest(ctx, command, true))
        return { kind: "terminal", id, end: end.then((one) => (one.kind === "ended" ? one.code : 126)) }
      }
      const shell = await startShell(ctx, {
        command,
        spoolPath: join(ctx.spillDir, `shell-${crypto.randomUUID()}.txt`),
        unsandboxed: true,
        onOutput: (stream) => onTail(shell.spool.recent(stream, TAIL_BYTES)),
      })
      const stop = () => shell.stop()
      signal.addEventListener("abort", stop, { once: true })
      if (signal.aborted) stop()
      try {
        const { code } = await shell.exit
        const [stdout, stderr] = (["stdout", "stderr"] as const).map((stream) => {
          const { head, cut, tail } = shell.spool.text(stream)
          return excerpt(head + tail, OUTPUT_CHARS, cut).trimEnd()
        }) as [string, string]
        const saved = shell.spool.opened ? `\n[the whole output is in ${shell.spool.path}]` : ""
        return { kind: "printed", code, stdout: stdout + saved, stderr: firstChars(stderr, OUTPUT_CHARS) }
      } finally {
        signal.removeEventListener("abort", stop)
        shell.dispose()
      }
    },
  }
}
