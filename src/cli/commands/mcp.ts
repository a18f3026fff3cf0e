import { complain } from "../complain.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import type { Flags } from "../flags.ts"
import { prepare } from "../prepare.ts"
import { printLine } from "../print.ts"
import { add, addJson, remove } from "./mcp-edit.ts"
import { addFromClaudeDesktop } from "./mcp-import.ts"
import { get, list } from "./mcp-show.ts"
import { login, logout } from "./mcp-sign-in.ts"

const serve = defineSubcommand({
  meta: { name: "serve", description: "Offer the built-in tools as an MCP server on stdin and stdout" },
  args: {
    debug: { type: "boolean", alias: "d", description: "Say on stderr what is called" },
    verbose: { type: "boolean", description: "The same" },
  },
  async run({ args }) {
    const { serveMcp } = await import("../serve/serve-mcp.ts")
    const log = args.debug === true || args.verbose === true
    return serveMcp(prepare({} as Flags, true), log ? complain : undefined)
  },
})

const reset = defineSubcommand({
  meta: { name: "reset-project-choices", description: "Forget what was said about the servers of .mcp.json" },
  args: {},
  async run() {
    const { config, cwd, paths } = prepare({} as Flags, false)
    const [{ patchJson }, { forgetApprovals }, { existsSync }] = await Promise.all([
      import("../../lib/patch-json.ts"),
      import("../../extend/mcp/approvals.ts"),
      import("node:fs"),
    ])
    const keys = ["enabledMcpjsonServers", "disabledMcpjsonServers", "enableAllProjectMcpServers"]
    if (existsSync(config.files.local)) {
      await patchJson(config.files.local, (read) =>
        keys.filter((key) => read([key]) !== undefined).map((key) => ({ path: [key], value: undefined })),
      )
    }
    await forgetApprovals(cwd, paths)
    printLine("All project-scoped (.mcp.json) server approvals and rejections have been reset.")
    printLine("You will be asked again the next time you start ccts here.")
  },
})

export const mcpCommand = defineSubcommand({
  meta: { name: "mcp", description: "Configure MCP servers" },
  subCommands: {
    add,
    "add-from-claude-desktop": addFromClaudeDesktop,
    "add-json": addJson,
    get,
    list,
    login,
    logout,
    remove,
    "reset-project-choices": reset,
    serve,
  },
})
