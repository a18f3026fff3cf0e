/** `mcp add`, `mcp add-json`, `mcp remove`: entries in the files of the scopes. */
import { addServer, fileOf, removeServer, scopesOf } from "../../extend/mcp/edit-servers.ts"
import { readServer, type ServerConfig } from "../../extend/mcp/server-config.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import { printLine } from "../print.ts"
import { entryOf, readAddArgs } from "./mcp-args.ts"
import { here, scopeArg, scopeOf } from "./mcp-place.ts"

/** Far more than an entry needs. */
const MAX_JSON_CHARS = 1024 * 1024
const SHOWN_TYPES: Readonly<Record<ServerConfig["type"], string>> = {
  stdio: "stdio",
  http: "HTTP",
  sse: "SSE",
  ws: "WebSocket",
  sdk: "sdk",
}

export const add = defineSubcommand({
  meta: {
    name: "add",
    description:
      "Add a server: ccts mcp add [-s local|project|user] [-t stdio|http|sse] [-e KEY=value] [-H 'Name: value'] [--client-id id [--client-secret]] [--callback-port port] <name> <command or url> [args…]; what follows -- is the server's own",
  },
  async run({ rawArgs }) {
    const args = readAddArgs(rawArgs)
    const scope = scopeOf(args.scope)
    const entry = entryOf(args)
    const config = checked(args.name, entry)
    const secret = args.clientSecret ? await clientSecret() : null
    const place = here()
    const file = await addServer(place, scope, args.name, entry)
    if (secret !== null) await keepSecret(args.name, config, secret)
    const what = [args.target, ...args.args].join(" ")
    const label = config.type === "stdio" ? "command" : "URL"
    printLine(
      `Added ${SHOWN_TYPES[config.type]} MCP server ${args.name} with ${label}: ${what} to ${scope} config`,
    )
    printLine(`File modified: ${file}`)
    if (config.type === "stdio" && /^https?:\/\//i.test(args.target))
      process.stderr.write(
        `${args.target} looks like an address, and was added as a command; for a server at that address use -t http or -t sse.\n`,
      )
  },
})

export const addJson = defineSubcommand({
  meta: { name: "add-json", description: "Add a server from JSON, or - for stdin" },
  args: {
    name: { type: "positional", required: true, description: "Name of the server" },
    json: { type: "positional", required: true, description: "Its entry" },
    scope: { ...scopeArg, default: "local" },
    "client-secret": { type: "boolean", description: "Ask for the secret of oauth.clientId" },
  },
  async run({ args }) {
    const text = args.json === "-" ? await readInput() : args.json
    let raw: unknown
    try {
      raw = JSON.parse(text)
    } catch (error) {
      throw new Error(`Invalid JSON: ${(error as Error).message}`)
    }
    const config = checked(args.name, raw)
    const scope = scopeOf(args.scope)
    const secret = args["client-secret"] === true ? await clientSecret() : null
    if (secret !== null && !("oauth" in config && config.oauth?.clientId !== undefined))
      throw new Error("--client-secret needs oauth.clientId in the entry")
    const file = await addServer(here(), scope, args.name, raw as object)
    if (secret !== null) await keepSecret(args.name, config, secret)
    printLine(`Added ${SHOWN_TYPES[config.type]} MCP server ${args.name} to ${scope} config`)
    printLine(`File modified: ${file}`)
  },
})

export const remove = defineSubcommand({
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
    // Nobody signs in to what is gone; one of the same name in another scope keeps its sign-in.
    if (found.length === 1) {
      const { forgetServer } = await import("../server-login.ts")
      await forgetServer(args.name)
    }
    printLine(`Removed MCP server ${args.name} from ${scope} config`)
    printLine(`File modified: ${file}`)
  },
})

/** Throws one line when the entry could not be used. */
function checked(name: string, raw: unknown): ServerConfig {
  const config = readServer(name, raw, process.env, () => {})
  if ("error" in config) throw new Error(config.error)
  return config
}

async function readInput(): Promise<string> {
  let text = ""
  const decoder = new TextDecoder()
  for await (const chunk of Bun.stdin.stream()) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MAX_JSON_CHARS) throw new Error("Invalid JSON: more than 1 MB on stdin")
  }
  return text
}

/** From MCP_CLIENT_SECRET, or typed without being shown. */
async function clientSecret(): Promise<string> {
  const given = process.env.MCP_CLIENT_SECRET
  if (given) return given
  const { askSecret } = await import("../ask-secret.ts")
  const typed = await askSecret("OAuth client secret: ")
  if (typed === null)
    throw new Error("--client-secret needs a terminal to type it on, or MCP_CLIENT_SECRET in the environment")
  return typed
}

async function keepSecret(name: string, config: ServerConfig, secret: string): Promise<void> {
  const { keepClientSecret } = await import("../server-login.ts")
  await keepClientSecret(name, config, secret)
}
