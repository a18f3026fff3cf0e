import { describe, expect, test } from "bun:test"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { whyUnavailable } from "../../src/sandbox/availability.ts"
import { text, toolUse } from "../fake-api/fake-api.ts"
import { type BinaryPlace, isBuilt, withBinary } from "./binary-place.ts"
import {
  controlRequest,
  type Message,
  type Place,
  STREAM,
  type Started,
  userMessage,
  withPlace,
} from "./place.ts"

const why = !isBuilt
  ? "there is no dist/ccts; run the build first"
  : Bun.which("curl") === null
    ? "curl is not installed"
    : await whyUnavailable({ weakerNested: false }, process.env)
if (why !== null) console.warn(`test/e2e/sandbox-network.test.ts is skipped: ${why}`)

/** The name never resolves: a connection that is let through ends with another error than one that is refused. */
const HOST = "wanted.invalid"
const fetchIt = (host = HOST) =>
  toolUse("Bash", { command: `curl -sS -o /dev/null -w 'proxy said %{http_connect}' https://${host}/; true` })
const LET_THROUGH = /proxy said (?!403)/

const sandboxed = (network: object = {}, more: object = {}) => ({
  sandbox: { enabled: true, network, ...more },
})

/** What the model read of each call. */
const results = (requests: Place["api"]["turns"]): readonly string[] =>
  ((requests.at(-1)?.body.messages ?? []) as readonly { content: unknown }[]).flatMap(({ content }) =>
    Array.isArray(content)
      ? content.filter(({ type }) => type === "tool_result").map((block) => JSON.stringify(block.content))
      : [],
  )

const asked = (run: Started) =>
  run.message(({ type, request }) => type === "control_request" && request.subtype === "can_use_tool")

const reply = (run: Started, { request_id }: Message, response: object) =>
  run.send({ type: "control_response", response: { subtype: "success", request_id, response } })

const DEADLINE = 40_000

describe.skipIf(why !== null)("a host that no list decides, asked for inside the sandbox", () => {
  test(
    "is refused where nobody can be asked, and the output of the command says so in plain words",
    () =>
      withPlace([fetchIt(), text("done")], async ({ start, config, api }) => {
        writeFileSync(join(config, "settings.json"), JSON.stringify(sandboxed()))
        const { code, out, err } = await start(["-p", "go"]).done
        expect({ code, out, err }).toEqual({ code: 0, out: "done\n", err: "" })
        const [result] = results(api.turns)
        expect(result).toContain("proxy said 403")
        expect(result).toContain(
          `[sandbox] no connection to ${HOST}:443 (no rule allows connections to ${HOST}, and nobody is there to be asked)`,
        )
      }),
    DEADLINE,
  )

  test(
    "is refused without a question under strictAllowlist, and silently where ignoreViolations says so",
    () =>
      withPlace([fetchIt(), fetchIt("quiet.invalid"), text("done")], async ({ start, config, api }) => {
        const ignoreViolations = { "*": ["quiet.invalid"] }
        writeFileSync(
          join(config, "settings.json"),
          JSON.stringify(sandboxed({ strictAllowlist: true }, { ignoreViolations })),
        )
        const run = start([...STREAM, "--permission-prompt-tool", "stdio"], { open: true })
        run.send(userMessage("go"))
        await run.message(({ type }) => type === "result")
        run.end()
        const { out } = await run.done
        expect(out).not.toContain("can_use_tool")
        const [first, second] = results(api.turns)
        expect(first).toContain(`[sandbox] no connection to ${HOST}:443 (host is not on the allow list)`)
        expect(second).toContain("proxy said 403")
        expect(second).not.toContain("[sandbox]")
      }),
    DEADLINE,
  )

  test(
    "is put to the host program; yes lets this command through and asks the next one again",
    () =>
      withPlace([fetchIt(), fetchIt(), text("done")], async ({ start, config, api }) => {
        writeFileSync(join(config, "settings.json"), JSON.stringify(sandboxed()))
        const run = start([...STREAM, "--permission-prompt-tool", "stdio"], { open: true })
        run.send(userMessage("go"))
        const first = await asked(run)
        expect(first.request).toMatchObject({
          tool_name: "SandboxNetworkAccess",
          input: { host: HOST, port: 443 },
          decision_reason: `no rule allows connections to ${HOST}`,
          permission_suggestions: [
            {
              type: "addRules",
              behavior: "allow",
              destination: "session",
              rules: [{ toolName: "WebFetch", ruleContent: `domain:${HOST}` }],
            },
          ],
        })
        reply(run, first, { behavior: "allow", updatedInput: first.request.input })
        const second = await run.message(
          ({ request_id, request }) => request?.subtype === "can_use_tool" && request_id !== first.request_id,
        )
        reply(run, second, { behavior: "deny", message: "not that one" })
        await run.message(({ type }) => type === "result")
        run.end()
        await run.done
        const [let1, refused] = results(api.turns)
        expect(let1).toMatch(LET_THROUGH)
        expect(refused).toContain(
          `[sandbox] no connection to ${HOST}:443 (the user refused it: not that one)`,
        )
      }),
    DEADLINE,
  )

  test(
    "is asked about once for the session when the host says so, and once for good when it is written",
    () =>
      withPlace(
        [
          fetchIt(),
          fetchIt(),
          fetchIt("other.invalid"),
          text("done"),
          fetchIt("other.invalid"),
          text("later"),
        ],
        async ({ start, config, cwd, api }) => {
          writeFileSync(join(config, "settings.json"), JSON.stringify(sandboxed()))
          const run = start([...STREAM, "--permission-prompt-tool", "stdio"], { open: true })
          run.send(userMessage("go"))
          const first = await asked(run)
          reply(run, first, {
            behavior: "allow",
            updatedInput: first.request.input,
            updatedPermissions: first.request.permission_suggestions,
          })
          const second = await run.message(
            ({ request }) => request?.subtype === "can_use_tool" && request.input.host === "other.invalid",
          )
          const [suggestion] = second.request.permission_suggestions
          reply(run, second, {
            behavior: "allow",
            updatedInput: second.request.input,
            updatedPermissions: [{ ...suggestion, destination: "localSettings" }],
          })
          await run.message(({ type }) => type === "result")
          run.end()
          const { out } = await run.done
          expect(out.split('"subtype":"can_use_tool"').length - 1).toBe(2)
          for (const result of results(api.turns)) expect(result).toMatch(LET_THROUGH)
          const local = join(cwd, ".claude/settings.local.json")
          expect(JSON.parse(readFileSync(local, "utf8"))).toEqual({
            permissions: { allow: ["WebFetch(domain:other.invalid)"] },
          })
          // A folder that nobody trusted permits nothing; the person's own settings do.
          writeFileSync(
            join(config, "settings.json"),
            JSON.stringify({ ...sandboxed(), permissions: { allow: ["WebFetch(domain:other.invalid)"] } }),
          )
          await start(["-p", "again"]).done
          expect(results(api.turns).at(-1)).toMatch(LET_THROUGH)
        },
      ),
    DEADLINE,
  )

  test(
    "that a rule denies is refused although the host program would say yes",
    () =>
      withPlace([fetchIt(), text("done")], async ({ start, config, api }) => {
        writeFileSync(
          join(config, "settings.json"),
          JSON.stringify({ ...sandboxed(), permissions: { deny: [`WebFetch(domain:${HOST})`] } }),
        )
        const run = start([...STREAM, "--permission-prompt-tool", "stdio"], { open: true })
        run.send(userMessage("go"))
        await run.message(({ type }) => type === "result")
        run.end()
        const { out } = await run.done
        expect(out).not.toContain("can_use_tool")
        expect(results(api.turns)[0]).toContain("proxy said 403")
      }),
    DEADLINE,
  )

  test(
    "that a rule opened is closed at once when a rule of the running session denies it, and opened again",
    () =>
      withPlace(
        [fetchIt(), text("one"), fetchIt(), text("two"), fetchIt(), text("three")],
        async ({ start, config, api }) => {
          writeFileSync(
            join(config, "settings.json"),
            JSON.stringify({ ...sandboxed(), permissions: { allow: [`WebFetch(domain:${HOST})`] } }),
          )
          const run = start([...STREAM, "--permission-prompt-tool", "stdio"], { open: true })
          const turn = async (said: string) => {
            run.send(userMessage(`say ${said}`))
            await run.message(({ type, result }) => type === "result" && result === said)
          }
          const deny = async (rules: readonly string[]) => {
            const request = controlRequest("apply_flag_settings", {
              settings: { permissions: { deny: rules } },
            })
            run.send(request)
            await run.message(({ response }) => response?.request_id === request.request_id)
          }
          await turn("one")
          await deny([`WebFetch(domain:${HOST})`])
          await turn("two")
          await deny([])
          await turn("three")
          run.end()
          expect((await run.done).out).not.toContain("can_use_tool")
          const [open, closed, again] = results(api.turns)
          expect(open).toMatch(LET_THROUGH)
          expect(closed).toContain(`[sandbox] no connection to ${HOST}:443 (host is on the deny list)`)
          expect(again).toMatch(LET_THROUGH)
        },
      ),
    DEADLINE,
  )

  test(
    "is not opened by bypass mode: the sandbox is the boundary",
    () =>
      withPlace([fetchIt(), text("done")], async ({ start, config, api }) => {
        writeFileSync(join(config, "settings.json"), JSON.stringify(sandboxed()))
        await start(["-p", "go", "--dangerously-skip-permissions"], { env: { IS_SANDBOX: "1" } }).done
        expect(results(api.turns)[0]).toContain("proxy said 403")
      }),
    DEADLINE,
  )

  test(
    "is withdrawn when the command is over before anybody answered",
    () =>
      withPlace(
        [
          toolUse("Bash", { command: `curl -sS --max-time 2 https://${HOST}/; true`, timeout: 20_000 }),
          text("done"),
        ],
        async ({ start, config, api }) => {
          writeFileSync(join(config, "settings.json"), JSON.stringify(sandboxed()))
          const run = start([...STREAM, "--permission-prompt-tool", "stdio"], { open: true })
          run.send(userMessage("go"))
          const first = await asked(run)
          const cancelled = await run.message(({ type }) => type === "control_cancel_request")
          expect(cancelled.request_id).toBe(first.request_id)
          await run.message(({ type }) => type === "result")
          run.end()
          expect((await run.done).code).toBe(0)
          expect(results(api.turns)[0]).toContain("timed out")
        },
      ),
    DEADLINE,
  )
})

describe.skipIf(why !== null)("in the terminal", () => {
  test(
    "the dialog names the host and offers once, the session, and always",
    () =>
      withBinary({ script: [fetchIt(), text("all done")] }, async (place: BinaryPlace) => {
        place.trust()
        writeFileSync(
          join(place.home, ".claude.json"),
          readFileSync(join(place.home, ".claude.json"), "utf8"),
        )
        place.write({ "README.md": "x" })
        await Bun.write(join(place.home, ".claude/settings.json"), JSON.stringify(sandboxed()))
        const terminal = await place.open()
        await terminal.waitFor(/❯|>/)
        terminal.type("go")
        await terminal.waitFor("go")
        terminal.press("return")
        await terminal.waitFor("Do you want to proceed?")
        const shown = terminal.screen().join("\n")
        for (const words of [
          "a command in the sandbox wants to connect to wanted.invalid",
          "host: wanted.invalid",
          `no rule allows connections to ${HOST}`,
          `connections to ${HOST} in this session`,
          `WebFetch(domain:${HOST}) in this project`,
        ])
          expect(shown).toContain(words)
        const gone = () => !terminal.screen().join("\n").includes("Do you want to proceed?")
        // A digit that comes too soon after typing is typed on: it does not answer.
        for (let tries = 0; tries < 20 && !gone(); tries++) {
          await Bun.sleep(600)
          terminal.press("3")
          await terminal.waitFor(gone, 200).catch(() => {})
        }
        await terminal.waitFor("all done")
        expect(results(place.api.turns)[0]).toMatch(LET_THROUGH)
        // Written beside the turn, not before it.
        await terminal.waitFor(() => existsSync(join(place.cwd, ".claude/settings.local.json")))
      }),
    DEADLINE,
  )
})
