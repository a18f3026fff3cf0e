import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { makePlace } from "../../scripts/bench/place.ts"
import { openTerminal, promptReady } from "../../scripts/bench/terminal.ts"
import { dist, readManifest } from "../../scripts/lib/project.ts"
import { fakeApi, text } from "../fake-api/fake-api.ts"

/** Milliseconds; nothing here takes a second unless it hangs. */
const DEADLINE = 20_000

let top: string
let binary: string
let folder: string

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "ccts-smoke-"))
  folder = join(top, "folder")
  mkdirSync(folder)
  mkdirSync(join(top, "bin"))
  // Alone: inside the checkout a missing native package would be found in node_modules.
  binary = join(top, "bin/ccts")
  copyFileSync(join(dist, "ccts"), binary)
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

function run(args: readonly string[], env: Record<string, string> = {}) {
  const done = Bun.spawnSync([binary, ...args], { cwd: folder, env, stdin: "ignore", timeout: DEADLINE })
  return { code: done.exitCode, stdout: `${done.stdout}`, stderr: `${done.stderr}` }
}

describe("the executable alone, with an empty environment", () => {
  test("tells its version", () => {
    const { code, stdout, stderr } = run(["--version"])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(stdout).toContain(readManifest().version)
  })

  test("tells how it is used", () => {
    const { code, stdout } = run(["--help"])
    expect(code).toBe(0)
    expect(stdout).toContain("ccts")
    expect(stdout).toContain("--print")
  })

  test("says how to sign in when it is asked something without a key", () => {
    const { code, stdout, stderr } = run(["-p", "hello"])
    expect(code).toBe(1)
    expect(`${stdout}${stderr}`).toMatch(/ANTHROPIC_API_KEY|log ?in/i)
    expect(`${stdout}${stderr}`).not.toContain("    at ")
  })

  test("leaves nothing behind in the folder it is started in", () => {
    for (const args of [["--version"], ["--help"], ["-p", "hello"]]) run(args)
    expect(readdirSync(folder)).toEqual([])
    expect(readdirSync(join(top, "bin"))).toEqual(["ccts"])
  })
})

describe("the executable alone, with a key", () => {
  test("answers with -p and writes only to home and the temporary folder", async () => {
    const api = await fakeApi({ script: () => text("four"), side: () => text("title") })
    try {
      using place = makePlace(api.url)
      const options = { cwd: place.folder, env: place.env, timeout: DEADLINE } as const
      const child = Bun.spawn([binary, "-p", "two and two?"], {
        ...options,
        stdio: ["ignore", "pipe", "pipe"],
      })
      const [code, stdout, stderr] = await Promise.all([
        child.exited,
        child.stdout.text(),
        child.stderr.text(),
      ])
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "four\n", stderr: "" })
      expect(readdirSync(place.folder)).toEqual([])
    } finally {
      await api.close()
    }
  })

  test("opens its prompt in a terminal, takes a turn, and leaves on Ctrl+C twice", async () => {
    const api = await fakeApi({ script: () => text("the answer is four"), side: () => text("title") })
    try {
      using place = makePlace(api.url)
      await using terminal = openTerminal([binary], place)
      await promptReady(terminal)
      terminal.write("two and two?")
      await terminal.shows("two and two?")
      terminal.write("\r")
      await terminal.shows("the answer is four")
      terminal.write("\x03")
      await Bun.sleep(100)
      terminal.write("\x03")
      const timeout = Bun.sleep(DEADLINE).then(() => "still running")
      expect(await Promise.race([terminal.exited, timeout])).toBe(0)
      expect(readdirSync(place.folder)).toEqual([])
    } finally {
      await api.close()
    }
  })
})

describe("a folder with hostile files", () => {
  beforeEach(() => {
    const files = {
      "bunfig.toml": 'preload = ["./evil.ts"]\n[run]\nbun = true\n',
      "evil.ts": 'require("node:fs").writeFileSync("ran", "")\n',
      ".env": "ANTHROPIC_API_KEY=from-the-folder\nANTHROPIC_BASE_URL=http://127.0.0.1:9\n",
      ".env.local": "ANTHROPIC_API_KEY=from-the-folder\n",
      "package.json": "{ this is not json",
      "tsconfig.json":
        '{ "extends": "./missing.json", "compilerOptions": { "paths": { "*": ["./evil.ts"] } } }',
    }
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  })

  test("is neither run nor read at start", () => {
    const { code, stdout, stderr } = run(["--version"])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(stdout).toContain(readManifest().version)
    expect(readdirSync(folder)).not.toContain("ran")
  })

  test("gives no key to a request", () => {
    const { code, stdout, stderr } = run(["-p", "hello"])
    expect(code).toBe(1)
    expect(`${stdout}${stderr}`).toMatch(/ANTHROPIC_API_KEY|log ?in/i)
    expect(readdirSync(folder)).not.toContain("ran")
  })
})
