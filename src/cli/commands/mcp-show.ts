/** `mcp list` and `mcp get`: how the servers are, asked of the servers themselves. */
import { defineSubcommand } from "../define-subcommand.ts"
import type { Flags } from "../flags.ts"
import { prepare } from "../prepare.ts"
import { printLine } from "../print.ts"

export const list = defineSubcommand({
  meta: { name: "list", description: "List the servers and whether they can be reached" },
  args: {},
  async run() {
    const { checkServers, isListed, statusLine } = await import("../check-servers.ts")
    const { servers, problems } = await checkServers(prepare({} as Flags, false))
    const listed = servers.filter(isListed)
    if (listed.length === 0 && problems.length === 0)
      printLine("No MCP servers configured. Use `ccts mcp add` to add one.")
    for (const server of listed) printLine(statusLine(server))
    for (const { message } of problems) printLine(`✘ ${message}`)
  },
})

export const get = defineSubcommand({
  meta: { name: "get", description: "Show one server" },
  args: { name: { type: "positional", required: true, description: "Name of the server" } },
  async run({ args }) {
    const { checkServers, statusDetails } = await import("../check-servers.ts")
    const { servers, problems } = await checkServers(prepare({} as Flags, false), args.name)
    const [server] = servers
    if (server === undefined) {
      const problem = problems.find(({ name }) => name === args.name)
      throw new Error(problem?.message ?? `No MCP server found with name: ${args.name}`)
    }
    for (const line of statusDetails(server)) printLine(line)
    printLine("")
    printLine(`To remove this server: ccts mcp remove ${args.name} -s ${server.entry.scope}`)
  },
})
