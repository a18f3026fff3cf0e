import { describe, expect, test } from "bun:test"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { authorizationServer } from "../auth/authorization-server.ts"

const main = join(import.meta.dir, "../../src/main.ts")

function place() {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "ccts-commands-")))
  const cwd = join(home, "my", "work")
  mkdirSync(cwd, { recursive: true })
  const write = (name: string, content: unknown) => {
    mkdirSync(dirname(join(home, name)), { recursive: true })
    writeFileSync(join(home, name), typeof content === "string" ? content : JSON.stringify(content))
  }
  const start = (...args: string[]) =>
    Bun.spawn([process.execPath, main, ...args], {
      cwd,
      env: { PATH: process.env.PATH ?? "", HOME: home },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 20_000,
    })
  return {
    home,
    cwd,
    write,
    start,
    has: (name: string) => existsSync(join(home, name)),
    read: (name: string) => readFileSync(join(home, name), "utf8"),
    async run(...args: string[]) {
      const child = start(...args)
      const [stdout, stderr] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ])
      return { code: await child.exited, stdout, stderr }
    },
  }
}

const stored = (path: string) => path.replace(/[^A-Za-z0-9]/g, "-")
const MINE = "11111111-1111-4111-8111-111111111111"
const OTHER = "22222222-2222-4222-8222-222222222222"
const line = (cwd: string) => `${JSON.stringify({ type: "user", cwd })}\n`

describe("ccts purge", () => {
  function filled() {
    const it = place()
    const { cwd, home, write } = it
    // Stored under the same name as ours.
    const twin = join(home, "my-work")
    const folder = `.claude/projects/${stored(cwd)}`
    write(`${folder}/${MINE}.jsonl`, line(cwd))
    write(`${folder}/${MINE}/tool-results/a.txt`, "a")
    write(`.claude/file-history/${MINE}/x`, "x")
    write(`.claude/tasks/${MINE}/1.json`, "{}")
    write(`.claude/file-history/${OTHER}/x`, "x")
    write(`.claude/projects/-elsewhere/${OTHER}.jsonl`, line("/elsewhere"))
    write(
      ".claude/history.jsonl",
      `{"display":"a","project":"${cwd}"}\n{"display":"b","project":"/elsewhere"}\n`,
    )
    write(".claude.json", {
      numStartups: 3,
      projects: { [cwd]: { hasTrustDialogAccepted: true }, "/elsewhere": {} },
    })
    return { ...it, twin, folder }
  }

  test("--dry-run shows what is stored and deletes nothing; without a terminal a yes must be said", async () => {
    const it = filled()
    const shown = await it.run("purge", "--dry-run")
    expect(shown.code).toBe(0)
    expect(shown.stdout).toContain(`${it.cwd}: 1 sessions`)
    expect(shown.stdout).toContain(join(it.home, it.folder))
    const refused = await it.run("purge")
    expect([refused.code, refused.stderr.trim().split("\n").length]).toEqual([1, 1])
    expect(it.has(`${it.folder}/${MINE}.jsonl`)).toBe(true)
  })

  test("deletes one project and leaves every other, and other members of shared files", async () => {
    const it = filled()
    expect(await it.run("purge", it.cwd, "-y")).toMatchObject({ code: 0, stderr: "" })
    expect(it.has(it.folder)).toBe(false)
    expect(it.has(`.claude/file-history/${MINE}`)).toBe(false)
    expect(it.has(`.claude/tasks/${MINE}`)).toBe(false)
    expect(it.has(`.claude/file-history/${OTHER}/x`)).toBe(true)
    expect(it.has(`.claude/projects/-elsewhere/${OTHER}.jsonl`)).toBe(true)
    expect(it.read(".claude/history.jsonl")).toBe('{"display":"b","project":"/elsewhere"}\n')
    expect(JSON.parse(it.read(".claude.json"))).toEqual({ numStartups: 3, projects: { "/elsewhere": {} } })
    expect((await it.run("project", "purge", "--dry-run")).stdout).toContain("Nothing is stored")
  })

  test("of a folder that two projects share only this one's sessions go", async () => {
    const it = filled()
    it.write(`${it.folder}/${OTHER}.jsonl`, line(it.twin))
    await it.run("purge", "-y")
    expect(it.has(`${it.folder}/${MINE}.jsonl`)).toBe(false)
    expect(it.has(`${it.folder}/${MINE}`)).toBe(false)
    expect(it.has(`${it.folder}/${OTHER}.jsonl`)).toBe(true)
    expect(it.has(`.claude/file-history/${OTHER}/x`)).toBe(true)
  })

  test("a link is neither followed nor deleted: nothing outside is touched", async () => {
    const it = filled()
    it.write("precious/keep.txt", "keep")
    await it.run("purge", "-y")
    symlinkSync(join(it.home, "precious"), join(it.home, it.folder))
    const { stdout } = await it.run("purge", "--all", "-y")
    expect(stdout).toContain("1 project")
    expect(it.read("precious/keep.txt")).toBe("keep")
  })

  test("--all deletes every project", async () => {
    const it = filled()
    expect((await it.run("purge", "--all", "--yes")).stdout).toContain("2 projects")
    expect(it.has(`.claude/projects/-elsewhere`)).toBe(false)
    expect((await it.run("purge", "--all", "-y")).stdout).toContain("Nothing is stored about any project")
    expect((await it.run("purge", "--all", "/x")).code).toBe(1)
  })
})

describe("ccts import", () => {
  test("takes over servers, commands and instructions, shows them first, and replaces nothing", async () => {
    const it = place()
    it.write(
      ".codex/config.toml",
      `model = "x"\n[mcp_servers.docs]\ncommand = "npx"\nargs = ["-y", "docs"]\nenv = { A = "1" }\n[mcp_servers.far]\nurl = "https://x.example/mcp"\nbearer_token_env_var = "FAR_TOKEN"\n[mcp_servers.bad]\nargs = []\n`,
    )
    it.write(".codex/AGENTS.md", "Be brief.")
    it.write(".codex/prompts/review.md", "Review $ARGUMENTS")
    it.write(".gemini/settings.json", {
      mcpServers: { "g s": { httpUrl: "https://g.example/mcp", timeout: 5000 } },
    })
    it.write(".gemini/commands/plan.toml", 'description = "Plan it"\nprompt = "Plan {{args}}"\n')
    it.write(".cursor/mcp.json", "{ broken")
    it.write(".claude/commands/review.md", "mine")
    it.write(".claude.json", { mcpServers: { docs: { command: "mine" } } })
    const dry = await it.run("import", "--dry-run")
    expect(dry.stdout).toContain("keeps MCP server docs")
    expect(dry.stdout).toContain("adds MCP server far")
    expect(dry.stderr).toContain("cannot be understood")
    expect(JSON.parse(it.read(".claude.json"))).toEqual({ mcpServers: { docs: { command: "mine" } } })
    expect((await it.run("import")).code).toBe(1)
    expect((await it.run("import", "--yes")).code).toBe(0)
    expect(JSON.parse(it.read(".claude.json")).mcpServers).toEqual({
      docs: { command: "mine" },
      far: {
        type: "http",
        url: "https://x.example/mcp",
        headers: { Authorization: `Bearer \${FAR_TOKEN}` },
      },
      g_s: { type: "http", url: "https://g.example/mcp", timeout: 5000 },
    })
    expect(it.read(".claude/commands/review.md")).toBe("mine")
    expect(it.read(".claude/commands/plan.md")).toContain("Plan $ARGUMENTS")
    expect(it.read(".claude/rules/from-codex.md")).toBe("Be brief.\n")
    expect((await it.run("import", "codex")).stdout).toContain("Everything is there already")
    expect((await it.run("import", "vim")).stderr).toBe(
      "There is no import from vim; there is codex, gemini, cursor.\n",
    )
  })
})

describe("ccts setup-token", () => {
  test("without a client id of one's own is refused in one line", async () => {
    const it = place()
    const { code, stdout, stderr } = await it.run("setup-token")
    expect([code, stdout, stderr.trim().split("\n").length]).toEqual([1, "", 1])
    expect(stderr).toContain("oauth.clientId")
  })

  test("with one signs in, prints the token alone on stdout, and keeps it nowhere", async () => {
    await using service = await authorizationServer()
    const it = place()
    const { clientId, authorizeUrl, tokenUrl, revokeUrl } = service.client
    it.write(".claude/settings.json", {
      oauth: { clientId, authorizeUrl, tokenUrl, revokeUrl, tokenFormat: "form" },
    })
    const child = it.start("setup-token", "--no-browser")
    let said = ""
    for await (const chunk of child.stderr) {
      said += new TextDecoder().decode(chunk)
      const url = /\n {2}(http\S+)\n/.exec(said)?.[1]
      if (url === undefined) continue
      expect(new URL(url).searchParams.get("scope")).toBe("user:inference")
      // This service knows no such scope, and says yes to what it knows.
      const known = new URL(url)
      known.searchParams.set("scope", "openid")
      await service.browse(known.href)
      break
    }
    const token = (await new Response(child.stdout).text()).trim()
    expect(await child.exited).toBe(0)
    expect(await service.knows(token)).toBe(true)
    expect(it.has(".claude/ccts/credentials.json")).toBe(false)
  })
})

describe("what cannot be run", () => {
  test("says so in one line, each for its own reason", async () => {
    const it = place()
    const refused = async (...args: string[]) => {
      const { code, stdout, stderr } = await it.run(...args)
      expect([code, stdout, stderr.trim().split("\n").length]).toEqual([1, "", 1])
      return stderr
    }
    for (const name of ["gateway", "ultrareview", "remote-control", "self-hosted-runner"])
      expect(await refused(name)).toContain("is not part of ccts")
    for (const name of ["plugin", "attach"]) expect(await refused(name, "x")).toContain("is not there yet")
    for (const name of ["update", "upgrade", "install"])
      expect(await refused(name)).toContain("no update source")
    expect(await refused("purgee")).toBe("Did you mean ccts purge?\n")
    expect(await refused("mcp", "lst")).toContain("Did you mean list?")
  })
})
