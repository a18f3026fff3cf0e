import { tmpdir } from "node:os"

/** Where files live that nobody keeps: CLAUDE_CODE_TMPDIR (spec/cli.md section 5.1), else the system's folder. */
export function temporaryFolder(env: Readonly<Record<string, string | undefined>>): string {
  return env.CLAUDE_CODE_TMPDIR || tmpdir()
}
