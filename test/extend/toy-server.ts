/**
 * A small MCP server over stdio for what published servers do not do: it is slow, it crashes, it floods. The argument
 * says how it misbehaves.
 */
const mode = process.argv[2] ?? "plain"
const say = (message: object): void => {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`)
}

if (mode === "stubborn") {
  // Deaf to every polite word, with a child that is no better, and one that has gone its own way.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => {})
  const shell = "trap '' TERM INT HUP; while :; do sleep 1; done"
  const child = Bun.spawn(["sh", "-c", shell], { stdio: ["ignore", "ignore", "ignore"] })
  const away = Bun.spawn(["setsid", "sh", "-c", shell], { stdio: ["ignore", "ignore", "ignore"] })
  await Bun.write(process.argv[3] ?? "/dev/null", JSON.stringify([process.pid, child.pid, away.pid]))
  setInterval(() => {}, 1_000)
}
if (mode === "silent") setInterval(() => {}, 1_000)
if (mode === "crash") {
  process.stderr.write("no database to talk to\n")
  process.exit(3)
}
if (mode === "endless-line") for (;;) process.stdout.write("x".repeat(1 << 20))

/** Large enough to need a file. */
const LONG = 500_000

async function answer(id: number, method: string, params: Record<string, unknown>): Promise<void> {
  const result = (value: object) => say({ id, result: value })
  switch (method) {
    case "initialize":
      process.stdout.write("a log line that is no message\n")
      result({
        protocolVersion: "2025-06-18",
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: "toy", version: "1.0.0" },
        instructions: "Use the toys with care.",
      })
      return
    case "tools/list":
      result({
        tools: [
          { name: "wait", inputSchema: { type: "object" } },
          { name: "die", inputSchema: { type: "object" } },
          { name: "long text", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } },
          {
            name: "either",
            inputSchema: {
              anyOf: [
                { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
                { type: "object", properties: { b: { type: "string" } }, required: ["b"] },
              ],
            },
          },
          { name: "env", inputSchema: { type: "object" } },
          { nonsense: true },
          ...(grown ? [{ name: "grown", inputSchema: { type: "object" } }] : []),
        ],
      })
      return
    case "tools/call":
      return call(id, String(params.name), result)
  }
}

let grown = false

function call(id: number, name: string, result: (value: object) => void) {
  const text = (value: string) => result({ content: [{ type: "text", text: value }] })
  switch (name) {
    case "die":
      process.exit(1)
      break
    case "long text":
      text("word ".repeat(LONG / 5))
      return
    case "env": {
      const { TOY, CLAUDE_PROJECT_DIR, CLAUDECODE } = process.env
      text(
        JSON.stringify({
          TOY,
          CLAUDE_PROJECT_DIR,
          CLAUDECODE,
          cwd: process.cwd(),
          pid: process.pid,
          names: Object.keys(process.env),
        }),
      )
      return
    }
    case "either":
      grown = true
      for (let at = 0; at < 2_000; at++) say({ method: "notifications/tools/list_changed" })
      text("more")
      return
    default:
      waiting = id
  }
}

/** The call that is never answered. */
let waiting: number | null = null

for await (const line of console) {
  const message = JSON.parse(line) as { id?: number; method: string; params?: Record<string, unknown> }
  if (message.method === "notifications/cancelled" && waiting !== null) {
    await Bun.write(process.argv[3] ?? "/dev/null", "cancelled")
    waiting = null
  }
  if (mode === "silent") continue
  if (message.id !== undefined) await answer(message.id, message.method, message.params ?? {})
}
