/**
 * Subcommands (spec/cli.md section 3). `commands/<name>.ts` implements a command; a name without a loader is
 * known, so that it is refused by name instead of being sent to the model as a prompt.
 */
export interface CommandEntry {
  readonly help: string
  readonly aliases?: readonly string[]
  /** Words of the second level, for completions. */
  readonly words?: readonly string[]
  /** Why it cannot be run, said in one line. */
  readonly absent?: "hosted" | "later"
}

export const COMMANDS = {
  agents: { help: "Background sessions", absent: "later" },
  attach: { help: "Open a background session", absent: "later" },
  auth: { help: "Sign in, sign out, show who pays", words: ["login", "logout", "status"] },
  "auto-mode": {
    help: "Configure the automatic permission mode",
    words: ["config", "defaults", "critique", "reset"],
  },
  completion: { help: "Print completions for bash, zsh or fish", words: ["bash", "zsh", "fish"] },
  config: { help: "Show and change settings", words: ["get", "set", "unset", "list", "explain", "schema"] },
  daemon: {
    help: "The supervisor of background sessions",
    words: ["status", "stop", "logs", "run", "uninstall"],
    absent: "later",
  },
  doctor: { help: "Check the installation and the settings" },
  gateway: { help: "Hosted gateway", absent: "hosted" },
  import: { help: "Take over the configuration of another agent", words: ["codex", "gemini", "cursor"] },
  install: { help: "Install a version" },
  logs: { help: "Output of a background session", absent: "later" },
  mcp: {
    help: "Configure MCP servers",
    words: [
      "add",
      "add-from-claude-desktop",
      "add-json",
      "get",
      "list",
      "login",
      "logout",
      "remove",
      "reset-project-choices",
      "serve",
    ],
  },
  plugin: {
    help: "Manage plugins",
    absent: "later",
    aliases: ["plugins"],
    words: [
      "configure",
      "details",
      "disable",
      "enable",
      "install",
      "list",
      "marketplace",
      "uninstall",
      "update",
      "validate",
    ],
  },
  project: { help: "Data of a project", words: ["purge"] },
  purge: { help: "Delete what is stored about a project" },
  "remote-control": { help: "Hosted remote control", absent: "hosted" },
  respawn: { help: "Start a background session again", absent: "later" },
  rm: { help: "Remove a background session", absent: "later" },
  sandbox: { help: "Try out the sandbox of this machine", words: ["check"] },
  "self-hosted-runner": { help: "Hosted runner", absent: "hosted" },
  "setup-token": { help: "Create a long-lived sign-in token" },
  stop: { help: "Stop a background session", aliases: ["kill"], absent: "later" },
  ultrareview: { help: "Hosted review", absent: "hosted" },
  update: { help: "Update this program", aliases: ["upgrade"] },
  why: { help: "Say whether something would be allowed here, and why" },
} as const satisfies Readonly<Record<string, CommandEntry>>

export type CommandName = keyof typeof COMMANDS

/** Commands that this version can run; `commands.ts` has a loader for each. */
export const RUNNABLE = [
  "auth",
  "auto-mode",
  "completion",
  "config",
  "doctor",
  "import",
  "install",
  "mcp",
  "project",
  "purge",
  "sandbox",
  "setup-token",
  "update",
  "why",
] as const satisfies readonly CommandName[]
export type RunnableName = (typeof RUNNABLE)[number]

/** Names and aliases to main names. */
export const commandNames: ReadonlyMap<string, CommandName> = new Map(
  Object.entries(COMMANDS).flatMap(([name, entry]: [string, CommandEntry]) =>
    [name, ...(entry.aliases ?? [])].map((spelling) => [spelling, name as CommandName] as const),
  ),
)
