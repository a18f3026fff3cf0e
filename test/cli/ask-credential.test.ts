import { describe, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { hasAgreed } from "../../src/auth/agreement.ts"
import { askAboutCredentials } from "../../src/cli/ask-credential.ts"
import type { Questions } from "../../src/cli/questions.ts"
import { loadConfig } from "../../src/config/load.ts"
import { configPaths } from "../../src/config/paths.ts"
import { keyApproval, openState } from "../../src/config/state.ts"
import { openTerminal } from "../pty/terminal.ts"
import { tempDir } from "../sessions/support.ts"
import { ownPlace } from "./own-process.ts"

function place(env: Record<string, string>) {
  const home = tempDir()
  const whole = { HOME: home.path, ...env }
  const paths = configPaths(whole)
  const asked: string[] = []
  return {
    paths,
    asked,
    putLogin() {
      mkdirSync(dirname(paths.credentialsFile), { recursive: true })
      const login = { accessToken: "a", refreshToken: "r", expiresAt: 4e12 }
      writeFileSync(paths.credentialsFile, JSON.stringify({ claudeAiOauth: login }))
    },
    ask(answer: boolean) {
      const questions: Questions = {
        async confirm(question) {
          asked.push(question)
          return answer
        },
        async *lines() {},
      }
      const config = loadConfig({ cwd: home.path, env: whole, paths, trust: "trusted" })
      const prepared = { env: whole, paths, config, cwd: home.path, state: openState(paths) }
      return askAboutCredentials(prepared, questions, () => undefined)
    },
    [Symbol.dispose]: () => home[Symbol.dispose](),
  }
}

describe("what is asked before the first screen", () => {
  test("an API key of the environment, once, with the answer remembered", async () => {
    using it = place({ ANTHROPIC_API_KEY: "sk-ant-key-1" })
    expect(await it.ask(true)).toBe(true)
    expect(await it.ask(true)).toBe(false)
    expect(it.asked).toEqual(["Use this key?"])
    expect(keyApproval("sk-ant-key-1", openState(it.paths))).toBe("approved")
  })

  test("counts for this start where the home cannot be written to", async () => {
    using it = place({ ANTHROPIC_API_KEY: "sk-ant-key-unkept" })
    mkdirSync(it.paths.stateFile)
    expect(await it.ask(true)).toBe(true)
    expect(keyApproval("sk-ant-key-unkept", openState(it.paths))).toBe("approved")
    expect(await it.ask(true)).toBe(false)
  })

  test("a key that was refused is not asked about again; the existing login is, once", async () => {
    using it = place({ ANTHROPIC_API_KEY: "sk-ant-key-1" })
    it.putLogin()
    await it.ask(false)
    await it.ask(false)
    expect(it.asked).toEqual(["Use this key?", "Use this login with ccts anyway?"])
    expect(hasAgreed(it.paths)).toBe(false)
    expect(keyApproval("sk-ant-key-1", openState(it.paths))).toBe("rejected")
  })

  test("nothing, when a bearer token or a cloud provider pays anyway", async () => {
    for (const env of [{ ANTHROPIC_AUTH_TOKEN: "t" }, { CLAUDE_CODE_USE_BEDROCK: "1" }]) {
      using it = place({ ANTHROPIC_API_KEY: "k", ...(env as Record<string, string>) })
      it.putLogin()
      expect(await it.ask(true)).toBe(false)
      expect(it.asked).toEqual([])
    }
  })
})

test("in a terminal: the question about the key comes first, then the prompt; the next start does not ask", async () => {
  using it = ownPlace()
  it.write("home/.claude.json", { projects: { [it.folder]: { hasTrustDialogAccepted: true } } })
  const env = {
    ...it.environment,
    TERM: "xterm-256color",
    ANTHROPIC_API_KEY: "sk-ant-test-key-abcd",
    ANTHROPIC_BASE_URL: "http://127.0.0.1:9",
  }
  const start = () => openTerminal({ argv: it.command, cwd: it.folder, env, columns: 100, rows: 30 })
  const first = await start()
  try {
    await first.waitFor("ends in abcd")
    await first.waitFor("Use this key? [y/N]")
    first.type("y\r")
    await first.waitFor("/help for commands")
    first.type("/status\r")
    await first.waitFor("Signed in: ANTHROPIC_API_KEY")
  } finally {
    await first.close()
  }
  const second = await start()
  try {
    await second.waitFor("/help for commands")
    expect([...second.scrollback(), ...second.screen()].join("\n")).not.toContain("Use this key?")
  } finally {
    await second.close()
  }
}, 40_000)
