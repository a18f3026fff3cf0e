import { expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { createStatusLine, type StatusLinePlace } from "../../src/cli/status-line.ts"
import { ansiRows } from "../../src/tui/ansi-rows.ts"
import type { StatusFacts, StatusLinePort } from "../../src/tui/preferences.ts"
import { tempDir } from "../sessions/support.ts"

const FACTS: StatusFacts = {
  sessionId: "s1",
  cwd: "/",
  mode: "default",
  model: { id: "claude-test-1", name: "Test 1" },
  effort: "high",
  fast: false,
  context: { used: 60_000, window: 200_000 },
  usage: {
    input_tokens: 10_000,
    output_tokens: 500,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 40_000,
  },
  tokens: { input: 50_000, output: 500 },
  costUsd: 0.25,
  apiMs: 900,
  linesAdded: 3,
  linesRemoved: 1,
}

function statusLine(command: string, more: Partial<StatusLinePlace> & { setting?: () => unknown } = {}) {
  let changes = 0
  const port = createStatusLine({
    setting: () => ({ type: "command", command }),
    env: { PATH: process.env.PATH ?? "" },
    projectDir: "/",
    version: "9.9.9",
    transcriptPath: (id) => `/projects/${id}.jsonl`,
    addedDirs: () => ["/more"],
    outputStyle: () => "default",
    thinking: () => true,
    debounceMs: 20,
    ...more,
  })
  port.onChange = () => {
    changes += 1
  }
  return { port, changes: () => changes }
}

const textOf = ({ rows }: StatusLinePort) => rows.map((row) => row.map(({ text }) => text).join(""))

async function until(what: string, done: () => boolean): Promise<void> {
  const end = Date.now() + 5_000
  while (!done()) {
    if (Date.now() > end) throw new Error(`waited too long for ${what}`)
    await Bun.sleep(5)
  }
}

test("the command is told about the session as documented, and its lines become rows", async () => {
  using dir = tempDir()
  const file = join(dir.path, "input.json")
  const { port } = statusLine(`cat > '${file}'; echo "one $CLAUDECODE"; echo two`)
  port.update({ ...FACTS, sessionName: "a name" })
  await until("the rows", () => port.rows.length === 2)
  expect(textOf(port)).toEqual(["  one 1", "  two"])
  const input = JSON.parse(readFileSync(file, "utf8"))
  expect(input).toMatchObject({
    session_id: "s1",
    session_name: "a name",
    transcript_path: "/projects/s1.jsonl",
    cwd: "/",
    model: { id: "claude-test-1", display_name: "Test 1" },
    workspace: { current_dir: "/", project_dir: "/", added_dirs: ["/more"] },
    version: "9.9.9",
    output_style: { name: "default" },
    cost: { total_cost_usd: 0.25, total_api_duration_ms: 900, total_lines_added: 3, total_lines_removed: 1 },
    context_window: {
      total_input_tokens: 50_000,
      total_output_tokens: 500,
      context_window_size: 200_000,
      used_percentage: 25,
      remaining_percentage: 75,
      current_usage: FACTS.usage,
    },
    exceeds_200k_tokens: false,
    effort: { level: "high" },
    thinking: { enabled: true },
  })
  port.stop()
})

test("it runs when something changed, once for changes that come together, and not again for the same", async () => {
  using dir = tempDir()
  const file = join(dir.path, "runs")
  const { port, changes } = statusLine(`echo x >> '${file}'; echo said`)
  for (const costUsd of [1, 2, 3]) port.update({ ...FACTS, costUsd })
  await until("the rows", () => port.rows.length === 1)
  port.update({ ...FACTS, costUsd: 3 })
  await Bun.sleep(80)
  expect(readFileSync(file, "utf8")).toBe("x\n")
  expect(changes()).toBe(1)
  port.stop()
})

test("a newer run takes the place of one that still goes on", async () => {
  const { port } = statusLine(
    `read -r line; case "$line" in *'"total_cost_usd":1,'*) sleep 20; echo old;; *) echo new;; esac`,
  )
  port.update({ ...FACTS, costUsd: 1 })
  await Bun.sleep(60)
  port.update({ ...FACTS, costUsd: 2 })
  await until("the rows", () => port.rows.length === 1)
  expect(textOf(port)).toEqual(["  new"])
  port.stop()
})

test("one that fails, prints too much or is not wanted any more shows nothing, or only its beginning", async () => {
  let wanted: unknown = { type: "command", command: "echo here", padding: 2 }
  const { port } = statusLine("", { setting: () => wanted })
  port.update(FACTS)
  await until("the rows", () => port.rows.length === 1)
  expect(textOf(port)).toEqual(["    here"])
  wanted = { type: "command", command: "echo here; exit 3" }
  port.update(FACTS)
  await until("no rows", () => port.rows.length === 0)
  wanted = { type: "command", command: "yes line | head -c 100000; exit 0" }
  port.update(FACTS)
  await until("few rows", () => port.rows.length > 0)
  expect(port.rows.length).toBe(5)
  wanted = null
  port.update(FACTS)
  await until("no rows", () => port.rows.length === 0)
  port.stop()
})

test("nothing runs by the clock unless refreshInterval asks for it", async () => {
  using dir = tempDir()
  const file = join(dir.path, "runs")
  const command = `echo x >> '${file}'`
  const { port } = statusLine(command, { setting: () => ({ type: "command", command, refreshInterval: 1 }) })
  port.update(FACTS)
  await until("a second run", () => existsSync(file) && readFileSync(file, "utf8").length >= 4)
  port.stop()
})

test("colours become roles, links stay, and nothing else reaches the terminal", () => {
  const esc = "\u001b"
  const rows = ansiRows(
    `${esc}[1;31mred${esc}[0m plain ${esc}[38;5;46mgreen${esc}[39m ${esc}[38;2;200;200;0mgold${esc}[m\n` +
      `${esc}]8;;https://example.com/a${esc}\\link${esc}]8;;${esc}\\ ${esc}]8;;javascript:x\u0007bad${esc}]8;;\u0007\n` +
      `${esc}]0;title\u0007${esc}[2J${esc}[5;5Hhidden\u202e\u0000x\n`,
    5,
  )
  const [first = [], second = [], third = []] = rows
  expect(first.map(({ text, style }) => [text, style?.fg, style?.bold ?? false])).toEqual([
    ["red", "error", true],
    [" plain ", "muted", false],
    ["green", "success", false],
    [" ", "muted", false],
    ["gold", "warning", false],
  ])
  expect(second.map(({ text, style }) => [text, style?.link])).toEqual([
    ["link", "https://example.com/a"],
    [" ", undefined],
    ["bad", undefined],
  ])
  const shown = third.map(({ text }) => text).join("")
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
  expect(/[\u0000-\u001f\u202e]/.test(shown)).toBe(false)
  expect(shown).toContain("hidden")
})
