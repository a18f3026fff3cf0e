/** Every text of every event may come from outside: none of it reaches the terminal with a character that drives it. */
import { describe, expect, test } from "bun:test"
import { sanitise } from "../../src/lib/sanitise.ts"
import type { Event, EventBody } from "../../src/model/event.ts"
import { NO_USAGE } from "../../src/model/usage.ts"
import { askAtStart } from "../../src/tui/ask-at-start.ts"
import type { Row } from "../../src/tui/screen/port.ts"
import { createFakeScreen, text } from "./fake-screen.ts"
import {
  begun,
  type Harness,
  started,
  startHarness,
  TURN_END,
  textBlock,
  toolBegin,
  toolEnd,
} from "./harness.ts"

/** Clipboard, clear screen, title, 8-bit sequences, a carriage return, overrides, invisible carriers, a lone surrogate. */
const HOSTILES = [
  "\u001b]52;c;ZXZpbA==\u0007\u001b[2J\u001b]0;owned\u001b\\",
  "\u009b31m\u009d0;x\u009c\u0090q\u009c\rover\u0008\u007f",
  "\u202egnp.exe\u2066\u2069\u200f\u200b\ufeff\u{e0041}\ud800",
]
// Built from text, because a literal with control characters is what a linter takes for a slip.
const harmful = (controls: string) =>
  new RegExp(
    `[${controls}\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069\\u200b\\u200e\\u200f\\u061c\\ufeff]|[\\u{e0000}-\\u{e0fff}]|\\p{Cs}`,
    "u",
  )
const HARMFUL = harmful("\\u0000-\\u001f")
const HARMFUL_BUT_LINES = harmful("\\u0000-\\u0009\\u000b-\\u001f")

/** Words of the protocol, which the engine chooses. */
const FIXED = new Set(
  "type kind level code reason during why change status mode modes origin verdict behavior destination source id ask toolUseId uuid effort".split(
    " ",
  ),
)

/** Tools whose questions have dialogs of their own. */
const DIALOGS = new Set(["Bash", "Edit", "ExitPlanMode", "AskUserQuestion", "Agent", "Read", "TodoWrite"])

/** The input of a foreign tool is a record whose very keys come from outside. */
function freeKeys(value: object, key: string): boolean {
  return key === "input" && "tool" in value && String(value.tool).startsWith("mcp__")
}

/** Every text in it, keys of free records too, with something hostile before and after. */
function poison<T>(value: T, hostile: string, keys: "kept" | "poisoned" = "kept"): T {
  if (typeof value === "string") return `${hostile}${value}${hostile}` as T
  if (Array.isArray(value)) return value.map((one) => poison(one, hostile, keys)) as T
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      const isWord = typeof one === "string" && (FIXED.has(key) || DIALOGS.has(one))
      if (isWord) return [key, one]
      return [
        keys === "poisoned" ? `${key}${hostile}` : key,
        poison(one, hostile, freeKeys(value, key) ? "poisoned" : keys),
      ]
    }),
  ) as T
}

function watch(harness: Harness): { check(where: string): void; text(): string } {
  const seen: string[] = []
  const { screen } = harness
  const record = (rows: readonly Row[] | null) => {
    for (const row of rows ?? []) seen.push(text(row), ...row.map(({ style }) => style?.link ?? ""))
  }
  for (const name of ["commit", "setFooter", "overlay"] as const) {
    const real = screen[name].bind(screen) as (...given: unknown[]) => void
    Object.assign(screen, {
      [name](rows: readonly Row[] | null, ...rest: unknown[]) {
        record(rows)
        real(rows, ...rest)
      },
    })
  }
  return {
    text: () => seen.join("\n"),
    check(where) {
      const bad = [...seen, ...screen.titles].find((shown) => HARMFUL.test(shown))
      expect({ where, bad }).toEqual({ where, bad: undefined })
      expect(seen.length).toBeGreaterThan(0)
    },
  }
}

const message = { id: "m", model: "model", usage: NO_USAGE }
const failure = { kind: "overloaded", message: "busy", retryable: true } as const
const task = {
  id: "b1",
  kind: "shell",
  description: "a task",
  status: "running",
  outputFile: "/x/out",
} as const
const diff = {
  kind: "diff",
  path: "src/a.ts",
  created: false,
  hunks: [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ["-old", "+new", " same"] }],
} as const
const decision = {
  verdict: "ask",
  reason: { kind: "other", text: "no rule allows it", path: "/p" },
  offers: [{ label: "npm test in this project", updates: [] }],
  readOnly: false,
} as const
const ask = (tool: string, input: Record<string, unknown>, more: object = {}): EventBody =>
  ({
    type: "ask",
    ask: `a-${tool}`,
    toolUseId: "t1",
    tool,
    input,
    title: "the title",
    decision,
    ...more,
  }) as EventBody

const SCENES: Readonly<Record<string, readonly (EventBody & Partial<Event>)[]>> = {
  "the session and a prompt": [
    started({ cwd: "/home/me/folder", modelName: "Model", credential: "key" }),
    { type: "prompt", uuid: "p", content: "do it", origin: "person" },
    { type: "prompt", uuid: "p2", content: [{ type: "text", text: "and this" }], origin: "task" },
    { type: "prompt", uuid: "p3", content: "a reminder", origin: "reminder" },
  ],
  "a reply in Markdown": [
    begun(),
    ...textBlock(1, [
      "# Title\n\ntext `code` [link](https://example.com/x)\n\n",
      "```ts\nconst a = 1\n```\n\n| a | b |\n|---|---|\n| c | d |\n\n- item\n> quote\n\n",
    ]),
    ...textBlock(2, ["open text that grows"], { open: true }),
  ],
  thinking: [
    begun(),
    {
      type: "block.begin",
      block: 3,
      index: 0,
      message,
      kind: "thinking",
      start: { type: "thinking", thinking: "" },
    },
    { type: "block.grow", block: 3, text: "hm, let me see" },
    {
      type: "block.end",
      block: 3,
      message,
      requestId: "r",
      content: { type: "thinking", thinking: "hm, let me see", signature: "s" },
    },
  ] as unknown as EventBody[],
  "a call whose input streams": [
    begun(),
    {
      type: "block.begin",
      block: 4,
      index: 0,
      message,
      kind: "tool_use",
      start: { type: "tool_use", id: "t9", name: "mcp__server__tool", input: {} },
    },
    { type: "block.grow", block: 4, text: '{"a": "b"' },
  ] as unknown as EventBody[],
  "tool calls, running and ended": [
    begun(),
    toolBegin("t1", "Bash", "ls a-file", { command: "ls a-file" }),
    { type: "tool.grow", id: "t1", tail: "one\ntwo" },
    toolEnd("t1", "Bash", { view: { kind: "text", summary: "a summary", text: "one\ntwo" } }),
    toolBegin("t2", "Edit", "src/a.ts"),
    toolEnd("t2", "Edit", { view: diff }),
    toolBegin("t3", "mcp__server__tool", "title"),
    toolEnd("t3", "mcp__server__tool", { isError: true, view: { kind: "text", text: "failed" } }),
    toolBegin("t4", "Bash", "rm x"),
    toolEnd("t4", "Bash", { refused: { kind: "hook", text: "a hook says no", by: "hook" }, isError: true }),
    toolBegin("t5", "TodoWrite", ""),
    toolEnd("t5", "TodoWrite", {
      view: { kind: "todos", todos: [{ content: "do", status: "in_progress" }] },
    }),
    toolBegin("t6", "Read", "still running"),
    { type: "tool.grow", id: "t6", tail: "tail" },
  ],
  "a subagent": [
    begun(),
    toolBegin("t1", "Agent", "look around", { description: "look around" }),
    {
      ...toolBegin("t2", "Bash", "ls", { command: "ls" }),
      agent: { id: "a1", type: "explorer", toolUseId: "t1", description: "looks" },
    },
  ],
  "the question about a command": [begun(), ask("Bash", { command: "npm test", description: "runs tests" })],
  "the question about an edit": [
    begun(),
    ask("Edit", { file_path: "/a", old_string: "x" }, { preview: diff }),
  ],
  "the question about an MCP tool": [begun(), ask("mcp__server__tool", { key: { nested: ["value"] } })],
  "the approval of a plan": [begun(), ask("ExitPlanMode", { plan: "# Plan\n\n1. first" })],
  "the model's question": [
    begun(),
    ask("AskUserQuestion", {
      questions: [
        {
          question: "Which?",
          header: "Pick",
          options: [{ label: "A", description: "first" }],
          multiSelect: false,
        },
        {
          question: "How?",
          header: "Way",
          options: [{ label: "B", description: "next" }],
          multiSelect: true,
        },
      ],
    }),
  ],
  "notices and a failed turn": [
    begun(),
    { type: "notice", level: "warning", text: "careful", code: "settings" },
    {
      type: "notice",
      level: "info",
      text: "retry",
      code: "api_retry",
      data: { attempt: 1, max: 3, delayMs: 9_000 },
    },
    { type: "notice", level: "error", text: "broken", code: "silence" },
    {
      type: "reply.end",
      reply: 1,
      stopReason: null,
      usage: NO_USAGE,
      costUsd: 0,
      context: { used: 1, window: 2 },
      failed: failure,
    },
    { ...TURN_END, reason: "api_error", message: "the service failed", result: "text", failure },
  ] as unknown as EventBody[],
  "the queue and tasks": [
    begun(),
    { type: "queue", queued: [{ uuid: "q", text: "next prompt" }] },
    { type: "task", change: "started", task, toolUseId: "t1" },
    {
      type: "task",
      change: "ended",
      task: { ...task, status: "completed" },
      toolUseId: "t1",
      summary: "it ended",
    },
  ],
}

/** What must be on the screen, or the scene shows nothing. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  "the session and a prompt": ["do it"],
  "a reply in Markdown": ["Title", "const a = 1", "item", "open text that grows"],
  thinking: [],
  "a call whose input streams": ["mcp__server__tool"],
  "tool calls, running and ended": ["ls a-file", "two", "old", "new", "failed", "still running"],
  "a subagent": ["look around"],
  "the question about a command": ["npm test", "no rule allows it", "npm test in this project"],
  "the question about an edit": ["old", "new"],
  "the question about an MCP tool": ["nested", "value"],
  "the approval of a plan": ["Plan", "first"],
  "the model's question": ["Which?", "A", "first"],
  "notices and a failed turn": ["careful", "the service failed"],
  "the queue and tasks": ["next prompt"],
}

describe("text from outside", () => {
  for (const [scene, events] of Object.entries(SCENES))
    for (const [index, hostile] of HOSTILES.entries())
      test.concurrent(`cannot drive the terminal: ${scene} (${index + 1})`, async () => {
        const harness = startHarness({ columns: 240, rows: 50 })
        const watched = watch(harness)
        await harness.emit(started())
        await harness.emit(...events.map((event) => poison(event, hostile)))
        watched.check(scene)
        for (const word of SHOWN[scene] ?? ["(missing)"]) expect(watched.text()).toContain(word)
        // The transcript viewer shows the same cells once more.
        harness.screen.press("ctrl+o")
        await harness.settle()
        watched.check(`${scene}, in the viewer`)
        await harness.stop()
      })

  test("cannot drive the terminal from the question about a folder", async () => {
    for (const hostile of HOSTILES) {
      const screen = createFakeScreen(80, 60)
      const leaving = new AbortController()
      const question = poison(
        {
          title: "Do you trust this?",
          subject: "/home/me/folder",
          paragraphs: ["words"],
          groups: [{ heading: "It brings:", items: [{ name: "hooks", value: "rm -rf" }] }],
          yes: "Yes",
          no: "No",
        },
        hostile,
      )
      const answer = askAtStart(screen, { ...question, colour: "warning", first: "yes" }, leaving.signal)
      expect(screen.footerText()).not.toMatch(HARMFUL_BUT_LINES)
      leaving.abort()
      expect(await answer).toBe("left")
    }
  })

  test("what the test calls harmful is what it plants", () => {
    for (const hostile of HOSTILES) {
      expect(hostile).toMatch(HARMFUL)
      expect(sanitise(hostile).replace("\n", "")).not.toMatch(HARMFUL)
    }
  })
})
