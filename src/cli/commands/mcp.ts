import {
  addServer,
  type EditableScope,
  fileOf,
  type Place,
  removeServer,
  scopesOf,
} from "../../extend/mcp/edit-servers.ts"
import { readServer } from "../../extend/mcp/server-config.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import type { Flags } from "../flags.ts"
import { prepare } from "../prepare.ts"
import { printLine } from "../print.ts"
import { entryOf, readAddArgs } from "./mcp-args.ts"

const SCOPES: readonly EditableScope[] = ["local", "project", "user"]
const scopeArg = { type: "string", alias: "s", description: "local, project or user" } as const

function scopeOf(word: string): EditableScope {
  const scope = SCOPES.find((one) => one === word)
  if (scope === undefined) throw new Error(`Invalid scope: ${word}. Must be one of: ${SCOPES.join(", ")}`)
  return scope
}

function here(): Place {
  const { cwd, paths } = prepare({} as Flags, true)
  return { cwd, paths }
}

const add = defineSubcommand({
  meta: {
    name: "add",
    description:
      "Add a server: ccts mcp add [-s local|project|user] [-t stdio|http|sse] [-e KEY=value] [-H 'Name: value'] <name> <command or url> [args…]",
  },
  async run({ rawArgs }) {
    const args = readAddArgs(rawArgs)
    const scope = scopeOf(args.scope)
    const file = await addServer(here(), scope, args.name, entryOf(args))
    const what = [args.target, ...args.args].join(" ")
    printLine(
      `Added ${args.transport} MCP server ${args.name} with ${args.transport === "stdio" ? "command" : "URL"}: ${what} to ${scope} config`,
    )
    printLine(`File modified: ${file}`)
  },
})

const addJson = defineSubcommand({
  meta: { name: "add-json", description: "Add a server from JSON, or - for stdin" },
  args: {
    name: { type: "positional", required: true, description: "Name of the server" },
    json: { type: "positional", required: true, description: "Its entry" },
    scope: { ...scopeArg, default: "local" },
  },
  async run({ args }) {
    const text = args.json === "-" ? await Bun.stdin.text() : args.json
    let raw: unknown
    try {
      raw = JSON.parse(text)
    } catch (error) {
      throw new Error(`Invalid JSON: ${(error as Error).message}`)
    }
    const config = readServer(args.name, raw, process.env, () => {})
    if ("error" in config) throw new Error(config.error)
    const scope = scopeOf(args.scope)
    const file = await addServer(here(), scope, args.name, raw as object)
    printLine(`Added ${config.type} MCP server ${args.name} to ${scope} config`)
    printLine(`File modified: ${file}`)
  },
})

const remove = defineSubcommand({
  meta: { name: "remove", description: "Remove a server" },
  args: {
    name: { type: "positional", required: true, description: "Name of the server" },
    scope: scopeArg,
  },
  async run({ args }) {
    const place = here()
    const found = scopesOf(place, args.name)
    const wanted =
      args.scope === undefined ? found : [scopeOf(args.scope)].filter((scope) => found.includes(scope))
    const [scope] = wanted
    if (scope === undefined) {
      const where = args.scope === undefined ? "" : ` in ${args.scope} config`
      throw new Error(`No MCP server found with name: ${args.name}${where}`)
    }
    if (wanted.length > 1) {
      const files = wanted.map((one) => `${one} (${fileOf(place, one)})`).join(", ")
      throw new Error(`MCP server ${args.name} exists in several scopes: ${files}. Name one with -s.`)
    }
    const file = await removeServer(place, scope, args.name)
    printLine(`Removed MCP server ${args.name} from ${scope} config`)
    printLine(`File modified: ${file}`)
  },
})

const list = defineSubcommand({
  meta: { name: "list", description: "List the servers and whether they can be reached" },
  async run() {
    const { checkServers, statusLine } = await import("../check-servers.ts")
    const { servers, problems } = await checkServers(prepare({} as Flags, false))
    if (servers.length === 0 && problems.length === 0)
      printLine("No MCP servers configured. Use `ccts mcp add` to add one.")
    for (const server of servers) printLine(statusLine(server))
    for (const { message } of problems) printLine(`✘ ${message}`)
  },
})

const get = defineSubcommand({
  meta: { name: "get", description: "Show one server" },
  args: { name: { type: "positional", required: true, description: "Name of the server" } },
  async run({ args }) {
    const { checkServers, statusDetails } = await import("../check-servers.ts")
    const { servers } = await checkServers(prepare({} as Flags, false), args.name)
    const [server] = servers
    if (server === undefined) throw new Error(`No MCP server found with name: ${args.name}`)
    for (const line of statusDetails(server)) printLine(line)
  },
})

const reset = defineSubcommand({
  meta: { name: "reset-project-choices", description: "Forget what was said about the servers of .mcp.json" },
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
  subCommands: { add, "add-json": addJson, get, list, remove, "reset-project-choices": reset },
})
