/** What `ccts why '<command>'` prints: the verdict, what each part comes to, and the rules that would have matched. */

import type { Call } from "../model/permission.ts"
import { decide, judge, viewAll } from "./decide.ts"
import type { Policy } from "./policy.ts"

/** A call of the Bash tool, as the engine would make it. */
export function callForCommand(command: string, cwd: string): Call {
  return { tool: "Bash", input: { command }, access: [{ kind: "exec", command, cwd }] }
}

/** Several lines of plain text without a final newline; control characters are shown as escapes. */
export function explain(call: Call, policy: Policy): string {
  const decision = decide(call, policy)
  const judged = judge(call, policy, viewAll(call, policy))
  const lines = [`${decision.verdict}: ${decision.reason.text}`]
  if (judged.findings.length > 1) {
    for (const finding of judged.findings)
      lines.push(`  ${finding.verdict.padEnd(5)} ${finding.subject} (${finding.reason.text})`)
  }
  if (decision.reason.rule)
    lines.push(`rule: ${decision.reason.rule.text} from ${decision.reason.rule.source}`)
  if (decision.offers.length > 0) {
    lines.push("would not ask with:")
    for (const offer of decision.offers) lines.push(`  ${offer.label}`)
  }
  if (decision.verdict === "allow" && decision.readOnly) lines.push("it changes nothing")
  return lines.map(visible).join("\n")
}

/** Nothing in a command may hide, reorder or control what a person reads. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u00a0\u2028\u2029]/gu, (c) =>
    c === "\n" ? "↵" : `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`,
  )
}
