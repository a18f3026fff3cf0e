/** Modes, rules and verdicts (spec/settings.md section 4). */

export const PERMISSION_MODES = [
  "default",
  "acceptEdits",
  "plan",
  "dontAsk",
  "bypassPermissions",
  "auto",
] as const
export type PermissionMode = (typeof PERMISSION_MODES)[number]

export type Verdict = "allow" | "ask" | "deny"

/** Where a rule came from; decides what `/path` patterns are relative to and whether it may be edited. */
export type RuleSource =
  | "policySettings"
  | "flagSettings"
  | "cliArg"
  | "localSettings"
  | "projectSettings"
  | "userSettings"
  | "session"

export interface Rule {
  readonly behavior: Verdict
  readonly source: RuleSource
  /** As written, e.g. `Bash(npm run test:*)`. */
  readonly text: string
  /** The folder that `/x` patterns of this rule are relative to. */
  readonly base: string
}

/** Switches of the settings that no rule, mode or answer lifts. */
export interface Restrictions {
  /** Nothing outside the working folders is read, whatever a rule allows. */
  readonly reads: boolean
  readonly writes: boolean
  /** Folders and files outside that may be read all the same; absolute, canonical. */
  readonly exempt: readonly string[]
  /** What would ask is refused. */
  readonly questions: boolean
}

/** Where "always allow" may write a rule. */
export type RuleDestination = "session" | "localSettings" | "projectSettings" | "userSettings"

/** A change of permissions, as the control protocol carries it (spec/headless.md section 6). */
export type PermissionUpdate =
  | {
      readonly type: "addRules" | "replaceRules" | "removeRules"
      readonly rules: readonly { readonly toolName: string; readonly ruleContent?: string }[]
      readonly behavior: Verdict
      readonly destination: RuleDestination | "cliArg"
    }
  | {
      readonly type: "setMode"
      readonly mode: PermissionMode
      readonly destination: RuleDestination | "cliArg"
    }
  | {
      readonly type: "addDirectories" | "removeDirectories"
      readonly directories: readonly string[]
      readonly destination: RuleDestination | "cliArg"
    }

/** What hosts and hooks are asked about when a contained command wants to reach a host; its input names it. No tool. */
export const NETWORK_TOOL = "SandboxNetworkAccess"

/** The kinds of reasons the control protocol knows. */
export type ReasonKind =
  | "rule"
  | "mode"
  | "subcommandResults"
  | "hook"
  | "workingDir"
  | "safetyCheck"
  | "classifier"
  | "other"

export interface Reason {
  readonly kind: ReasonKind
  /** One sentence for people, e.g. `git push is not covered by any allow rule`. */
  readonly text: string
  /** The rule that decided, when one did. */
  readonly rule?: Rule
  /** The path that needs permission, when one path decided. */
  readonly path?: string
}

/** A choice of the dialog: what "always allow" would change. The first one is the smallest that would have matched. */
export interface Offer {
  /** What the person reads, e.g. `npm run test commands in this project`. */
  readonly label: string
  readonly updates: readonly PermissionUpdate[]
}

export interface Decision {
  readonly verdict: Verdict
  readonly reason: Reason
  readonly offers: readonly Offer[]
  /** True when the call changes nothing, so it may run beside others. */
  readonly readOnly: boolean
  /** Of an ask: a person's word alone answers it (explicit ask rules, protected paths, critical removals). */
  readonly firm?: true
}

/**
 * What a call touches, declared by the tool before anything runs. Paths are absolute.
 * The same list serves permission, sandbox, checkpoint and the words on screen.
 */
export type Access =
  | { readonly kind: "read"; readonly path: string }
  | { readonly kind: "write"; readonly path: string }
  | {
      readonly kind: "exec"
      readonly command: string
      readonly cwd: string
      /** It runs outside the sandbox. */
      readonly unsandboxed?: boolean
      /** The call itself asks for that, so a person has to say yes. */
      readonly escapes?: boolean
    }
  | { readonly kind: "net"; readonly url: string }
  | { readonly kind: "mcp"; readonly server: string; readonly tool: string; readonly readOnly: boolean }
  | { readonly kind: "agent"; readonly agentType: string }
  | { readonly kind: "skill"; readonly name: string }
  /** The person answers this call itself (questions, plan approval). */
  | { readonly kind: "person" }

/** A call as `permissions.decide` judges it. */
export interface Call {
  readonly tool: string
  readonly input: Readonly<Record<string, unknown>>
  /** Empty: the tool touches nothing outside the session (todo lists and the like). */
  readonly access: readonly Access[]
}
