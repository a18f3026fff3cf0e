import type { PermissionMode } from "./permission.ts"

/** The merged settings as the program reads them (spec/settings.md section 2). `config/` makes it from the layers. */
export interface Settings {
  readonly model?: string
  readonly availableModels?: readonly string[]
  readonly enforceAvailableModels?: boolean
  readonly deniedModels?: readonly string[]
  readonly fallbackModel?: readonly string[]
  readonly effortLevel?: string
  readonly alwaysThinkingEnabled?: boolean
  readonly apiKeyHelper?: string
  readonly env?: Readonly<Record<string, string>>
  readonly permissions?: {
    readonly allow?: readonly string[]
    readonly ask?: readonly string[]
    readonly deny?: readonly string[]
    readonly defaultMode?: PermissionMode
    readonly additionalDirectories?: readonly string[]
    readonly disableBypassPermissionsMode?: "disable"
    readonly disableAutoMode?: "disable"
    readonly blockReadsOutsideWorkingDirectories?: boolean
    readonly blockWritesOutsideWorkingDirectories?: boolean
    readonly denyInsteadOfPrompting?: boolean
  }
  readonly fileSuggestion?: { readonly command: string }
  readonly respectGitignore?: boolean
  readonly companyAnnouncements?: readonly string[]
  readonly language?: string
  readonly outputStyle?: string
  readonly skillListingBudgetFraction?: number
  readonly skillListingMaxDescChars?: number
  readonly disableSkillShellExecution?: boolean
  readonly cleanupPeriodDays?: number
  readonly theme?: string
  readonly axScreenReader?: boolean
  readonly verbose?: boolean
  readonly includeCoAuthoredBy?: boolean
  readonly [key: string]: unknown
}
