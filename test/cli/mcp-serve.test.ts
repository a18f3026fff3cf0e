import { afterAll, describe, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"

const main = join(import.meta.dir, "../../src/main.ts")
const homes: string[] = []
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

async function serve(settings: object = {}) {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "ccts-serve-test-")))
  homes.push(home)
  const cwd = join(home, "work")
  mkdirSync(cwd)
  writeFileSync(join(home, "settings.json"), JSON.stringify(settings))
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [main, "mcp", "serve"],
    cwd,
    env: { PATH: process.env.PATH ?? "", HOME: home, CLAUDE_CONFIG_DIR: home, IS_SANDBOX: "1" },
    stderr: "pipe",
  })
  const client = new Client({ name: "test", version: "1" })
  await client.connect(transport)
  const call = async (name: string, args: Record<string, unknown>, signal?: AbortSignal) => {
    const result = await client.callTool({ name, arguments: args }, undefined, {
      ...(signal !== undefined && { signal }),
    })
    const content = result.content as { type: string; text?: string; mimeType?: string }[]
    return {
      isError: result.isError === true,
      text: content.map(({ text }) => text ?? "").join("\n"),
      content,
    }
  }
  return { cwd, client, transport, call, [Symbol.asyncDispose]: () => client.close() }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe("ccts mcp serve", () => {
  test("offers the file tools and the shell with their schemas, under its own name", async () => {
    await using it = await serve()
    expect(it.client.getServerVersion()?.name).toBe("ccts")
    const { tools } = await it.client.listTools()
    expect(tools.map(({ name }) => name)).toEqual([
      "Bash",
      "Edit",
      "Glob",
      "Grep",
      "NotebookEdit",
      "Read",
      "TaskStop",
      "Write",
    ])
    expect(tools.find(({ name }) => name === "Read")?.inputSchema.required).toContain("file_path")
  })

  test("they work without a question, one after the other where they change something", async () => {
    await using it = await serve()
    const file = join(it.cwd, "a.txt")
    expect((await it.call("Write", { file_path: file, content: "one\n" })).isError).toBe(false)
    expect((await it.call("Read", { file_path: file })).text).toContain("one")
    await it.call("Edit", { file_path: file, old_string: "one", new_string: "two" })
    expect(readFileSync(file, "utf8")).toBe("two\n")
    expect((await it.call("Grep", { pattern: "tw", output_mode: "content" })).text).toContain("two")
    const many = await Promise.all(
      Array.from({ length: 20 }, (_, at) => it.call("Bash", { command: `echo ${at} >> log` })),
    )
    expect(many.every(({ isError }) => !isError)).toBe(true)
    expect(readFileSync(join(it.cwd, "log"), "utf8").trim().split("\n")).toHaveLength(20)
    expect((await it.call("Bash", { command: "exit 3" })).isError).toBe(true)
  })

  test("an image is an image; a wrong input and an unknown tool are errors, not the end", async () => {
    await using it = await serve()
    const png =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    writeFileSync(join(it.cwd, "dot.png"), Buffer.from(png, "base64"))
    const image = await it.call("Read", { file_path: join(it.cwd, "dot.png") })
    expect(image.content).toContainEqual(expect.objectContaining({ type: "image", mimeType: "image/png" }))
    expect((await it.call("Read", { file: 7 })).isError).toBe(true)
    expect((await it.call("Agent", {})).text).toContain("No such tool: Agent")
    expect((await it.call("Bash", { command: "echo still here" })).text).toContain("still here")
  })

  test("what a rule denies is denied, and what it wants asked about is refused: nobody is there", async () => {
    await using it = await serve({
      permissions: { deny: ["Read(./secret.txt)", "Bash(curl *)"], ask: ["Bash(git push *)"] },
    })
    writeFileSync(join(it.cwd, "secret.txt"), "hidden")
    const read = await it.call("Read", { file_path: join(it.cwd, "secret.txt") })
    expect([read.isError, read.text.includes("hidden")]).toEqual([true, false])
    expect((await it.call("Bash", { command: "true && curl example.com" })).isError).toBe(true)
    const push = await it.call("Bash", { command: "git push origin" })
    expect(push.text).toContain("nobody can be asked")
  })

  test("a call that the client gives up ends, and nothing outlives the client", async () => {
    await using it = await serve()
    const abort = new AbortController()
    const waiting = it.call("Bash", { command: "echo $$ > pid; sleep 300" }, abort.signal).catch(() => null)
    const pid = await appears(join(it.cwd, "pid"))
    abort.abort()
    await waiting
    await gone(pid)
    void it.call("Bash", { command: "echo $$ > pid2; sleep 300" }).catch(() => null)
    const other = await appears(join(it.cwd, "pid2"))
    await it.client.close()
    await gone(other)
  })
})

async function appears(file: string): Promise<number> {
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline) {
    try {
      const pid = Number(readFileSync(file, "utf8"))
      if (pid > 0) return pid
    } catch {}
    await Bun.sleep(20)
  }
  throw new Error(`${file} never came`)
}

async function gone(pid: number): Promise<void> {
  const deadline = Date.now() + 10_000
  while (runs(pid)) {
    if (Date.now() > deadline) throw new Error(`${pid} still runs`)
    await Bun.sleep(20)
  }
}
