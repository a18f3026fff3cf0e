import { chmodSync, statSync } from "node:fs"
import { join } from "node:path"
import { authStatus } from "../../auth/status.ts"
import { resolveOptionsOf } from "../auth-status.ts"
import type { Check, Finding } from "./finding.ts"

export const checkCredentials: Check = async (place) => {
  const area = "credentials"
  const status = await authStatus(resolveOptionsOf(place))
  const findings: Finding[] = [
    status.loggedIn
      ? { area, level: "ok", text: `${status.source}: ${status.why}` }
      : { area, level: "error", text: status.why, fix: status.notes[0] ?? "ccts auth status --text" },
    ...(status.loggedIn ? status.notes.map((text): Finding => ({ area, level: "warning", text })) : []),
  ]
  const { paths } = place
  for (const file of [paths.credentialsFile, join(paths.ownDir, "credentials.json"), paths.stateFile]) {
    const mode = process.platform === "win32" ? null : modeOf(file)
    if (mode === null || (mode & 0o077) === 0) continue
    // The state file is shared with other programs; who may read it is theirs to decide unless it holds a key.
    const level = file === paths.stateFile ? "info" : "error"
    findings.push({
      area,
      level,
      text: `${file} can be read by other users (mode ${mode.toString(8)})`,
      fix: `chmod 600 ${file}`,
      mend: () => chmodSync(file, 0o600),
    })
  }
  return findings
}

function modeOf(file: string): number | null {
  const info = statSync(file, { throwIfNoEntry: false })
  return info?.isFile() ? info.mode & 0o777 : null
}
