/** The flags that headless runs read; `cli/` makes them (the same names, derived from its table). */
export interface HeadlessFlags {
  readonly outputFormat?: "text" | "json" | "stream-json"
  readonly inputFormat?: "text" | "stream-json"
  readonly verbose?: boolean
  readonly includePartialMessages?: boolean
  readonly includeHookEvents?: boolean
  readonly forwardSubagentText?: boolean
  readonly replayUserMessages?: boolean
  readonly permissionPromptTool?: string
  readonly awaitInitialize?: boolean
  readonly sessionMirror?: boolean
  readonly permissionPrompts?: "host" | "none"
}
