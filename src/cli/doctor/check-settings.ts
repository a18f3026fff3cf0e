import { setInVain } from "../../config/show-settings.ts"
import { isStateBroken } from "../../config/state.ts"
import { isGrantedAnyway, UNOBEYED_VARIABLES } from "../../config/unobeyed.ts"
import { problemLine } from "../prepare.ts"
import type { Check, Finding } from "./finding.ts"

export const checkSettings: Check = ({ config, paths, trusted, cwd, env }) => {
  const area = "settings"
  const files = config.layers.map(({ label }) => label)
  const findings: Finding[] = [
    {
      area,
      level: "ok",
      text: files.length === 0 ? "no settings files: defaults are in force" : `read: ${files.join(", ")}`,
    },
  ]
  for (const problem of config.problems)
    findings.push({
      area,
      level: problem.kind === "broken-file" || problem.kind === "fatal" ? "error" : "warning",
      text: problemLine(problem),
      fix: FIXES[problem.kind],
    })
  for (const { key, from, why } of setInVain(config))
    findings.push({
      area,
      level: "info",
      text: `${from}: ${key} is known, but not obeyed: ${why}`,
      fix: "leave it for the other program, or remove it",
    })
  for (const [name, why] of Object.entries(UNOBEYED_VARIABLES))
    if (env[name] !== undefined && env[name] !== "" && !isGrantedAnyway(why))
      findings.push({ area, level: "info", text: `${name} is known, but not obeyed: ${why}` })
  if (isStateBroken(paths))
    findings.push({
      area,
      level: "error",
      text: `${paths.stateFile} is not valid JSON; nothing of it is used, and it is not overwritten`,
      fix: `repair it, or take the newest copy of ${paths.configDir}/backups`,
    })
  if (!trusted)
    findings.push({
      area,
      level: "info",
      text: `${cwd} has not been trusted: its own rules, helpers and hooks are held back`,
      fix: "start ccts here and answer the question",
    })
  return findings
}

const FIXES = {
  "broken-file": "correct the line, or move the file away",
  fatal: "correct it",
  "ignored-rule": "write it as Tool or Tool(what it applies to); `ccts why` shows what a rule does",
  "bad-value": "ccts config explain <key> says what it takes",
  "wrong-file": "move it to a file that may set it",
  untrusted: "trust the folder, or set it in the user settings",
} as const
