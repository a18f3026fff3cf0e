/** `ccts doctor`: looks at everything a session needs, without network and without starting anything, in well under a second. */
import { complain } from "../complain.ts"
import { findPlace, type Place } from "../place.ts"
import { printJson, printText } from "../print.ts"
import { checkCredentials } from "./check-credentials.ts"
import { checkDisk } from "./check-disk.ts"
import { checkHooks } from "./check-hooks.ts"
import { checkMcp } from "./check-mcp.ts"
import { checkSandbox } from "./check-sandbox.ts"
import { checkSettings } from "./check-settings.ts"
import { checkTerminal } from "./check-terminal.ts"
import { checkVersion } from "./check-version.ts"
import { AREAS, type Area, type Check, type Finding } from "./finding.ts"

const CHECKS: Readonly<Record<Area, Check>> = {
  version: checkVersion,
  terminal: checkTerminal,
  credentials: checkCredentials,
  settings: checkSettings,
  mcp: checkMcp,
  hooks: checkHooks,
  disk: checkDisk,
  sandbox: checkSandbox,
}

/** A check that fails is a finding itself: the others still tell what they see. */
export async function diagnose(place: Place): Promise<readonly Finding[]> {
  const all: Finding[] = []
  for (const area of AREAS) {
    try {
      all.push(...(await CHECKS[area](place)))
    } catch (error) {
      const text = `could not be checked: ${error instanceof Error ? error.message : String(error)}`
      all.push({ area, level: "error", text })
    }
  }
  return all
}

/** The exit code: 1 when something is broken. */
export async function doctor(options: { readonly json: boolean; readonly fix: boolean }): Promise<number> {
  const place = findPlace()
  let findings = await diagnose(place)
  if (options.fix && (await mend(findings))) findings = await diagnose(findPlace())
  const ok = findings.every(({ level }) => level !== "error")
  if (options.json) printJson({ ok, findings })
  else printText(render(findings))
  return ok ? 0 : 1
}

async function mend(findings: readonly Finding[]): Promise<boolean> {
  const mendable = findings.filter(({ mend }) => mend !== undefined)
  for (const finding of mendable) {
    await finding.mend?.()
    complain(`Mended: ${finding.text}`)
  }
  return mendable.length > 0
}

const MARKS = { ok: "✔", info: "·", warning: "!", error: "✘" } as const

function render(findings: readonly Finding[]): string {
  const lines = AREAS.flatMap((area) => [
    area,
    ...findings
      .filter((finding) => finding.area === area)
      .flatMap(({ level, text, fix }) => [
        `  ${MARKS[level]} ${text}`,
        ...(fix === undefined ? [] : [`    → ${fix}`]),
      ]),
  ])
  return lines.join("\n")
}
