/** The compiled program over the fake API: what the model reads of each tool, in one turn that always goes on. */
import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makePlace, type Place } from "../../scripts/bench/place.ts"
import { dist } from "../../scripts/lib/project.ts"
import { fakeApi, text, toolUse } from "../fake-api/fake-api.ts"

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
)

interface Step {
  readonly tool: string
  readonly input:
    | Readonly<Record<string, unknown>>
    | ((earlier: readonly string[]) => Readonly<Record<string, unknown>>)
  readonly wanted: RegExp
  readonly isError?: true
}

const STEPS: readonly Step[] = [
  {
    tool: "NoSuchTool",
    input: {},
    wanted: /^<tool_use_error>Error: No such tool available: NoSuchTool<\/tool_use_error>$/,
    isError: true,
  },
  {
    tool: "Read",
    input: {},
    wanted:
      /^<tool_use_error>InputValidationError: Read failed due to the following issue:\nThe required parameter `file_path` is missing<\/tool_use_error>$/,
    isError: true,
  },
  {
    tool: "Read",
    input: { file_path: "note.txt", offset: "1" },
    wanted: /The parameter `offset` type is expected as `number` but provided as `string`/,
    isError: true,
  },
  {
    tool: "Read",
    input: { file_path: "absent.txt" },
    wanted: /^File does not exist\. Note: your current working directory is /,
    isError: true,
  },
  {
    tool: "Read",
    input: { file_path: "." },
    wanted: /^EISDIR: illegal operation on a directory, read /,
    isError: true,
  },
  {
    tool: "Read",
    input: { file_path: "blob.bin" },
    wanted: /^This tool cannot read binary files/,
    isError: true,
  },
  {
    tool: "Read",
    input: { file_path: "empty.txt" },
    wanted: /Warning: the file exists but the contents are empty/,
  },
  {
    tool: "Read",
    input: { file_path: "note.txt", offset: 50 },
    wanted: /shorter than the provided offset \(50\)\. The file has \d lines/,
  },
  { tool: "Read", input: { file_path: "dot.png" }, wanted: /"type":"image".*"media_type":"image\/png"/ },
  {
    tool: "Edit",
    input: { file_path: "other.txt", old_string: "x", new_string: "x" },
    wanted: /No changes to make: old_string and new_string are exactly the same\./,
    isError: true,
  },
  {
    tool: "Edit",
    input: { file_path: "note.txt", old_string: "absent", new_string: "x" },
    wanted: /String to replace not found in file\.\nString: absent/,
    isError: true,
  },
  {
    tool: "Glob",
    input: { pattern: "*", path: "absent" },
    wanted: /^(?:<tool_use_error>)?Directory does not exist: /,
    isError: true,
  },
  { tool: "Grep", input: { pattern: "(" }, wanted: /regex parse error/, isError: true },
  {
    tool: "Grep",
    input: { pattern: "line (one|two)", output_mode: "count" },
    wanted: /note\.txt:2[\s\S]*Found 2 total occurrences across 1 file\./,
  },
  {
    tool: "Bash",
    input: { command: "seq 1 100000" },
    wanted:
      /^<persisted-output>\nOutput too large \(575\.1KB\)\. Full output saved to: .+\n\nPreview \(first 2KB\):\n1\n2\n/,
  },
  { tool: "Bash", input: { command: "echo out; exit 4" }, wanted: /^Exit code 4\nout$/, isError: true },
  { tool: "Bash", input: { command: "sleep 30" }, wanted: /Blocked: standalone sleep 30\./, isError: true },
  { tool: "TaskCreate", input: { subject: "One", description: "first" }, wanted: /1/ },
  { tool: "TaskUpdate", input: { taskId: "1", status: "in_progress" }, wanted: /1/ },
  { tool: "TaskList", input: {}, wanted: /One/ },
  { tool: "TaskGet", input: { taskId: "9" }, wanted: /not found|No task/i },
  { tool: "TaskStop", input: { task_id: "nobody" }, wanted: /No task found with ID: nobody/, isError: true },
  {
    tool: "Bash",
    input: { command: "sleep 300", run_in_background: true },
    wanted: /^Command running in background with ID: (\w+)\./,
  },
  {
    tool: "TaskStop",
    input: (earlier) => ({ task_id: /with ID: (\w+)\./.exec(earlier.at(-1) ?? "")?.[1] }),
    wanted: /"message":"Successfully stopped task: \w+ \(sleep 300\)"/,
  },
  {
    tool: "Monitor",
    input: { description: "ticks", timeout_ms: 60_000, command: "echo tick; sleep 60" },
    wanted: /^Monitor started with ID: (\w+)\./,
  },
  {
    tool: "TaskStop",
    input: (earlier) => ({ task_id: /with ID: (\w+)\./.exec(earlier.at(-1) ?? "")?.[1] }),
    wanted: /Successfully stopped task/,
  },
  {
    tool: "WebFetch",
    input: () => ({ url: `http://127.0.0.1:${pages.port}/page`, prompt: "what is it?" }),
    wanted: /^title$/,
  },
  {
    tool: "WebFetch",
    input: () => ({ url: `http://127.0.0.1:${pages.port}/away`, prompt: "what is it?" }),
    wanted: /^REDIRECT: .*\nStatus: 302 Found\nRedirect URL: http:\/\/10\.0\.0\.8\/\n/,
  },
  {
    tool: "WebFetch",
    input: { url: "http://169.254.169.254/latest/meta-data", prompt: "what is it?" },
    wanted: /was not fetched: 169\.254\.169\.254 is a link-local address\.$/,
    isError: true,
  },
  {
    tool: "Monitor",
    input: { description: "d", ws: { url: "ws://127.0.0.1:1" } },
    wanted: /needs permission and nobody is there to give it: .*a WebSocket is asked about each time/,
    isError: true,
  },
  { tool: "EnterWorktree", input: { name: "side" }, wanted: /side/ },
  {
    tool: "Bash",
    input: { command: "pwd && git rev-parse --abbrev-ref HEAD" },
    wanted: /\.claude\/worktrees\/side\n/,
  },
  { tool: "ExitWorktree", input: { action: "remove" }, wanted: /./ },
  { tool: "Bash", input: { command: "pwd" }, wanted: /\/work$/ },
]

const pages = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: (request) =>
    new URL(request.url).pathname === "/away"
      ? Response.redirect("http://10.0.0.8/", 302)
      : new Response("<h1>Heading</h1><p>in <b>Markdown</b></p>", {
          headers: { "content-type": "text/html" },
        }),
})
/** What the small model was asked about a page. */
let question = ""
let place: Place
let results: { readonly text: string; readonly isError: boolean }[] = []
let stderr = ""
let answer = ""

beforeAll(async () => {
  place = makePlace()
  const inside = (name: string) => join(place.folder, name)
  mkdirSync(inside("sub"))
  writeFileSync(inside("note.txt"), "line one\nline two\n")
  writeFileSync(inside("other.txt"), "x\n")
  writeFileSync(inside("empty.txt"), "")
  writeFileSync(inside("blob.bin"), Uint8Array.of(1, 0, 2, 0))
  writeFileSync(inside("dot.png"), PNG)
  const git = "git init -q -b main && git -c user.name=A -c user.email=a@b commit -q --allow-empty -m one"
  Bun.spawnSync(["sh", "-c", git], { cwd: place.folder, env: place.env })
  const earlier: string[] = []
  let next = 0
  const api = await fakeApi({
    side(request) {
      const asked = JSON.stringify(request.body.messages)
      if (asked.includes("what is it?")) question = asked
      return text("title")
    },
    script(request) {
      if (next > 0) {
        const last = request.body.messages.at(-1)
        const block = last.content.find((one: { type: string }) => one.type === "tool_result")
        const shown =
          typeof block.content === "string"
            ? block.content
            : block.content.map((one: { text?: string }) => one.text ?? JSON.stringify(one)).join("\n")
        results.push({ text: shown, isError: block.is_error === true })
        earlier.push(shown)
      }
      const step = STEPS[next++]
      if (step === undefined) return text("all done")
      return toolUse(step.tool, typeof step.input === "function" ? step.input(earlier) : step.input)
    },
  })
  const names = [...new Set(STEPS.map(({ tool }) => tool))].join(",")
  const child = Bun.spawn([join(dist, "ccts"), "-p", "go", "--allowedTools", names], {
    cwd: place.folder,
    env: { ...place.env, ANTHROPIC_BASE_URL: api.url },
    timeout: 60_000,
    stdio: ["ignore", "pipe", "pipe"],
  })
  ;[answer, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()])
  await child.exited
  await api.close()
}, 90_000)
afterAll(() => {
  pages.stop(true)
  place[Symbol.dispose]()
  results = []
})

test("a page is Markdown when the small model reads it", () => {
  expect(question).toContain("# Heading\\n\\nin **Markdown**")
})

test("the turn goes on to its end whatever the calls were answered", () => {
  expect({ stderr, answer, calls: results.length }).toEqual({
    stderr: "",
    answer: "all done\n",
    calls: STEPS.length,
  })
})

for (const [at, { tool, input, wanted, isError }] of STEPS.entries()) {
  const name = typeof input === "function" ? "the task just started" : JSON.stringify(input)
  test(`${tool} ${name} is answered`, () => {
    expect(results[at]?.text ?? "nothing").toMatch(wanted)
    expect(results[at]?.isError ?? false).toBe(isError === true)
  })
}
