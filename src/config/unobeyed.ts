/**
 * Settings and variables that are known, checked and kept, so that files of another program stay valid, but do nothing here, and
 * why. What is set of them is listed by `ccts doctor` and `ccts config list`, so that nobody is misled. Tests hold that nothing
 * of it is read, and that everything else is.
 */

export const UNOBEYED_SETTINGS: Readonly<Record<string, string>> = {
  otelHeadersHelper: "ccts exports no telemetry",
  processWrapper: "commands are wrapped with CLAUDE_CODE_SHELL_PREFIX",
  autoMemoryEnabled: "ccts keeps no notes of its own between sessions",
  autoMemoryDirectory: "ccts keeps no notes of its own between sessions",
  tui: "there is one screen, inline",
  editorMode: "the prompt has no vim mode",
  keybindingFlavor: "the prompt has one set of keys",
  vimInsertModeRemaps: "the prompt has no vim mode",
  subagentStatusLine: "subagents have no rows of their own",
  defaultShell: "! commands run in CLAUDE_CODE_SHELL or $SHELL",
  autoScrollEnabled: "the terminal scrolls itself",
  wheelScrollAccelerationEnabled: "the terminal scrolls itself",
  awaySummaryEnabled: "nothing is summarised while you are away",
  prUrlTemplate: "pull requests are not shown",
  disableWorkflows: "there are no workflows",
  minimumVersion: "ccts does not update itself",
  managedSourcesBehavior: "there is one managed source, the files",
  skipWebFetchPreflight: "the service is never asked before a page is fetched",
}

const NO_UPDATE = "ccts does not update itself"
const NO_REPORTS = "ccts sends no telemetry and no reports, whatever it says"
const NO_TELEMETRY = "ccts exports no telemetry"
const NO_FULLSCREEN = "the screen is inline: the terminal scrolls and selects itself"
const NO_IDE = "ccts connects to no editor"
const OURS = "set by ccts for its children, not read"

/** Of spec/cli.md section 5. */
export const UNOBEYED_VARIABLES: Readonly<Record<string, string>> = {
  API_FORCE_IDLE_TIMEOUT: "silence is always watched; CLAUDE_STREAM_IDLE_TIMEOUT_MS says how long",
  CLAUDE_ENABLE_STREAM_WATCHDOG: "silence is always watched; CLAUDE_STREAM_IDLE_TIMEOUT_MS says how long",
  CLAUDE_CODE_GIT_BASH_PATH: "for Windows; CLAUDE_CODE_SHELL names a shell",
  CLAUDE_SUBAGENT_BG_SHELL_MAX_MS: "background commands of subagents end with them",
  CLAUDE_ASYNC_AGENT_STALL_TIMEOUT_MS: "requests of subagents have the deadlines of all requests",
  MCP_CONNECT_TIMEOUT_MS: "MCP_TIMEOUT bounds the connection",
  ENABLE_CLAUDEAI_MCP_SERVERS: "connectors of an account are not used",
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: "ccts keeps no notes of its own between sessions",
  CLAUDE_CODE_SIMPLE_SYSTEM_PROMPT: "there is one system prompt; --system-prompt replaces it",
  CLAUDE_CODE_NEW_INIT: "there is one /init",
  CLAUDE_CODE_SYNC_PLUGIN_INSTALL: "there are no plugins",
  CLAUDE_CODE_PROXY_RESOLVES_HOSTS: "a proxy always resolves the hosts it is asked for",
  DISABLE_AUTOUPDATER: NO_UPDATE,
  DISABLE_UPDATES: NO_UPDATE,
  DISABLE_TELEMETRY: NO_REPORTS,
  DO_NOT_TRACK: NO_REPORTS,
  DISABLE_ERROR_REPORTING: NO_REPORTS,
  DISABLE_COST_WARNINGS: "there are no warnings about costs",
  CLAUDE_CODE_DEBUG_LOG_LEVEL: "the debug log has one level; --debug=<categories> narrows it",
  CLAUDE_CODE_NO_FLICKER: NO_FULLSCREEN,
  CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN: NO_FULLSCREEN,
  CLAUDE_CODE_DISABLE_MOUSE: NO_FULLSCREEN,
  CLAUDE_CODE_SCROLL_SPEED: NO_FULLSCREEN,
  FORCE_HYPERLINK: "links are always sent; terminals that know none show the text",
  IS_DEMO: "the screen names no account",
  CLAUDE_CODE_ENABLE_AWAY_SUMMARY: "nothing is summarised while you are away",
  CLAUDE_CODE_DISABLE_FEEDBACK_SURVEY: "there are no surveys",
  CLAUDE_CODE_IDE_SKIP_AUTO_INSTALL: NO_IDE,
  CLAUDE_CODE_AUTO_CONNECT_IDE: NO_IDE,
  CLAUDE_CODE_IDE_HOST_OVERRIDE: NO_IDE,
  CLAUDE_CODE_PERFORCE_MODE: "Perforce is not supported",
  CLAUDE_CODE_USE_POWERSHELL_TOOL: "there is no PowerShell tool",
  CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: "who starts ccts sets the provider in its environment",
  CLAUDE_CODE_REMOTE: OURS,
  CLAUDE_CODE_ENABLE_TELEMETRY: NO_TELEMETRY,
  OTEL_METRICS_EXPORTER: NO_TELEMETRY,
  OTEL_LOGS_EXPORTER: NO_TELEMETRY,
  OTEL_EXPORTER_OTLP_ENDPOINT: NO_TELEMETRY,
  OTEL_LOG_USER_PROMPTS: NO_TELEMETRY,
  OTEL_LOG_TOOL_DETAILS: NO_TELEMETRY,
  OTEL_LOG_TOOL_CONTENT: NO_TELEMETRY,
  OTEL_LOG_RAW_API_BODIES: NO_TELEMETRY,
  OTEL_METRICS_INCLUDE_SESSION_ID: NO_TELEMETRY,
}

/** The variable asks for what is so in any case: nobody is misled. */
export function isGrantedAnyway(why: string): boolean {
  return why === NO_UPDATE || why === NO_REPORTS || why === OURS
}

/** Why a key does nothing here; null when it is obeyed. */
export function unobeyed(key: string): string | null {
  return Object.hasOwn(UNOBEYED_SETTINGS, key) ? (UNOBEYED_SETTINGS[key] ?? null) : null
}
