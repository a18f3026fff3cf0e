import { describe, expect, test } from "bun:test"
import type { Line } from "../../src/model/line.ts"
import type { ModelInfo } from "../../src/model/model-info.ts"
import { NO_USAGE } from "../../src/model/usage.ts"
import { fuzzyFilter } from "../../src/tui/fuzzy.ts"
import { begun, type Harness, SESSION, started, startHarness, textBlock } from "./harness.ts"

const ready = async (options: Parameters<typeof startHarness>[0] = {}) => {
  const harness = startHarness(options)
  await harness.emit(started())
  return harness
}
const run = async (harness: Harness, command: string) => {
  harness.screen.type(`${command} `)
  harness.screen.press("return")
  await harness.settle()
  return harness.screen.printed.slice(5).join("\n")
}
const model = (id: string): ModelInfo => ({
  id,
  window: 200_000,
  maxOutput: 32_000,
  thinking: "none",
  efforts: [],
  price: { input: 1, output: 1, cacheWrite5m: 1, cacheWrite1h: 1, cacheRead: 1 },
  costBasis: "list",
  displayName: id.toUpperCase(),
})
const common = {
  parentUuid: null,
  isSidechain: false,
  userType: "external",
  cwd: "/",
  sessionId: "s",
  version: "1",
  gitBranch: "",
  uuid: "u",
  timestamp: "",
} as const
const LINES: readonly Line[] = [
  { ...common, type: "user", message: { role: "user", content: "earlier question" } },
  {
    ...common,
    type: "assistant",
    message: {
      id: "m",
      type: "message",
      role: "assistant",
      model: "x",
      content: [
        { type: "text", text: "an **earlier** answer" },
        { type: "tool_use", id: "t", name: "Bash", input: { command: "ls" } },
      ],
      stop_reason: null,
      stop_sequence: null,
      usage: NO_USAGE,
    },
  },
  {
    ...common,
    type: "user",
    message: { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "a.ts" }] },
  },
  { type: "summary", summary: "not a message" },
]

describe.concurrent("slash commands", () => {
  test("commands and skills from files stand in the menu and go to the engine as prompts", async () => {
    const harness = startHarness()
    const commands = [{ name: "tidy", description: "Tidy up", argumentHint: "[what]", skill: false }]
    await harness.emit(started({ commands }))
    harness.screen.type("/tid")
    await harness.settle()
    expect(harness.screen.footerText()).toContain("/tidy [what]")
    expect(harness.screen.footerText()).toContain("Tidy up")
    harness.screen.type("y now ")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.sent).toMatchObject([{ type: "prompt", content: "/tidy now " }])
  })

  test("an unknown one is named, and nothing is sent", async () => {
    const harness = await ready()
    expect(await run(harness, "/nosuch thing")).toContain(
      "✗ Unknown command /nosuch. /help lists what there is.",
    )
    expect(harness.sent).toEqual([])
    await harness.stop()
  })

  test("a path at the start is a prompt, not a command", async () => {
    const harness = await ready()
    await run(harness, "/usr/bin is missing")
    expect(harness.sent).toMatchObject([{ type: "prompt", content: "/usr/bin is missing " }])
    await harness.stop()
  })

  test("/help lists every command", async () => {
    const harness = await ready()
    const shown = await run(harness, "/help")
    for (const name of [
      "/clear",
      "/compact",
      "/context",
      "/copy",
      "/cost",
      "/effort",
      "/exit",
      "/model",
      "/permissions",
      "/plan",
      "/resume",
      "/status",
    ])
      expect(shown).toContain(name)
    await harness.stop()
  })

  test("/rename gives the session its name", async () => {
    const harness = await ready()
    expect(await run(harness, "/rename The big move")).toContain("This session is now called The big move.")
    expect(harness.sent).toEqual([{ type: "title", title: "The big move" }])
    expect(await run(harness, "/rename")).toContain("/rename <name>")
    await harness.stop()
  })

  test("/add-dir adds a folder to the session, and names what is none", async () => {
    const harness = await ready({
      ports: {
        async findFolder(typed) {
          if (typed === "../other") return "/work/other"
          throw new Error(`${typed} does not exist.`)
        },
      },
    })
    expect(await run(harness, "/add-dir ../other")).toContain(
      "/work/other is one of this session's folders now.",
    )
    expect(harness.sent).toEqual([
      {
        type: "permissions",
        updates: [{ type: "addDirectories", directories: ["/work/other"], destination: "session" }],
        added: "slash_command",
      },
    ])
    expect(await run(harness, "/add-dir nowhere")).toContain("nowhere does not exist.")
    expect(await run(harness, "/add-dir")).toContain("Say which folder: /add-dir <folder>")
    expect(harness.sent.length).toBe(1)
    await harness.stop()
  })

  test("/memory opens a file of instructions in the editor and takes the screen back", async () => {
    const opened: string[] = []
    const harness = await ready({
      ports: {
        memoryFiles: async () => [
          { path: "/home/me/.claude/CLAUDE.md", label: "user" },
          { path: "/p/CLAUDE.md", label: "project · new" },
        ],
        async editFile(path) {
          opened.push(path)
          return opened.length === 1
        },
      },
    })
    await run(harness, "/memory")
    harness.screen.press("down", "return")
    await harness.settle()
    expect(opened).toEqual(["/p/CLAUDE.md"])
    expect(harness.screen.suspensions).toBe(1)
    await run(harness, "/memory")
    harness.screen.press("return")
    await harness.settle()
    expect(harness.screen.printed.join("\n")).toContain(
      "The editor ended with an error on /home/me/.claude/CLAUDE.md",
    )
    await harness.stop()
  })

  test("/mode and /think take what there is and name what there is not", async () => {
    const harness = await ready()
    await run(harness, "/mode plan")
    await run(harness, "/think off")
    await run(harness, "/think 4096")
    await run(harness, "/think on")
    expect(harness.sent).toEqual([
      { type: "mode", mode: "plan" },
      { type: "thinking", tokens: 0 },
      { type: "thinking", tokens: 4096 },
      { type: "thinking", tokens: null },
    ])
    expect(await run(harness, "/mode careless")).toContain("not careless")
    expect(await run(harness, "/think hard")).toContain(
      "/think takes on, off or a number of tokens, not hard",
    )
    expect(await run(harness, "/version")).toContain("ccts 2.2.0")
    expect(harness.sent.length).toBe(4)
    await harness.stop()
  })

  test("/compact, /plan, /effort and /model become commands of the engine", async () => {
    const harness = await ready()
    await run(harness, "/compact keep the plan")
    await run(harness, "/plan tidy up")
    await run(harness, "/effort high")
    await run(harness, "/model opus")
    expect(harness.sent).toEqual([
      { type: "compact", hint: "keep the plan" },
      { type: "mode", mode: "plan" },
      { type: "prompt", content: "tidy up", origin: "person" },
      { type: "effort", effort: "high" },
      { type: "model", model: "opus" },
    ])
    expect(await run(harness, "/effort extreme")).toContain(
      "/effort takes low, medium, high, xhigh, max or auto, not extreme",
    )
    await harness.stop()
  })

  test("/model says which model answers now, and when nobody here knows it", async () => {
    const harness = await ready({ ports: { models: () => [{ alias: "opus", info: model("big") }] } })
    expect(await run(harness, "/model opus")).toContain(`✻ Model: ${model("big").displayName}`)
    expect(await run(harness, "/model nosuch")).toContain("! Model: nosuch. ccts does not know it")
    await harness.stop()
  })

  test("what a command is for hangs beside its name on a narrow screen, apart from what was above", async () => {
    const harness = await ready({ columns: 50 })
    await run(harness, "/status")
    const rows = (await run(harness, "/help")).split("\n")
    const first = rows.findIndex((row) => row.includes("/clear"))
    const column = rows[first]?.indexOf("Start a new") ?? 0
    expect(rows[first + 1]).toMatch(new RegExp(`^ {${column}}\\S`))
    expect(rows[rows.findIndex((row) => row.startsWith("✻ Commands")) - 1]).toBe("")
    await harness.stop()
  })

  test("/model lets one pick by typing", async () => {
    const harness = await ready({
      ports: {
        models: () => [
          { alias: "opus", info: model("big") },
          { alias: "haiku", info: model("small") },
        ],
      },
    })
    await run(harness, "/model")
    await harness.waitFor("the models", () => harness.screen.footerText().includes("❯ opus"))
    harness.screen.type("hai")
    await harness.waitFor("the match", () => harness.screen.footerText().includes("❯ haiku"))
    harness.screen.press("return")
    expect(harness.sent).toEqual([{ type: "model", model: "haiku", source: "picker" }])
    await harness.stop()
  })

  test("/resume picks a session and shows its end", async () => {
    const harness = await ready({
      ports: {
        listSessions: async (query) =>
          ["first", "second"]
            .filter((title) => title.includes(query))
            .map((title) => ({
              id: `id-${title}`,
              file: "",
              title,
              modified: Date.now(),
              bytes: 1,
              gitBranch: "main",
              cwd: null,
            })),
        tailSession: async () => LINES,
      },
    })
    await run(harness, "/resume")
    harness.screen.type("sec")
    await harness.waitFor("the session", () => harness.screen.footerText().includes("❯ second"))
    harness.screen.press("return")
    expect(harness.sent).toEqual([{ type: "resume", session: "id-second" }])
    await harness.emit({ type: "session", session: { ...SESSION, id: "id-second" }, why: "resume" })
    expect(harness.screen.printed.slice(4)).toEqual([
      "",
      "> earlier question",
      "",
      "an earlier answer",
      "",
      "● Bash(ls)",
      "  ⎿ a.ts",
    ])
    await harness.stop()
  })

  test("/resume says so when sessions cannot be listed", async () => {
    const harness = await ready({
      ports: { listSessions: async () => Promise.reject(new Error("folder is gone")) },
    })
    await run(harness, "/resume")
    await harness.waitFor("the error", () =>
      harness.screen.footerText().includes("could not be listed: folder is gone"),
    )
    harness.screen.press("escape")
    await harness.settle()
    expect(harness.screen.footerText()).not.toContain("Resume a session")
    await harness.stop()
  })

  test("/copy copies the source of the last reply", async () => {
    const harness = await ready()
    expect(await run(harness, "/copy")).toContain("There is no reply to copy yet.")
    await harness.emit(
      begun(),
      ...textBlock(1, ["old"]),
      ...textBlock(2, ["# New\n\n", "a **long** ", "reply"]),
    )
    await run(harness, "/copy")
    expect(harness.screen.copied).toBe("# New\n\na **long** reply")
    await harness.stop()
  })

  test("/cost, /context, /usage, /status and /permissions tell what is known", async () => {
    const harness = await ready()
    const usage = { ...NO_USAGE, input_tokens: 1_500, output_tokens: 200 }
    const model = { usage, costUsd: 0.5, window: 1, maxOutput: 1, costBasis: "unknown" } as const
    await run(harness, "/cost")
    await run(harness, "/context")
    await run(harness, "/usage")
    const asked = harness.sent.flatMap((command) => (command.type === "report" ? [command] : []))
    expect(asked.map(({ report }) => report)).toEqual(["cost", "context", "usage"])
    const ids = asked.map(({ id }) => id)
    await harness.emit(
      {
        type: "report",
        id: ids[0] as string,
        report: "cost",
        data: {
          costUsd: 0.5,
          apiMs: 2_000,
          models: [{ model: "claude-test-1", ...model }],
          causes: [{ cause: "turn", requests: 2, costUsd: 0.5, usage }],
          cacheShare: 0.9,
        },
      },
      {
        type: "report",
        id: ids[1] as string,
        report: "context",
        data: {
          model: "claude-test-1",
          window: 200_000,
          used: 50_000,
          categories: [
            { id: "system_prompt", name: "System prompt", kind: "used", tokens: 4_000 },
            { id: "messages", name: "Messages", kind: "used", tokens: 46_000 },
            { id: "free_space", name: "Free space", kind: "free", tokens: 150_000 },
          ],
          tools: [],
          mcpTools: [],
          memoryFiles: [{ path: "/work/CLAUDE.md", tokens: 100 }],
          agents: [],
          messages: { toolCalls: 0, toolResults: 0, assistant: 0, user: 0 },
          autoCompact: true,
          compactAt: 167_000,
        },
      },
      {
        type: "report",
        id: ids[2] as string,
        report: "usage",
        data: { costUsd: 0.5, apiMs: 2_000, durationMs: 60_000, linesAdded: 7, linesRemoved: 2, models: {} },
      },
    )
    await run(harness, "/permissions")
    const shown = await run(harness, "/status")
    expect(shown).toContain("Total: $0.50, without models of unknown price, 2s waiting for the model")
    expect(shown).toContain("claude-test-1: 1.5k in")
    expect(shown).toContain("For: turn $0.50 (2 requests)")
    expect(shown).toContain("50k of 200k tokens (25%)")
    expect(shown).toContain("Messages: 46k (23%)")
    expect(shown).toContain("/work/CLAUDE.md 100")
    expect(shown).toContain("Changed lines: 7 added, 2 removed")
    expect(shown).toContain("Nothing was agreed to for good in this session.")
    expect(shown).toContain("Session: s1")
    await harness.stop()
  })

  test("/clear starts with an empty screen of its own", async () => {
    const harness = await ready()
    await harness.emit(...textBlock(1, ["old words"]))
    await harness.emit({ type: "session", session: { ...SESSION, id: "s2" }, why: "clear" })
    expect(harness.screen.printed.join("\n")).not.toContain("old words")
    expect(harness.screen.printed[0]).toBe("✻ ccts 2.2.0")
    await harness.stop()
  })

  test("/exit leaves", async () => {
    const harness = await ready()
    harness.screen.type("/exit")
    harness.screen.press("return")
    expect(await harness.exit).toBe(0)
  })
})

describe.concurrent("at the start", () => {
  test("a resumed session shows how it ended", async () => {
    const harness = await ready({ resumed: LINES })
    expect(harness.screen.printed.slice(5)).toEqual([
      "> earlier question",
      "",
      "an earlier answer",
      "",
      "● Bash(ls)",
      "  ⎿ a.ts",
    ])
    await harness.stop()
  })

  test("a very long session prints only its end, and holds within the budget", async () => {
    const many = Array.from({ length: 5_000 }, () => LINES).flat()
    const harness = await ready({ resumed: many })
    expect(harness.screen.printed.length).toBeLessThanOrEqual(2_010)
    await harness.stop()
  })

  test("the first prompt is sent at once", async () => {
    const harness = await ready({ initialPrompt: "do it" })
    expect(harness.sent).toEqual([{ type: "prompt", content: "do it", origin: "person" }])
    await harness.stop()
  })
})

test("fuzzy search prefers word starts and runs", () => {
  expect(fuzzyFilter("cl", ["recall", "clear", "copy-all"], (name) => name)[0]).toBe("clear")
  expect(fuzzyFilter("xyz", ["clear"], (name) => name)).toEqual([])
})
