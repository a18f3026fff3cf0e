import { realpathSync } from "node:fs"
import { delimiter, join } from "node:path"
import { envOn } from "../../config/env.ts"
import { version } from "../../lib/version.ts"
import type { Check, Finding } from "./finding.ts"

const area = "version"

/** What runs, and whether another copy comes first on PATH. Nothing is asked of the network. */
export const checkVersion: Check = ({ env, config }) => {
  const channel = config.settings.autoUpdatesChannel
  const findings: Finding[] = [
    {
      area,
      level: "ok",
      text: `ccts ${version}, Bun ${Bun.version}, ${process.platform} ${process.arch}${typeof channel === "string" ? `, channel ${channel}` : ""}`,
    },
  ]
  const copies = copiesOnPath(env.PATH ?? "")
  if (copies.length > 1 && !envOn(env, "DISABLE_INSTALLATION_CHECKS"))
    findings.push({
      area,
      level: "warning",
      text: `several copies on PATH: ${copies.join(", ")}`,
      fix: "keep one of them; the first is the one that runs",
    })
  return findings
}

function copiesOnPath(path: string): readonly string[] {
  const name = process.platform === "win32" ? "ccts.exe" : "ccts"
  const found = path.split(delimiter).flatMap((folder) => {
    try {
      return folder === "" ? [] : [realpathSync(join(folder, name))]
    } catch {
      return []
    }
  })
  return [...new Set(found)]
}
