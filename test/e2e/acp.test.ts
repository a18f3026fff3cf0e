import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { chunks, text, toolUse } from "../fake-api/fake-api.ts"
import { built, executable, type Message, type Place, withPlace } from "./place.ts"

/** The machine may be busy with other things. */
setDefaultTimeout(30_000)

const root = join(import.meta.dir, "../..")
const adapter = join(root, "node_modules/@agentclientprotocol/claude-agent-acp/dist/index.js")
const bun = join(root, "node_modules/.bin/bun")

/** An adapter that hangs is stopped, and its test fails. */
const DEADLINE_MS = 20_000

type Handler = (params: Message) => Message

/** An editor: speaks ACP over stdio with the published adapter, which starts our executable. */
function startEditor({ cwd, env }: Place, handlers: Readonly<Record<string, Handler>>) {
  const child = Bun.spawn([bun, adapter], {
    cwd,
    env: { ...env, CLAUDE_CODE_EXECUTABLE: executable },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  })
  const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS)
  const open = new Map<number, PromiseWithResolvers<Message>>()
  const updates: Message[] = []
  let nextId = 0
  const send = (message: Message) => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`)
    child.stdin.flush()
  }
  const take = (message: Message) => {
    if (message.method === undefined) {
      const waiting = open.get(message.id)
      if (message.error) waiting?.reject(new Error(JSON.stringify(message.error)))
      else waiting?.resolve(message.result)
      return
    }
    if (message.method === "session/update") updates.push(message.params.update)
    if (message.id === undefined) return
    const handler = handlers[message.method]
    if (handler) send({ id: message.id, result: handler(message.params) })
    else send({ id: message.id, error: { code: -32601, message: `no ${message.method}` } })
  }
  const reading = (async () => {
    const decoder = new TextDecoder()
    let rest = ""
    for await (const chunk of child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) if (line.trim() !== "") take(JSON.parse(line))
    }
    for (const waiting of open.values()) waiting.reject(new Error("the adapter ended"))
  })()
  return {
    updates,
    notify: (method: string, params: Message) => send({ method, params }),
    call(method: string, params: Message): Promise<Message> {
      const waiting = Promise.withResolvers<Message>()
      nextId++
      open.set(nextId, waiting)
      send({ id: nextId, method, params })
      return waiting.promise
    },
    async close(): Promise<void> {
      child.stdin.end()
      child.kill()
      await Promise.all([child.exited, reading])
      clearTimeout(timer)
    },
  }
}

async function withEditor(
  place: Place,
  handlers: Readonly<Record<string, Handler>>,
  use: (editor: ReturnType<typeof startEditor>, sessionId: string) => Promise<void>,
): Promise<void> {
  const editor = startEditor(place, handlers)
  try {
    const hello = await editor.call("initialize", {
      protocolVersion: 1,
      clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
    })
    expect(hello.protocolVersion).toBe(1)
    const session = await editor.call("session/new", { cwd: place.cwd, mcpServers: [] })
    await use(editor, session.sessionId)
  } finally {
    await editor.close()
  }
}

const prompt = (words: string) => [{ type: "text", text: words }]
const said = (value: unknown) => JSON.stringify(value)

describe.skipIf(!built)("the published ACP adapter drives dist/ccts", () => {
  test.concurrent("a prompt is answered in pieces", () =>
    withPlace([text("Hello from the other side")], (place) =>
      withEditor(place, {}, async ({ call, updates }, sessionId) => {
        const end = await call("session/prompt", { sessionId, prompt: prompt("Hi") })
        expect(end.stopReason).toBe("end_turn")
        const words = updates
          .filter(({ sessionUpdate }) => sessionUpdate === "agent_message_chunk")
          .map(({ content }) => content.text)
        expect(words.join("")).toBe("Hello from the other side")
        expect(said(place.api.turns[0]?.body.messages)).toContain("Hi")
      }),
    ))

  test.concurrent("a call asks for permission, and runs when it is given", () =>
    withPlace([toolUse("Bash", { command: "touch made" }), text("Done")], async (place) => {
      const asked: Message[] = []
      const allow: Handler = (params) => {
        asked.push(params)
        const option = params.options.find(({ kind }: Message) => kind === "allow_once")
        return { outcome: { outcome: "selected", optionId: option.optionId } }
      }
      await withEditor(
        place,
        { "session/request_permission": allow },
        async ({ call, updates }, sessionId) => {
          const end = await call("session/prompt", { sessionId, prompt: prompt("Make it") })
          expect(end.stopReason).toBe("end_turn")
          expect(asked).toHaveLength(1)
          expect(existsSync(join(place.cwd, "made"))).toBe(true)
          expect(updates).toContainEqual(expect.objectContaining({ status: "completed" }))
        },
      )
    }))

  test.concurrent("a refused call does not run", () =>
    withPlace([toolUse("Bash", { command: "touch made" }), text("I see")], async (place) => {
      const refuse: Handler = (params) => {
        const option = params.options.find(({ kind }: Message) => kind === "reject_once")
        return { outcome: { outcome: "selected", optionId: option.optionId } }
      }
      await withEditor(place, { "session/request_permission": refuse }, async ({ call }, sessionId) => {
        await call("session/prompt", { sessionId, prompt: prompt("Make it") })
        expect(existsSync(join(place.cwd, "made"))).toBe(false)
      })
    }))

  test.concurrent("cancel ends the turn", () =>
    withPlace([[text("word ".repeat(2_000)), chunks(64, 20)]], (place) =>
      withEditor(place, {}, async ({ call, notify, updates }, sessionId) => {
        const end = call("session/prompt", { sessionId, prompt: prompt("Talk") })
        while (!updates.some(({ sessionUpdate }) => sessionUpdate === "agent_message_chunk"))
          await Bun.sleep(5)
        notify("session/cancel", { sessionId })
        expect((await end).stopReason).toBe("cancelled")
      }),
    ))
})
