/**
 * Every settings key that ccts knows, once: checking, `/config`, the JSON schema and the documentation come from here.
 * Names, types, defaults and scopes: spec/settings.md section 2. Keys not in the table are kept and ignored.
 */
import {
  bool,
  either,
  int,
  type KeyType,
  list,
  map,
  num,
  object,
  oneOf,
  record,
  text,
  textMap,
  texts,
} from "./key-type.ts"

/** Which files may set a key: any; user, flags and managed; those and local; managed alone. */
export type Scope = "any" | "user" | "user-local" | "managed"

/**
 * What an untrusted folder's files may not do with the key. `runs`: it makes something run or be sent; it holds once the
 * person trusts the folder, or starts a headless run there. `grants`: it widens permissions; it holds only with trust.
 */
export type Gate = "runs" | "grants"

export interface KeyInfo {
  /** Dotted for members of an object. */
  readonly key: string
  readonly type: KeyType
  readonly default: unknown
  readonly scope: Scope
  readonly gate: Gate | null
  /** One line for people. */
  readonly text: string
  /** Heading in `/config` and the documentation. */
  readonly group: string
}

interface More {
  readonly default?: unknown
  readonly scope?: Scope
  readonly gate?: Gate
}
type Row = readonly [key: string, type: KeyType, text: string, more?: More]

const on: More = { default: true }
const off: More = { default: false }
const user: More = { scope: "user" }
const managed: More = { scope: "managed" }
const runs: More = { gate: "runs" }
const grants: More = { gate: "grants" }
const ttl = oneOf("5m", "1h")
const command = object({ type: oneOf("command"), command: text })
const effort = oneOf("low", "medium", "high", "xhigh")
const server = object({ serverName: text, serverCommand: texts, serverUrl: text })

const GROUPS: Readonly<Record<string, readonly Row[]>> = {
  "Model and replies": [
    ["model", text, "Model alias or id"],
    ["fallbackModel", either(texts, text), "Models tried in turn when the first is overloaded (at most 3)"],
    ["availableModels", texts, "Only these models may be chosen (family, prefix or id)"],
    ["enforceAvailableModels", bool, "The list also holds for the default model", off],
    ["deniedModels", texts, "These models may not be chosen"],
    ["modelOverrides", textMap, "Provider's own id for a model id"],
    ["modelPricing", record, "Prices for the cost display", user],
    [
      "modelSettings",
      map(object({ effortLevel: effort, maxEffortLevel: text, autoCompactWindow: int(1) })),
      "Settings per model",
    ],
    ["effortLevel", effort, "How hard the model thinks"],
    ["alwaysThinkingEnabled", bool, "Think before answering", on],
    ["showThinkingSummaries", bool, "Show what the model thought", on],
    ["fastMode", bool, "Use the faster service", off],
    ["fastModePerSessionOptIn", bool, "Fast mode is chosen anew in each session", off],
    ["outputStyle", text, "Output style by name", { default: "default" }],
    ["language", text, "Language of the replies"],
    ["switchModelsOnFlag", bool, "Try another model when one refuses", on],
    ["promptCacheTtl", ttl, "Life of the prompt cache"],
    ["subagentPromptCacheTtl", ttl, "Life of the prompt cache of subagents"],
    ["agent", text, "Agent that the main conversation runs as"],
  ],
  "Sign-in and providers": [
    ["apiKeyHelper", text, "Command that prints an API key", runs],
    ["proxyAuthHelper", text, "Command that prints the proxy's authorization", runs],
    ["awsCredentialExport", text, "Command that prints AWS credentials", runs],
    ["awsAuthRefresh", text, "Command that renews AWS credentials", runs],
    ["gcpAuthRefresh", text, "Command that renews Google Cloud credentials", runs],
    ["otelHeadersHelper", text, "Command that prints headers for OpenTelemetry", runs],
    ["processWrapper", text, "Command put before every process we start", user],
    ["forceLoginMethod", oneOf("claudeai", "console", "gateway"), "Only this way to sign in"],
    ["forceLoginOrgUUID", either(text, texts), "Only this organisation"],
    [
      "oauth",
      object({
        clientId: text,
        authorizeUrl: text,
        tokenUrl: text,
        revokeUrl: text,
        redirectUrl: text,
        scopes: texts,
        tokenFormat: oneOf("form", "json"),
      }),
      "OAuth client and endpoints used by `ccts auth login`",
      user,
    ],
  ],
  Permissions: [
    ["permissions.allow", texts, "Rules for calls that run without a question", grants],
    ["permissions.ask", texts, "Rules for calls that always ask"],
    ["permissions.deny", texts, "Rules for calls that never run"],
    [
      "permissions.defaultMode",
      {
        kind: "enum",
        values: ["default", "manual", "acceptEdits", "plan", "dontAsk", "bypassPermissions", "auto"],
      },
      "Mode of a new session",
      { default: "default" },
    ],
    ["permissions.additionalDirectories", texts, "Further folders to work in", grants],
    ["permissions.disableBypassPermissionsMode", oneOf("disable"), "Bypass mode cannot be entered"],
    ["permissions.disableAutoMode", oneOf("disable"), "Auto mode cannot be entered"],
    [
      "permissions.blockReadsOutsideWorkingDirectories",
      bool,
      "Nothing outside the working folders is read",
      { default: false, gate: "grants" },
    ],
    [
      "permissions.blockWritesOutsideWorkingDirectories",
      bool,
      "Nothing outside the working folders is written",
      { default: false, gate: "grants" },
    ],
    ["permissions.blockReadsExemptPaths", texts, "What outside may be read all the same", grants],
    [
      "permissions.denyInsteadOfPrompting",
      bool,
      "What would ask is refused",
      { default: false, gate: "grants" },
    ],
    [
      "skipDangerousModePermissionPrompt",
      bool,
      "Do not confirm bypass mode",
      { scope: "user-local", gate: "grants" },
    ],
    ["skipAutoPermissionPrompt", bool, "Do not confirm auto mode", user],
    [
      "useAutoModeDuringPlan",
      bool,
      "Plan mode uses the classifier where there is one",
      { default: true, scope: "user-local" },
    ],
    [
      "autoMode",
      object({
        allow: texts,
        soft_deny: texts,
        hard_deny: texts,
        environment: texts,
        classifyAllShell: bool,
      }),
      "Rules for the classifier of auto mode",
      user,
    ],
    ["ccts.profiles", map(record), "Named sets of permissions and sandbox settings", user],
    ["ccts.profile", text, "The profile of sessions that name none", user],
    ["allowManagedPermissionRulesOnly", bool, "Allow rules of other files do not count", managed],
  ],
  Sandbox: [
    [
      "sandbox.enabled",
      bool,
      "Run commands in the operating system's sandbox",
      { default: false, gate: "grants" },
    ],
    [
      "sandbox.failIfUnavailable",
      bool,
      "Refuse commands when there is no sandbox",
      { default: false, gate: "grants" },
    ],
    [
      "sandbox.autoAllowBashIfSandboxed",
      bool,
      "Sandboxed commands run without a question",
      { default: true, gate: "grants" },
    ],
    [
      "sandbox.allowUnsandboxedCommands",
      bool,
      "A command may ask to leave the sandbox",
      { default: true, gate: "grants" },
    ],
    ["sandbox.excludedCommands", texts, "Commands that run outside the sandbox", grants],
    ["sandbox.ignoreViolations", map(texts), "Violations that are not reported", grants],
    [
      "sandbox.enableWeakerNestedSandbox",
      bool,
      "Weaker isolation inside containers",
      { default: false, gate: "grants" },
    ],
    [
      "sandbox.enableWeakerNetworkIsolation",
      bool,
      "Weaker isolation of the network",
      { default: false, gate: "grants" },
    ],
    ["sandbox.bwrapPath", text, "Path of bubblewrap", managed],
    ["sandbox.socatPath", text, "Path of socat", managed],
    [
      "sandbox.allowNestedUserNamespaces",
      bool,
      "Commands may make namespaces of their own (weaker)",
      { default: false, gate: "grants" },
    ],
    [
      "sandbox.allowAppleEvents",
      bool,
      "Commands may send Apple events (weaker)",
      { default: false, gate: "grants" },
    ],
    [
      "sandbox.filesystem.disabled",
      bool,
      "No rules about files inside the sandbox",
      { default: false, gate: "grants" },
    ],
    ["sandbox.filesystem.allowManagedReadPathsOnly", bool, "Only managed settings open denyRead", managed],
    ["sandbox.filesystem.allowWrite", texts, "Further places that commands may write", grants],
    ["sandbox.filesystem.denyWrite", texts, "Places that commands may not write"],
    ["sandbox.filesystem.denyRead", texts, "Places that commands may not read"],
    ["sandbox.filesystem.allowRead", texts, "Exceptions to denyRead", grants],
    ["sandbox.network.allowedDomains", texts, "Hosts that commands may reach", grants],
    ["sandbox.network.deniedDomains", texts, "Hosts that commands may not reach"],
    [
      "sandbox.network.strictAllowlist",
      bool,
      "Only the listed hosts, without a question",
      { default: false, gate: "grants" },
    ],
    ["sandbox.network.allowManagedDomainsOnly", bool, "Only managed settings allow hosts", managed],
    ["sandbox.network.allowMachLookup", texts, "Services of macOS that commands may look up", grants],
    [
      "sandbox.credentials.envVars",
      list(object({ name: text, mode: oneOf("deny", "mask") })),
      "Variables that commands do not see",
    ],
    [
      "sandbox.credentials.files",
      list(object({ path: text, mode: oneOf("deny", "mask") })),
      "Files that commands may not read",
    ],
    ["sandbox.network.allowUnixSockets", texts, "Sockets that commands may open", grants],
    [
      "sandbox.network.allowAllUnixSockets",
      bool,
      "Commands may open any socket",
      { default: false, gate: "grants" },
    ],
    [
      "sandbox.network.allowLocalBinding",
      bool,
      "Commands may listen on local ports",
      { default: false, gate: "grants" },
    ],
    ["sandbox.network.httpProxyPort", int(1, 65535), "Port of your own HTTP proxy", grants],
    ["sandbox.network.socksProxyPort", int(1, 65535), "Port of your own SOCKS proxy", grants],
  ],
  "Memory and context": [
    ["autoCompactEnabled", bool, "Summarise the conversation when it fills the window", on],
    ["autoCompactWindow", int(100_000, 1_000_000), "Tokens at which that happens"],
    ["autoMemoryEnabled", bool, "Keep notes between sessions", on],
    [
      "autoMemoryDirectory",
      text,
      "Folder of those notes (absolute or ~/)",
      { scope: "user-local", gate: "grants" },
    ],
    ["claudeMdExcludes", texts, "Globs of instruction files that are not read"],
    ["claudeMd", text, "Instructions for everybody", managed],
    ["env", textMap, "Environment variables of the program and its children", runs],
    ["fileCheckpointingEnabled", bool, "Keep copies of files before they change", on],
    ["plansDirectory", text, "Folder of plans, relative to the project"],
    [
      "skillListingBudgetFraction",
      num(0, 1),
      "Share of the window for the list of skills",
      { default: 0.01 },
    ],
    ["skillListingMaxDescChars", int(1), "Longest description in that list", { default: 1536 }],
    ["cleanupPeriodDays", int(1, 36_500), "Days after which sessions are deleted", { default: 30 }],
    ["bashOutputMaxChars", int(1), "Characters of a command's output that the model sees"],
    ["taskOutputMaxChars", int(1), "Characters of a background task's output that the model sees"],
  ],
  Interface: [
    [
      "theme",
      {
        kind: "enum",
        values: ["auto", "dark", "light", "dark-daltonized", "light-daltonized", "dark-ansi", "light-ansi"],
        pattern: /^custom:.+/,
      },
      "Colours",
      { default: "auto" },
    ],
    ["tui", oneOf("default", "fullscreen"), "Inline, or the whole screen", { default: "default" }],
    ["verbose", bool, "Show all output of tools", off],
    ["viewMode", oneOf("default", "verbose", "focus"), "How much is shown", { default: "default" }],
    ["editorMode", oneOf("normal", "vim"), "Keys of the prompt", { default: "normal" }],
    ["keybindingFlavor", oneOf("classic", "readline"), "Basic key bindings", { default: "classic" }],
    ["vimInsertModeRemaps", textMap, "Key sequences in vim's insert mode", user],
    [
      "statusLine",
      object({
        type: oneOf("command"),
        command: text,
        padding: int(),
        refreshInterval: num(),
        hideVimModeIndicator: bool,
      }),
      "Command that prints the status line",
      runs,
    ],
    ["subagentStatusLine", command, "The same for subagents", runs],
    ["fileSuggestion", command, "Command that completes file names", runs],
    ["respectGitignore", bool, "Leave ignored files out of completion", on],
    ["respondToBashCommands", bool, "The model answers to ! commands", on],
    [
      "toolAliases",
      textMap,
      "Slash commands that make one tool call, such as gs: Bash(git status); $1 to $9, $@ fill in",
      runs,
    ],
    ["defaultShell", oneOf("bash", "powershell"), "Shell of ! commands"],
    [
      "askUserQuestionTimeout",
      oneOf("60s", "5m", "10m", "never"),
      "How long a question of the model waits",
      { default: "never", scope: "user" },
    ],
    [
      "dialogExpiry",
      text,
      "How long a dialog waits before it is declined (90s, 5m, 1h); without it for ever",
      user,
    ],
    ["showTurnDuration", bool, "Show how long a turn took", on],
    ["showMessageTimestamps", bool, "Show when a message came", off],
    [
      "timeFormat",
      text,
      "How times are written: auto, 12-hour, 24-hour, 24-hour-utc or a pattern (%H:%M)",
      { default: "auto" },
    ],
    ["timeZone", text, "Time zone of shown times"],
    ["showClearContextOnPlanAccept", bool, "Offer to clear the context when a plan is accepted", off],
    ["spinnerTipsEnabled", bool, "Show tips while waiting", on],
    [
      "spinnerTipsOverride",
      object({ tips: texts, excludeDefault: bool, tipsFile: text, label: text }),
      "Your own tips",
    ],
    [
      "spinnerVerbs",
      object({ mode: oneOf("append", "replace"), verbs: texts }),
      "Your own words for waiting",
    ],
    ["promptSuggestionEnabled", bool, "Suggest the next prompt", on],
    ["emojiCompletionEnabled", bool, "Complete :emoji: names", on],
    ["syntaxHighlightingDisabled", bool, "No colours in code", off],
    ["maxProseWidth", int(20), "Widest line of prose"],
    ["prefersReducedMotion", bool, "No animation", off],
    ["terminalProgressBarEnabled", bool, "Show progress in the terminal's own bar", on],
    ["terminalTitleFromRename", bool, "The session's title becomes the terminal's", on],
    ["autoScrollEnabled", bool, "Follow new output in full screen", on],
    ["wheelScrollAccelerationEnabled", bool, "Fast wheel scrolls further", on],
    ["axScreenReader", bool, "Plain, linear output for screen readers", off],
    ["todoFeatureEnabled", bool, "Task lists", on],
    ["companyAnnouncements", texts, "Lines shown at start"],
    [
      "footerLinksRegexes",
      list(object({ type: oneOf("regex"), pattern: text, url: text, label: text })),
      "Links made from text",
      user,
    ],
    [
      "preferredNotifChannel",
      oneOf(
        "auto",
        "iterm2",
        "terminal_bell",
        "iterm2_with_bell",
        "kitty",
        "ghostty",
        "notifications_disabled",
      ),
      "How you are called back",
      { default: "auto" },
    ],
    ["awaySummaryEnabled", bool, "Summarise what happened while you were away", on],
    ["inputNeededNotifEnabled", bool, "Notify when input is needed", off],
  ],
  "Git and worktrees": [
    [
      "attribution",
      either(bool, object({ commit: text, pr: text, sessionUrl: bool })),
      "What commits and pull requests say about the program",
    ],
    ["includeCoAuthoredBy", bool, "Old switch for the commit trailer", on],
    ["includeGitInstructions", bool, "Tell the model how to use git", on],
    ["prUrlTemplate", text, "Address of a pull request"],
    [
      "worktree",
      object({
        baseRef: oneOf("fresh", "head"),
        symlinkDirectories: texts,
        sparsePaths: texts,
        bgIsolation: oneOf("worktree", "none"),
        location: text,
      }),
      "How worktrees are made",
    ],
  ],
  "Hooks and automation": [
    ["hooks", record, "Commands run at events", runs],
    ["disableAllHooks", bool, "No hook runs", { default: false, gate: "grants" }],
    ["allowManagedHooksOnly", bool, "Only managed hooks run", managed],
    ["allowedHttpHookUrls", texts, "Addresses that HTTP hooks may call", grants],
    ["httpHookAllowedEnvVars", texts, "Variables that HTTP hooks may send", grants],
    ["disableWorkflows", bool, "No workflows", off],
  ],
  "MCP, skills, commands": [
    [
      "enableAllProjectMcpServers",
      bool,
      "Start every server of .mcp.json",
      { default: false, gate: "grants" },
    ],
    ["enabledMcpjsonServers", texts, "Approved servers of .mcp.json", grants],
    ["disabledMcpjsonServers", texts, "Refused servers of .mcp.json"],
    ["allowedMcpServers", list(server), "Only these servers"],
    ["deniedMcpServers", list(server), "Never these servers"],
    ["allowManagedMcpServersOnly", bool, "Only managed lists count", managed],
    [
      "skillOverrides",
      map(oneOf("on", "name-only", "user-invocable-only", "off")),
      "How single skills are offered",
    ],
    ["disableBundledSkills", bool, "No built-in skills", off],
    ["disableSkillShellExecution", bool, "Skills run no inline commands", { default: false, gate: "grants" }],
  ],
  "Updates and policy": [
    [
      "autoUpdatesChannel",
      oneOf("latest", "stable", "rc"),
      "Which releases `ccts update` takes",
      { default: "latest" },
    ],
    ["minimumVersion", text, "Oldest version that an update may leave"],
    ["requiredMinimumVersion", text, "Older versions do not start", managed],
    ["requiredMaximumVersion", text, "Newer versions do not start", managed],
    ["managedSourcesBehavior", oneOf("first", "merge"), "Whether managed sources are merged", managed],
    ["skipWebFetchPreflight", bool, "Fetch without asking the service about the host first", off],
  ],
}

export const KEYS: readonly KeyInfo[] = Object.entries(GROUPS).flatMap(([group, rows]) =>
  rows.map(([key, type, words, more = {}]) => ({
    key,
    type,
    default: more.default,
    scope: more.scope ?? "any",
    gate: more.gate ?? null,
    text: words,
    group,
  })),
)

const BY_KEY: ReadonlyMap<string, KeyInfo> = new Map(KEYS.map((info) => [info.key, info]))
/** Objects whose members have rows of their own. */
const PARENTS: ReadonlySet<string> = new Set(
  KEYS.flatMap(({ key }) =>
    key
      .split(".")
      .slice(0, -1)
      .map((_, at, parts) => parts.slice(0, at + 1).join(".")),
  ),
)

export function keyInfo(key: string): KeyInfo | undefined {
  return BY_KEY.get(key)
}

export function isParentKey(key: string): boolean {
  return PARENTS.has(key)
}
