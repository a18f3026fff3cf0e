/** What one effect of a call comes to, before the mode has its say. */

import type { Reason, Verdict } from "../model/permission.ts"
import type { Execute } from "./shell/effects.ts"

/**
 * How hard an `ask` is. `ordinary`: bypass and a sandbox answer it. `safety`: only bypass does.
 * `firm`: only a person does (explicit ask rules, critical removals, questions to the person).
 */
export type Firmness = "ordinary" | "safety" | "firm"

export interface Finding {
  readonly verdict: Verdict
  readonly firmness: Firmness
  readonly reason: Reason
  /** The part of the call it is about, for people. */
  readonly subject: string
  /** What would have answered the question, when something smaller than a mode would. */
  readonly wish?: Wish
}

export type Wish =
  | { readonly kind: "rule"; readonly toolName: string; readonly ruleContent?: string }
  /** The smallest rule for it is looked for when somebody asks. */
  | { readonly kind: "command"; readonly call: Execute }
  | { readonly kind: "edit"; readonly path: string }
  | { readonly kind: "folder"; readonly path: string; readonly writes?: true }
  | { readonly kind: "protected"; readonly path: string }

export function allow(subject: string, text: string, more: Partial<Reason> = {}): Finding {
  return { verdict: "allow", firmness: "ordinary", subject, reason: { kind: "other", text, ...more } }
}

export function ask(
  subject: string,
  text: string,
  more: { reason?: Partial<Reason>; firmness?: Firmness; wish?: Wish } = {},
): Finding {
  const finding: Finding = {
    verdict: "ask",
    firmness: more.firmness ?? "ordinary",
    subject,
    reason: { kind: "other", text, ...more.reason },
  }
  return more.wish ? { ...finding, wish: more.wish } : finding
}

export function deny(subject: string, text: string, more: Partial<Reason> = {}): Finding {
  return { verdict: "deny", firmness: "firm", subject, reason: { kind: "other", text, ...more } }
}

const ORDER: Readonly<Record<Verdict, number>> = { allow: 0, ask: 1, deny: 2 }
const FIRMNESS: Readonly<Record<Firmness, number>> = { ordinary: 0, safety: 1, firm: 2 }

/** The finding that decides: deny before ask before allow, a firm ask before a soft one, else the first. */
export function strongest(findings: readonly Finding[]): Finding | null {
  let best: Finding | null = null
  for (const finding of findings) {
    if (!best || weight(finding) > weight(best)) best = finding
  }
  return best
}

function weight(finding: Finding): number {
  return ORDER[finding.verdict] * 10 + (finding.verdict === "ask" ? FIRMNESS[finding.firmness] : 0)
}
