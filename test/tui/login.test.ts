import { afterEach, describe, expect, test } from "bun:test"
import type { AuthPort, LoginSteps, LoginWay } from "../../src/tui/ports.ts"
import { type Harness, type HarnessOptions, started, startHarness } from "./harness.ts"

let open: Harness | null = null
afterEach(async () => {
  await open?.stop()
  open = null
})

function fakeAuth(more: Partial<AuthPort> = {}): AuthPort & { readonly calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    advice: ["Ways that work: an API key.", "ccts has no OAuth client id of its own."],
    status: async () => ["Signed in: ANTHROPIC_API_KEY", "Why: the first in the order"],
    ways: async () => [],
    login: async (way) => {
      calls.push(way)
      return `Used from now on: ${way}`
    },
    logout: async () => "Removed the login of ccts.",
    ...more,
  }
}

async function start(auth: AuthPort | null, options: HarnessOptions = {}): Promise<Harness> {
  open = startHarness({ ...options, ports: { auth, ...options.ports } })
  await open.emit(started())
  return open
}

const said = (harness: Harness) => harness.screen.printed.join("\n")

async function run(harness: Harness, command: string): Promise<void> {
  harness.screen.type(command)
  harness.screen.press("return")
  await harness.settle()
}

const EXISTING: LoginWay = {
  id: "existing",
  label: "Use this machine's existing login",
  hint: "after a notice",
  notice: "The published terms reserve this.\nUse it anyway?",
}

describe("/status, /login, /logout", () => {
  test("/status says which credential is used and why", async () => {
    const harness = await start(fakeAuth())
    await run(harness, "/status")
    expect(said(harness)).toContain("Signed in: ANTHROPIC_API_KEY")
    expect(said(harness)).toContain("Why: the first in the order")
    expect(said(harness)).toContain("Session: s1")
  })

  test("/login without any way says what works, and that there is no client id", async () => {
    const harness = await start(fakeAuth())
    await run(harness, "/login")
    expect(said(harness)).toContain("Ways that work: an API key.")
    expect(said(harness)).toContain("no OAuth client id")
  })

  test("an existing login is used only after its notice and a yes", async () => {
    const auth = fakeAuth({ ways: async () => [EXISTING] })
    const harness = await start(auth)
    await run(harness, "/login")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("The published terms reserve this.")
    // The first choice is no.
    harness.screen.press("return")
    await harness.settle()
    expect(auth.calls).toEqual([])
    await run(harness, "/login")
    harness.screen.press("return")
    await harness.settle()
    harness.screen.press("2")
    await harness.settle()
    expect(auth.calls).toEqual(["existing"])
    expect(said(harness)).toContain("Used from now on: existing")
  })

  test("a browser sign-in shows its address, takes a pasted code, says a wrong one, and ends", async () => {
    const codes: string[] = []
    const auth = fakeAuth({
      ways: async () => [{ id: "browser", label: "Sign in with the browser", hint: "" }],
      async login(_, steps: LoginSteps) {
        steps.onAddress({ url: "https://id.example/authorize?x=1", opened: false, takesCode: true })
        for await (const code of steps.pasted) {
          codes.push(code)
          if (code === "right#state") return "Used from now on: login of ccts"
          steps.onWrongPaste("This code does not belong to this sign-in")
        }
        throw new Error("the input ended")
      },
    })
    const harness = await start(auth)
    await run(harness, "/login")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("https://id.example/authorize?x=1")
    harness.screen.onPaste("wrong")
    harness.screen.press("return")
    await harness.waitFor("the refusal", () => harness.screen.footerText().includes("does not belong"))
    harness.screen.onPaste("right#state")
    harness.screen.press("return")
    await harness.waitFor("the end", () => said(harness).includes("Used from now on: login of ccts"))
    expect(codes).toEqual(["wrong", "right#state"])
    expect(said(harness)).not.toContain("right#state")
  })

  test("escape cancels a browser sign-in", async () => {
    let aborted = false
    const auth = fakeAuth({
      ways: async () => [{ id: "browser", label: "Sign in with the browser", hint: "" }],
      login: (_way, steps, signal) => {
        steps.onAddress({ url: "https://id.example/", opened: true, takesCode: false })
        const end = Promise.withResolvers<string>()
        signal.addEventListener("abort", () => {
          aborted = true
          end.reject(signal.reason)
        })
        return end.promise
      },
    })
    const harness = await start(auth)
    await run(harness, "/login")
    harness.screen.press("return")
    await harness.settle()
    harness.screen.press("escape")
    await harness.waitFor("the end", () => said(harness).includes("The sign-in was cancelled."))
    await harness.settle()
    expect(aborted).toBe(true)
    await harness.waitFor("the dialog to close", () => !harness.screen.footerText().includes("Sign in"))
  })

  test("a refusal is shown in the service's words, with the ways that work", async () => {
    const auth = fakeAuth({
      ways: async () => [{ id: "browser", label: "Sign in with the browser", hint: "" }],
      login: () => Promise.reject(new Error("the sign-in service refused (400 invalid_grant): “too late”")),
    })
    const harness = await start(auth)
    await run(harness, "/login")
    harness.screen.press("return")
    await harness.waitFor("the refusal", () => said(harness).includes("“too late”"))
    expect(said(harness)).toContain("Ways that work: an API key.")
  })

  test("/logout says what was removed; the demo has no login", async () => {
    const harness = await start(fakeAuth())
    await run(harness, "/logout")
    expect(said(harness)).toContain("Removed the login of ccts.")
    await harness.stop()
    const demo = await start(null)
    await run(demo, "/login")
    expect(said(demo)).toContain("The demo needs no sign-in")
  })
})

test("a command that is switched off is unknown", async () => {
  const harness = await start(fakeAuth(), { ports: { hidden: new Set(["login"]) } })
  await run(harness, "/login")
  expect(said(harness)).toContain("Unknown command /login")
})
