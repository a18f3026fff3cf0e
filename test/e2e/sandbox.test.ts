import { describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { whyUnavailable } from "../../src/sandbox/availability.ts"
import { text, toolUse } from "../fake-api/fake-api.ts"
import { type BinaryPlace, executable, isBuilt, withBinary } from "./binary-place.ts"

if (!isBuilt) console.warn("test/e2e/sandbox.test.ts is skipped: there is no dist/ccts; run the build first")
const unavailable = await whyUnavailable({ weakerNested: false }, process.env)
if (unavailable !== null) console.warn(`test/e2e/sandbox.test.ts is skipped in part: ${unavailable}`)

/** What the model was told about each call, in order. */
function results(place: BinaryPlace): { content: string; isError: boolean }[] {
  const last = place.api.turns.at(-1)?.body.messages as { content: unknown }[]
  return last.flatMap(({ content }) =>
    Array.isArray(content)
      ? content
          .filter((block) => block.type === "tool_result")
          .map((block) => ({
            content: typeof block.content === "string" ? block.content : JSON.stringify(block.content),
            isError: block.is_error === true,
          }))
      : [],
  )
}

function settings(place: BinaryPlace, value: unknown): void {
  mkdirSync(join(place.home, ".claude"), { recursive: true })
  writeFileSync(join(place.home, ".claude/settings.json"), JSON.stringify(value))
}

describe.skipIf(!isBuilt || unavailable !== null)("with the sandbox on", () => {
  test("commands run without a question, write in the project and nowhere else, and leave nothing lying about", () =>
    withBinary(
      {
        script: [
          toolUse("Bash", {
            command: "cd /tmp; echo a > $OLDPWD/made; echo b > ../outside; cat $OLDPWD/made",
          }),
          toolUse("Bash", {
            command: "mkdir -p .claude; echo '{}' > .claude/settings.json; echo x > .mcp.json",
          }),
          toolUse("Bash", { command: "cd sub && pwd", description: "moves" }),
          toolUse("Bash", { command: "pwd" }),
          text("done"),
        ],
      },
      async (place) => {
        settings(place, { sandbox: { enabled: true } })
        place.write({ "sub/file": "" })
        const { code, stderr } = await place.run(["-p", "go"])
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
        const [first, second, third, fourth] = results(place)
        expect(existsSync(join(place.cwd, "made"))).toBe(true)
        expect(existsSync(join(place.top, "outside"))).toBe(false)
        expect(first?.content).toContain("Read-only file system")
        expect(second?.isError).toBe(true)
        expect(third?.content).toContain(join(place.cwd, "sub"))
        expect(fourth?.content).toContain(join(place.cwd, "sub"))
        expect(readdirSync(place.cwd).sort()).toEqual(["made", "sub"])
        expect(readdirSync(join(place.top, "tmp")).filter((name) => name.startsWith("ccts-sandbox"))).toEqual(
          [],
        )
      },
    ))

  test("a session that was killed leaves things behind, and the next one clears them away", () =>
    withBinary(
      {
        script: [
          toolUse("Bash", { command: "touch started; sleep 50" }),
          toolUse("Bash", { command: "touch again" }),
          text("done"),
        ],
      },
      async (place) => {
        settings(place, { sandbox: { enabled: true } })
        const child = Bun.spawn([executable, "-p", "go"], {
          cwd: place.cwd,
          env: place.env,
          stdio: ["ignore", "ignore", "ignore"],
        })
        const deadline = Date.now() + 10_000
        while (!existsSync(join(place.cwd, "started")) && Date.now() < deadline) await Bun.sleep(20)
        child.kill("SIGKILL")
        await child.exited
        expect(readdirSync(place.cwd)).toContain(".mcp.json")
        await place.run(["-p", "go"])
        expect(readdirSync(place.cwd).sort()).toEqual(["again", "started"])
        expect(readdirSync(join(place.top, "tmp")).filter((name) => name.startsWith("ccts-"))).toEqual([])
        const running = () =>
          readdirSync("/proc").flatMap((pid) => {
            try {
              const line = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : ""
              return line.includes(place.top) ? [line.replaceAll("\0", " ").slice(0, 200)] : []
            } catch {
              return []
            }
          })
        while (running().length > 0 && Date.now() < deadline) await Bun.sleep(20)
        expect(running()).toEqual([])
      },
    ))

  test("a rule that denies or asks for a command still holds; leaving the sandbox needs a person", () =>
    withBinary(
      {
        script: [
          toolUse("Bash", { command: "touch denied" }),
          toolUse("Bash", { command: "touch asked" }),
          toolUse("Bash", { command: "touch left", dangerouslyDisableSandbox: true }),
          toolUse("Bash", { command: "touch inside" }),
          text("done"),
        ],
      },
      async (place) => {
        settings(place, {
          sandbox: { enabled: true },
          permissions: {
            deny: ["Bash(touch denied)"],
            ask: ["Bash(touch asked)"],
            allow: ["Bash(touch left)"],
          },
        })
        await place.run(["-p", "go"])
        expect(readdirSync(place.cwd)).toEqual(["inside"])
        expect(results(place)[2]?.content).toContain("it asks to run outside the sandbox")
      },
    ))

  test("in plan mode commands are asked about as ever", () =>
    withBinary({ script: [toolUse("Bash", { command: "touch made" }), text("done")] }, async (place) => {
      settings(place, { sandbox: { enabled: true } })
      await place.run(["-p", "go", "--permission-mode", "plan"])
      expect(readdirSync(place.cwd)).toEqual([])
    }))

  test("where policy allows no leaving, the wish is not heard: the command runs inside", () =>
    withBinary(
      {
        script: [
          toolUse("Bash", { command: "echo x > ../outside; touch made", dangerouslyDisableSandbox: true }),
          text("done"),
        ],
      },
      async (place) => {
        settings(place, { sandbox: { enabled: true, allowUnsandboxedCommands: false } })
        await place.run(["-p", "go"])
        expect(existsSync(join(place.top, "outside"))).toBe(false)
        expect(readdirSync(place.cwd)).toEqual(["made"])
      },
    ))

  test("excluded commands run outside and are judged like any other", () =>
    withBinary(
      {
        script: [
          toolUse("Bash", { command: "touch ../allowed" }),
          toolUse("Bash", { command: "mkdir ../asked" }),
          text("done"),
        ],
      },
      async (place) => {
        settings(place, {
          sandbox: { enabled: true, excludedCommands: ["touch", "mkdir *"] },
          permissions: { allow: ["Bash(touch *)", `Edit(/${place.top}/**)`] },
        })
        await place.run(["-p", "go"])
        expect(existsSync(join(place.top, "allowed"))).toBe(true)
        expect(existsSync(join(place.top, "asked"))).toBe(false)
      },
    ))

  test("rules about reading hold for every program", () =>
    withBinary(
      {
        script: [
          toolUse("Bash", { command: `bash -c "$(printf 'c%st ../se%srets/key' a c)"; echo end` }),
          text("done"),
        ],
      },
      async (place) => {
        mkdirSync(join(place.top, "secrets"))
        writeFileSync(join(place.top, "secrets/key"), "top secret")
        settings(place, {
          sandbox: { enabled: true },
          permissions: { deny: [`Read(/${place.top}/secrets/**)`] },
        })
        await place.run(["-p", "go"])
        const [result] = results(place)
        expect(result?.content).toContain("end")
        expect(result?.content).not.toContain("top secret")
      },
    ))

  test("`ccts why` says that a command needs no question because it is contained", () =>
    withBinary({}, async (place) => {
      settings(place, { sandbox: { enabled: true } })
      const { code, stdout } = await place.run(["why", "npm install left-pad"])
      expect({ code, stdout }).toEqual({ code: 0, stdout: "allow: it runs in the sandbox\n" })
    }))
})

describe.skipIf(!isBuilt)("where the sandbox is wanted and bubblewrap is missing", () => {
  /** A PATH with a shell and nothing else. */
  function barePath(place: BinaryPlace): void {
    const bin = join(place.top, "bin")
    mkdirSync(bin)
    for (const name of ["bash", "sh", "touch"])
      symlinkSync(Bun.which(name) ?? `/bin/${name}`, join(bin, name))
    place.env.PATH = bin
  }

  test("it is said in a line, and commands are asked about", () =>
    withBinary({ script: [toolUse("Bash", { command: "touch made" }), text("done")] }, async (place) => {
      barePath(place)
      settings(place, { sandbox: { enabled: true } })
      const { code, stderr } = await place.run(["-p", "go"])
      expect(code).toBe(0)
      expect(stderr).toMatch(/sandbox is on.*bubblewrap.*not installed/)
      expect(readdirSync(place.cwd)).toEqual([])
    }))

  test("with failIfUnavailable nothing starts", () =>
    withBinary({}, async (place) => {
      barePath(place)
      settings(place, { sandbox: { enabled: true, failIfUnavailable: true } })
      const { code, stderr } = await place.run(["-p", "go"])
      expect(code).toBe(1)
      expect(stderr).toContain("sandbox.failIfUnavailable")
      expect(place.api.requests).toHaveLength(0)
    }))
})

describe.skipIf(!isBuilt)("an untrusted folder", () => {
  test("cannot open the sandbox: only the careful side of its settings counts", () =>
    withBinary({}, async (place) => {
      place.write({
        ".claude/settings.json": JSON.stringify({
          sandbox: {
            enabled: false,
            excludedCommands: ["curl"],
            filesystem: { allowWrite: ["/"], disabled: true },
            network: { allowedDomains: ["*.example.com"], allowAllUnixSockets: true },
          },
        }),
      })
      settings(place, { sandbox: { enabled: true } })
      const { stdout } = await place.run(["why", "curl https://x.example.com", "--json"])
      expect(JSON.parse(stdout)).toMatchObject({ trusted: false, sandboxed: unavailable === null })
    }))
})
