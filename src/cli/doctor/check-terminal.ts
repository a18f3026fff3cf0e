import type { Check, Finding } from "./finding.ts"

/** Below this the dialogs have no room. */
const MIN_COLUMNS = 60

export const checkTerminal: Check = ({ env }) => {
  const area = "terminal"
  const findings: Finding[] = []
  const { columns = 0, isTTY } = process.stdout
  const term = env.TERM ?? ""
  const kind = env.TERM_PROGRAM ?? term
  if (isTTY !== true)
    findings.push({ area, level: "info", text: "stdout is no terminal: nothing more to see" })
  else
    findings.push({
      area,
      level: "ok",
      text: `${kind || "unnamed terminal"}, ${columns}×${process.stdout.rows}`,
    })
  if (isTTY === true && columns < MIN_COLUMNS)
    findings.push({
      area,
      level: "warning",
      text: `only ${columns} columns`,
      fix: `widen it to ${MIN_COLUMNS} or more`,
    })
  if (term === "" || term === "dumb")
    findings.push({
      area,
      level: "warning",
      text: `TERM is ${term === "" ? "not set" : term}: the plain presenter is used`,
      fix: "set TERM, such as xterm-256color",
    })
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ""
  if (process.platform !== "win32" && !/utf-?8/i.test(locale))
    findings.push({
      area,
      level: "warning",
      text: `the locale is ${locale === "" ? "not set" : locale}, not UTF-8`,
      fix: "export LANG=C.UTF-8",
    })
  if (env.TMUX && !/^(tmux|screen)/.test(term))
    findings.push({
      area,
      level: "info",
      text: `inside tmux with TERM=${term}`,
      fix: 'in tmux: set -g default-terminal "tmux-256color"',
    })
  return findings
}
