import { afterEach, describe, expect, test } from "bun:test"
import type { ServerRow, ServersPort } from "../../src/tui/ports.ts"
import { type Harness, started, startHarness } from "./harness.ts"

let open: Harness | null = null
afterEach(async () => {
  await open?.stop()
  open = null
})

const row = (name: string, more: Partial<ServerRow> = {}): ServerRow => ({
  name,
  status: "connected",
  about: "npx thing",
  scope: "user",
  tools: ["a", "b"],
  enabled: true,
  canSignIn: false,
  ...more,
})

function fakeServers(rows: readonly ServerRow[], more: Partial<ServersPort> = {}) {
  const calls: string[] = []
  const port: ServersPort = {
    list: () => rows,
    async reconnect(name) {
      calls.push(`reconnect ${name}`)
      return `${name} is connected, 2 tools.`
    },
    async toggle(name, enabled) {
      calls.push(`${enabled ? "on" : "off"} ${name}`)
      return `${name} is ${enabled ? "on" : "off"} in this project.`
    },
    signIn: async () => "Signed in.",
    async signOut(name) {
      calls.push(`out ${name}`)
      return `Signed out of ${name}.`
    },
    ...more,
  }
  return { port, calls }
}

async function start(servers: ServersPort | null): Promise<Harness> {
  open = startHarness({ ports: { servers } })
  await open.emit(started())
  return open
}

async function run(harness: Harness, command: string): Promise<void> {
  harness.screen.type(command)
  harness.screen.press("return")
  await harness.settle()
}

const said = (harness: Harness) => harness.screen.printed.join("\n")

describe("/mcp", () => {
  test("shows how the servers are, and the tools of one", async () => {
    const { port } = fakeServers([
      row("near"),
      row("far", { status: "failed", error: "no such host", tools: [] }),
    ])
    const harness = await start(port)
    await run(harness, "/mcp")
    expect(harness.screen.footerText()).toContain("✔ connected · 2 tools · user")
    expect(harness.screen.footerText()).toContain("✘ failed")
    harness.screen.press("return")
    await harness.settle()
    harness.screen.press("return")
    await harness.settle()
    expect(said(harness)).toContain("near (npx thing)")
  })

  test("a server that wants a sign-in offers it first; the address is shown, and what was pasted is in no row", async () => {
    const { port } = fakeServers([row("far", { status: "needs-auth", tools: [], canSignIn: true })], {
      async signIn(name, steps) {
        steps.onAddress({ url: "https://id.example/authorize", opened: false, takesCode: true })
        for await (const text of steps.pasted) return `Signed in to ${name} (${text.length}).`
        throw new Error("the input ended")
      },
    })
    const harness = await start(port)
    await run(harness, "/mcp")
    expect(harness.screen.footerText()).toContain("! needs a sign-in")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("Authenticate")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("https://id.example/authorize")
    harness.screen.onPaste("http://localhost:1/callback?code=c")
    harness.screen.press("return")
    await harness.waitFor("the end", () => said(harness).includes("Signed in to far"))
    expect(said(harness)).not.toContain("code=c")
  })

  test("one that is signed in to can be signed out of", async () => {
    const { port, calls } = fakeServers([row("far", { canSignIn: true })])
    const harness = await start(port)
    await run(harness, "/mcp")
    harness.screen.press("return")
    await harness.settle()
    harness.screen.type("clear")
    await harness.settle()
    harness.screen.press("return")
    await harness.waitFor("the end", () => said(harness).includes("Signed out of far."))
    expect(calls).toEqual(["out far"])
  })

  test("reconnects, and switches one or all", async () => {
    const { port, calls } = fakeServers([row("a"), row("b", { enabled: false, status: "disabled" })])
    const harness = await start(port)
    await run(harness, "/mcp reconnect a")
    await run(harness, "/mcp disable a")
    await run(harness, "/mcp enable all")
    await run(harness, "/mcp wrong")
    expect(calls).toEqual(["reconnect a", "off a", "on b"])
    expect(said(harness)).toContain("/mcp takes a server")
  })

  test("without servers says how to add one", async () => {
    const harness = await start(fakeServers([]).port)
    await run(harness, "/mcp")
    expect(said(harness)).toContain("ccts mcp add")
  })
})
