import { isObject } from "../../config/key-type.ts"
import type { Check, Finding } from "./finding.ts"

const area = "sandbox"

/** Whether the operating system's sandbox could be used; nothing is started. */
export const checkSandbox: Check = ({ config, env }) => {
  const { sandbox } = config.settings
  const settings = isObject(sandbox) ? sandbox : {}
  const wanted = settings.enabled === true
  const level: Finding["level"] = wanted ? "error" : "info"
  const word = wanted ? "on" : "off (sandbox.enabled)"
  const missing = (name: string, fix: string): Finding => ({
    area,
    level,
    text: `${name} was not found`,
    fix,
  })
  const has = (name: string, own: unknown) =>
    Bun.which(typeof own === "string" ? own : name, { PATH: env.PATH ?? "" }) !== null
  if (process.platform === "linux") {
    const findings: Finding[] = []
    if (!has("bwrap", settings.bwrapPath))
      findings.push(missing("bwrap", "install bubblewrap with the system's package manager"))
    if (!has("socat", settings.socatPath))
      findings.push(missing("socat", "install socat with the system's package manager"))
    return findings.length === 0
      ? [{ area, level: "ok", text: `bubblewrap and socat are here; ${word}` }]
      : findings
  }
  if (process.platform === "darwin")
    return has("sandbox-exec", undefined)
      ? [{ area, level: "ok", text: `seatbelt is here; ${word}` }]
      : [missing("sandbox-exec", "it is part of macOS; add /usr/bin to PATH")]
  return [{ area, level: "info", text: "no sandbox on this system", fix: "use WSL 2" }]
}
