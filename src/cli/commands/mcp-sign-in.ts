/** `mcp login` and `mcp logout`. */
import { defineSubcommand } from "../define-subcommand.ts"
import type { Flags } from "../flags.ts"
import { prepare } from "../prepare.ts"
import { printLine } from "../print.ts"

const name = { type: "positional", required: true, description: "Name of the server" } as const

export const login = defineSubcommand({
  meta: { name: "login", description: "Sign in to a server" },
  args: {
    name,
    "no-browser": { type: "boolean", description: "Print the address instead of opening a browser" },
  },
  async run({ args, rawArgs }) {
    const { prepared, target } = await find(args.name)
    const { signInFromShell } = await import("../server-login.ts")
    return signInFromShell(target, prepared, { browser: !rawArgs.includes("--no-browser") })
  },
})

export const logout = defineSubcommand({
  meta: { name: "logout", description: "Sign out of a server" },
  args: { name },
  async run({ args }) {
    const { prepared, target } = await find(args.name)
    const { signOutOfServer } = await import("../../auth/server-sign-in.ts")
    const { removed, revoked } = await signOutOfServer(target, prepared)
    const voided = revoked ? "; the service has revoked it" : ""
    printLine(removed ? `Signed out of ${args.name}${voided}.` : `There was no sign-in to ${args.name}.`)
  },
})

async function find(wanted: string) {
  const prepared = prepare({} as Flags, false)
  const [{ configuredServers }, { signInTarget }] = await Promise.all([
    import("../configured-servers.ts"),
    import("../server-login.ts"),
  ])
  const { entries } = await configuredServers(prepared)
  const entry = entries.find((one) => one.name === wanted)
  if (entry === undefined) throw new Error(`No MCP server found with name: ${wanted}`)
  return { prepared, target: signInTarget(entry) }
}
