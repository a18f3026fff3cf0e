/** Which settings a running session follows when a file changes; of all others the next start takes notice. */

/** Top-level keys; a member of an object follows as its object does. */
const FOLLOWED: ReadonlySet<string> = new Set([
  // Permissions and what runs
  "permissions",
  "env",
  "hooks",
  "disableAllHooks",
  "allowManagedHooksOnly",
  "allowedHttpHookUrls",
  "httpHookAllowedEnvVars",
  "sandbox",
  "toolAliases",
  "bashOutputMaxChars",
  "taskOutputMaxChars",
  // Models and room
  "fallbackModel",
  "availableModels",
  "enforceAvailableModels",
  "deniedModels",
  "modelPricing",
  "modelSettings",
  "switchModelsOnFlag",
  "promptCacheTtl",
  "subagentPromptCacheTtl",
  "autoCompactEnabled",
  "autoCompactWindow",
  // The screen
  "theme",
  "verbose",
  "viewMode",
  "statusLine",
  "fileSuggestion",
  "respectGitignore",
  "respondToBashCommands",
  "askUserQuestionTimeout",
  "dialogExpiry",
  "showTurnDuration",
  "showMessageTimestamps",
  "timeFormat",
  "timeZone",
  "showClearContextOnPlanAccept",
  "spinnerTipsEnabled",
  "spinnerTipsOverride",
  "spinnerVerbs",
  "promptSuggestionEnabled",
  "emojiCompletionEnabled",
  "syntaxHighlightingDisabled",
  "maxProseWidth",
  "prefersReducedMotion",
  "terminalProgressBarEnabled",
  "terminalTitleFromRename",
  "footerLinksRegexes",
  "preferredNotifChannel",
  "inputNeededNotifEnabled",
])

/** `key` dotted or not. */
export function followsAtOnce(key: string): boolean {
  return FOLLOWED.has(key.split(".")[0] ?? "")
}
