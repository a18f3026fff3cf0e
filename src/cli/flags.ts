import type { FlagSpec, FlagsOf } from "./flag-spec.ts"

/**
 * The one table of flags (spec/cli.md sections 2.1 and 2.3). The parser, the `Flags` type, `--help` and the shell
 * completions are made from it. Plain data: it is read on every start.
 */
export const FLAGS = {
  // The run
  print: { arity: "switch", short: "p", help: "Answer one prompt and exit, without a screen" },
  continue: { arity: "switch", short: "c", help: "Go on with the newest conversation of this folder" },
  resume: {
    arity: "optional",
    short: "r",
    value: "id or words",
    help: "Go on with a conversation: by id or name, or pick one",
  },
  "fork-session": { arity: "switch", help: "With --resume or --continue: go on under a new session id" },
  "session-id": { arity: "value", value: "uuid", help: "Use this id for the session" },
  name: { arity: "value", short: "n", value: "name", help: "Name shown for the session" },
  "from-pr": {
    arity: "optional",
    value: "number or url",
    help: "Pick among sessions linked to a pull request",
  },
  "no-session-persistence": { arity: "switch", help: "Keep nothing of this run on disk (with -p)" },
  bg: { arity: "switch", aliases: ["background"], help: "Start as a background session, print its id" },
  exec: { arity: "value", value: "command", hidden: true, help: "With --bg: run a shell command as a job" },
  worktree: { arity: "optional", short: "w", value: "name", help: "Work in a new git worktree" },
  tmux: { arity: "attached", value: "classic", choices: ["classic"], help: "Open the --worktree in tmux" },

  // The model
  model: { arity: "value", value: "alias or id", help: "Model of this session, e.g. opus or a full id" },
  "fallback-model": {
    arity: "csv",
    value: "model,…",
    help: "Models to try in order when the first is overloaded",
  },
  effort: {
    arity: "value",
    value: "level",
    choices: ["low", "medium", "high", "xhigh", "max", "ultracode"],
    help: "How hard the model works",
  },
  agent: { arity: "value", value: "name", help: "Run the conversation as this agent" },
  agents: { arity: "value", value: "json or file", help: "Agents for this session only" },
  betas: { arity: "list", value: "beta…", help: "More anthropic-beta values (API key users)" },
  autocompact: {
    arity: "value",
    value: "auto or tokens",
    help: "Size at which the conversation is compacted",
  },
  thinking: {
    arity: "value",
    value: "kind",
    choices: ["adaptive", "enabled", "disabled"],
    hidden: true,
    help: "How the model thinks",
  },
  "thinking-display": {
    arity: "value",
    value: "kind",
    choices: ["summarized", "omitted", "highlights"],
    hidden: true,
    help: "What of the thinking is sent",
  },
  "max-thinking-tokens": {
    arity: "value",
    value: "n",
    number: { above: -1, whole: true },
    hidden: true,
    help: "Fixed thinking budget; 0 is off",
  },
  advisor: { arity: "value", value: "model", hidden: true, help: "Model that gives advice" },

  // The prompt
  "system-prompt": {
    arity: "value",
    value: "text",
    help: "Use this system prompt instead of the default one",
  },
  "system-prompt-file": {
    arity: "value",
    value: "file",
    complete: "file",
    hidden: true,
    help: "Like --system-prompt, from a file",
  },
  "append-system-prompt": { arity: "value", value: "text", help: "Add to the system prompt" },
  "append-system-prompt-file": {
    arity: "value",
    value: "file",
    complete: "file",
    hidden: true,
    help: "Like --append-system-prompt, from a file",
  },
  "append-subagent-system-prompt": {
    arity: "value",
    value: "text",
    hidden: true,
    help: "Add to the system prompt of every subagent",
  },
  "system-prompt-snapshot": {
    arity: "value",
    value: "on or off",
    choices: ["on", "off"],
    help: "Record the prompt once per conversation and reuse it",
  },
  "exclude-dynamic-system-prompt-sections": {
    arity: "switch",
    help: "Keep folder, environment and git state out of the system prompt",
  },

  // Permissions and tools
  "permission-mode": {
    arity: "value",
    value: "mode",
    choices: ["default", "acceptEdits", "plan", "dontAsk", "bypassPermissions", "auto"],
    same: { manual: "default" },
    help: "What may run without a question",
  },
  allowedTools: {
    arity: "list",
    aliases: ["allowed-tools"],
    value: "rule…",
    help: 'Calls to allow, e.g. "Bash(git *) Edit"',
  },
  disallowedTools: {
    arity: "list",
    aliases: ["disallowed-tools"],
    value: "rule…",
    help: "Calls to deny; a bare name takes the tool away",
  },
  tools: { arity: "list", value: "name…", help: 'Built-in tools: names, "default", or "" for none' },
  "add-dir": { arity: "words", value: "folder…", complete: "folder", help: "More folders to work in" },
  "dangerously-skip-permissions": {
    arity: "switch",
    help: "Ask nothing, run everything (bypassPermissions)",
  },
  "allow-dangerously-skip-permissions": {
    arity: "switch",
    help: "Offer bypassPermissions among the modes, without starting in it",
  },
  restricted: { arity: "switch", help: "No tools that run code or fetch, no user or project settings" },
  "permission-prompts": {
    arity: "value",
    value: "who",
    choices: ["host", "none"],
    help: "Who answers permission questions without a screen (default host)",
  },
  "permission-prompt-tool": {
    arity: "value",
    value: "tool",
    hidden: true,
    help: "MCP tool, or stdio for the host, that answers permission questions",
  },
  "enable-auto-mode": { arity: "switch", hidden: true, help: "Has no effect any more" },

  // Input and output without a screen
  "output-format": {
    arity: "value",
    value: "format",
    choices: ["text", "json", "stream-json"],
    help: "What is printed without a screen (default text)",
  },
  "input-format": {
    arity: "value",
    value: "format",
    choices: ["text", "stream-json"],
    help: "What is read from stdin (default text)",
  },
  "include-partial-messages": {
    arity: "switch",
    help: "stream-json: also the pieces of a reply as they arrive",
  },
  "include-hook-events": { arity: "switch", help: "stream-json: also what hooks do" },
  "forward-subagent-text": { arity: "switch", help: "stream-json: also what subagents say and think" },
  "replay-user-messages": { arity: "switch", help: "stream-json: repeat the messages read from stdin" },
  "prompt-suggestions": {
    arity: "optional",
    value: "true or false",
    choices: ["true", "false"],
    same: { "1": "true", "0": "false", on: "true", off: "false", yes: "true", no: "false" },
    help: "stream-json: suggest the next prompt after a turn",
  },
  "json-schema": { arity: "value", value: "schema", help: "Demand an answer of this JSON schema (with -p)" },
  "max-turns": {
    arity: "value",
    value: "n",
    number: { above: 0, whole: true },
    hidden: true,
    help: "Stop after this many requests (with -p)",
  },
  "max-budget-usd": {
    arity: "value",
    value: "dollars",
    number: { above: 0 },
    help: "Stop when this much is spent",
  },
  "task-budget": {
    arity: "value",
    value: "tokens",
    number: { above: 0, whole: true },
    hidden: true,
    help: "Tokens the model is told it may use",
  },
  "resume-session-at": { arity: "value", value: "uuid", hidden: true, help: "Resume up to this message" },
  "resume-drops-turn": { arity: "value", value: "uuid", hidden: true, help: "Resume without this turn" },
  "session-mirror": { arity: "switch", hidden: true, help: "Send the transcript to the host too" },
  "await-initialize": { arity: "switch", hidden: true, help: "Load nothing before the host's initialize" },
  brief: { arity: "switch", help: "Give the model a tool for messages to the user" },

  // Settings and extensions
  settings: {
    arity: "value",
    value: "file or json",
    complete: "file",
    help: "More settings for this session",
  },
  profile: {
    arity: "value",
    value: "name",
    help: "Permissions and sandbox as defined under ccts.profiles in your settings",
  },
  "setting-sources": {
    arity: "csv",
    value: "user,project,local",
    help: 'Settings files to load; "" for none',
  },
  "managed-settings": { arity: "value", value: "json", hidden: true, help: "Policy settings from the host" },
  "project-config-root": {
    arity: "value",
    value: "folder",
    complete: "folder",
    hidden: true,
    help: "Where the project's configuration is looked for",
  },
  "mcp-config": { arity: "words", value: "file or json…", complete: "file", help: "More MCP servers" },
  "strict-mcp-config": { arity: "switch", help: "Only the MCP servers of --mcp-config" },
  "plugin-dir": {
    arity: "repeat",
    value: "folder",
    complete: "folder",
    help: "Plugin for this session (repeatable)",
  },
  "plugin-dir-no-mcp": {
    arity: "repeat",
    value: "folder",
    complete: "folder",
    hidden: true,
    help: "Like --plugin-dir, without its MCP servers",
  },
  "plugin-url": { arity: "repeat", value: "url", help: "Plugin for this session, by address (repeatable)" },
  "disable-slash-commands": { arity: "switch", help: "No skills and no commands" },
  bare: { arity: "switch", help: "The least: no hooks, memory, discovery or background traffic" },
  "safe-mode": { arity: "switch", help: "Start without any customisation" },
  file: { arity: "words", value: "id:path…", help: "API files to download at start" },
  ide: { arity: "switch", help: "Connect to the IDE when exactly one is found" },
  chrome: { arity: "switch", negatable: true, help: "Browser integration for this session" },
  channels: { arity: "words", value: "channel…", hidden: true, help: "Message channels" },
  "teammate-mode": {
    arity: "value",
    value: "mode",
    choices: ["in-process", "auto", "tmux", "iterm2"],
    hidden: true,
    help: "Where teammates run",
  },
  init: { arity: "switch", hidden: true, help: "Run Setup hooks first (with -p)" },
  maintenance: { arity: "switch", hidden: true, help: "Run Setup hooks for maintenance (with -p)" },
  "init-only": { arity: "switch", hidden: true, help: "Run Setup and SessionStart hooks, then exit" },

  // The screen and the program
  demo: { arity: "switch", help: "Try the program with a scripted model: no key, no network" },
  "ax-screen-reader": { arity: "switch", help: "Plain lines for screen readers" },
  verbose: { arity: "switch", help: "Show everything of a turn" },
  debug: {
    arity: "attached",
    short: "d",
    value: "filter",
    help: "Write a debug log, e.g. --debug='mcp,hooks'",
  },
  "debug-file": {
    arity: "value",
    value: "file",
    complete: "file",
    help: "Where the debug log goes (implies --debug)",
  },
  help: { arity: "switch", short: "h", help: "Show this help" },
  version: { arity: "switch", short: "v", help: "Show the version" },

  // Hosted features: parsed so that they are refused by name
  cloud: { arity: "optional", aliases: ["remote"], value: "task", hidden: true, help: "Cloud session" },
  environment: { arity: "value", value: "id", hidden: true, help: "Cloud environment" },
  ref: { arity: "value", value: "branch", hidden: true, help: "Branch of a cloud session" },
  teleport: { arity: "optional", value: "session", hidden: true, help: "Take over a cloud session" },
  desktop: { arity: "switch", hidden: true, help: "Open in the desktop program" },
  "remote-control": {
    arity: "optional",
    aliases: ["rc"],
    value: "name",
    hidden: true,
    help: "Remote control",
  },
  "remote-control-session-name-prefix": {
    arity: "value",
    value: "prefix",
    hidden: true,
    help: "Prefix of remote session names",
  },
} as const satisfies Readonly<Record<string, FlagSpec>>

export type Flags = FlagsOf<typeof FLAGS>

/** The table without its literal types, for code that walks over it. */
export const flagTable: Readonly<Record<string, FlagSpec>> = FLAGS
