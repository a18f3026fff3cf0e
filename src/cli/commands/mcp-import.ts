import { defineSubcommand } from "../define-subcommand.ts"
import { printLine } from "../print.ts"
import { here, scopeArg, scopeOf } from "./mcp-place.ts"

export const addFromClaudeDesktop = defineSubcommand({
  meta: {
    name: "add-from-claude-desktop",
    description: "Take over servers from the desktop app (macOS, Windows, WSL)",
  },
  args: { scope: { ...scopeArg, default: "local" } },
  async run({ args }) {
    const scope = scopeOf(args.scope)
    const [{ desktopServers, freeName }, { addServer, scopesOf }, { canAsk, createQuestions }] =
      await Promise.all([
        import("../desktop-servers.ts"),
        import("../../extend/mcp/edit-servers.ts"),
        import("../questions.ts"),
      ])
    const { file, servers, problems } = desktopServers()
    for (const problem of problems) process.stderr.write(`${problem}\n`)
    if (servers.length === 0) {
      printLine(`No MCP servers found in ${file}`)
      return
    }
    const place = here()
    const ask = canAsk() ? createQuestions() : null
    let count = 0
    for (const { name, entry } of servers) {
      if (ask !== null && !(await ask.confirm(`Add ${name}?`))) continue
      const free = freeName(name, (taken) => scopesOf(place, taken).includes(scope))
      await addServer(place, scope, free, entry)
      printLine(`Added ${free}`)
      count++
    }
    printLine(`Added ${count} of ${servers.length} MCP servers from ${file} to ${scope} config`)
  },
})
