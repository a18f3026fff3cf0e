import { defineSubcommand } from "../define-subcommand.ts"

export const importCommand = defineSubcommand({
  meta: {
    name: "import",
    description: "Take over MCP servers, commands and instructions of another agent: codex, gemini or cursor",
  },
  args: {
    agent: { type: "positional", required: false, description: "codex, gemini or cursor; all by default" },
    "dry-run": { type: "boolean", description: "Only show what would be added" },
    yes: { type: "boolean", alias: "y", description: "Do not ask" },
  },
  async run({ args }) {
    const { importAgents } = await import("../import/import-command.ts")
    return importAgents({ agent: args.agent, dryRun: args["dry-run"] === true, yes: args.yes === true })
  },
})
