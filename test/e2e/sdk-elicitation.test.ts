import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { ElicitationRequest, Options } from "@anthropic-ai/claude-agent-sdk"
import { everything } from "../extend/servers-rig.ts"
import { type FakeApi, fakeApi, text, toolUse } from "../fake-api/fake-api.ts"
import { promptStream, resultOf, runSdk } from "./sdk-session.ts"

const executable = join(import.meta.dir, "../../dist/ccts")
const built = existsSync(executable)
if (!built)
  console.warn("test/e2e/sdk-elicitation.test.ts is skipped: there is no dist/ccts; run the build first")

let home = ""

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "sdk-elicitation-"))
})

afterAll(() => rmSync(home, { recursive: true, force: true }))

const FORM = toolUse("mcp__every__trigger-elicitation-request", {})
const servers = { every: { command: process.execPath, args: [everything, "stdio"] } }

interface Place {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly api: FakeApi
  /** What the model read of the call. */
  told(): string
}

async function withPlace<T>(first: typeof FORM, use: (place: Place) => Promise<T>): Promise<T> {
  const cwd = mkdtempSync(join(home, "project-"))
  const config = `${cwd}-config`
  mkdirSync(config)
  mkdirSync(join(cwd, ".claude"))
  const api = await fakeApi({ script: [first, text("ok")] })
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: config,
    CLAUDE_CONFIG_DIR: config,
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: "test-key",
    CLAUDE_CODE_MAX_RETRIES: "0",
  }
  try {
    return await use({ cwd, env, api, told: () => JSON.stringify(api.turns[1]?.body.messages.at(-1)) })
  } finally {
    await api.close()
  }
}

/** One prompt over the SDK, with a real server that asks. */
async function ask({ cwd, env }: Place, options: Options) {
  const { prompt, close } = promptStream("go")
  return await runSdk({
    executable,
    cwd,
    env,
    prompt,
    options: { mcpServers: servers, allowedTools: ["mcp__every"], ...options },
    onMessage: (message) => {
      if (message.type === "result") close()
    },
  })
}

function hook({ cwd }: Place, event: string, answer: object): void {
  const said = JSON.stringify({ hookSpecificOutput: { hookEventName: event, ...answer } })
  const hooks = { [event]: [{ matcher: "every", hooks: [{ type: "command", command: `echo '${said}'` }] }] }
  writeFileSync(join(cwd, ".claude/settings.json"), JSON.stringify({ hooks }))
}

describe.skipIf(!built)("a question of an MCP server", () => {
  test.concurrent("is put to the host with its form, and the server gets the answer", () =>
    withPlace(FORM, async (place) => {
      const asked: ElicitationRequest[] = []
      const { messages, error } = await ask(place, {
        onElicitation: async (request) => {
          asked.push(request)
          return { action: "accept", content: { name: "Ada", check: true, integer: 7 } }
        },
      })
      expect(error).toBeNull()
      expect(asked).toMatchObject([{ serverName: "every", mode: "form" }])
      expect(JSON.stringify(asked)).toContain("Your full, legal name")
      expect(place.told()).toContain("Ada")
      expect(resultOf(messages).result).toBe("ok")
    }))

  test.concurrent("is declined when the host has nobody to ask", () =>
    withPlace(FORM, async (place) => {
      await ask(place, {})
      expect(place.told()).toContain("declined")
    }))

  test.concurrent("is declined in print mode", () =>
    withPlace(FORM, async (place) => {
      const config = JSON.stringify({ mcpServers: servers })
      const args = ["-p", "go", "--mcp-config", config, "--allowedTools", "mcp__every"]
      const child = Bun.spawn([executable, ...args], {
        cwd: place.cwd,
        env: place.env,
        stdio: ["ignore", "pipe", "ignore"],
        timeout: 20_000,
      })
      expect(await new Response(child.stdout).text()).toBe("ok\n")
      expect(place.told()).toContain("declined")
    }))

  test.concurrent("is answered by an Elicitation hook before anybody is asked", () =>
    withPlace(FORM, async (place) => {
      hook(place, "Elicitation", { action: "accept", content: { name: "Hook" } })
      let asked = 0
      await ask(place, {
        settingSources: ["project"],
        onElicitation: async () => {
          asked++
          return { action: "decline" }
        },
      })
      expect([asked, place.told().includes("Hook")]).toEqual([0, true])
    }))

  test.concurrent("an ElicitationResult hook may take the answer back", () =>
    withPlace(FORM, async (place) => {
      hook(place, "ElicitationResult", { action: "decline" })
      await ask(place, {
        settingSources: ["project"],
        onElicitation: async () => ({ action: "accept", content: { name: "Ada" } }),
      })
      expect([place.told().includes("Ada"), place.told().includes("declined")]).toEqual([false, true])
    }))

  test.concurrent("is withdrawn from the host by an interrupt", () =>
    withPlace(FORM, async (place) => {
      const withdrawn = Promise.withResolvers<boolean>()
      const { prompt, close } = promptStream("go")
      const { promise: open, resolve: opened } = Promise.withResolvers<void>()
      const { messages } = await runSdk({
        executable,
        ...place,
        prompt,
        options: {
          mcpServers: servers,
          allowedTools: ["mcp__every"],
          onElicitation: (_, { signal }) => {
            signal.addEventListener("abort", () => withdrawn.resolve(true), { once: true })
            opened()
            return new Promise(() => {})
          },
        },
        onMessage: (message, query) => {
          if (message.type === "assistant") void open.then(() => query.interrupt())
          if (message.type === "result") close()
        },
      })
      expect(await withdrawn.promise).toBe(true)
      expect(resultOf(messages).terminal_reason).toBe("aborted_tools")
    }))

  test.concurrent("about a page carries its address; a call that wants one first is made again", () =>
    withPlace(
      toolUse("mcp__every__trigger-url-elicitation", {
        url: "https://example.com/sign",
        message: "Sign here",
        errorPath: true,
      }),
      async (place) => {
        const urls: unknown[] = []
        await ask(place, {
          onElicitation: async ({ mode, url }) => {
            urls.push([mode, url])
            return { action: "accept" }
          },
        })
        expect(urls).toEqual([
          ["url", "https://modelcontextprotocol.io"],
          ["url", "https://example.com/sign"],
        ])
        expect(place.told()).toContain("completed")
      },
    ))
})
