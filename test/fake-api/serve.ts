/**
 * Runs the fake API by hand or for a benchmark:
 *   bun test/fake-api/serve.ts --port 8080 --script replies.json
 *   bun test/fake-api/serve.ts --text 200000 --rate 200
 *   bun test/fake-api/serve.ts --turns 50 --tool Read --input '{"file_path":"/etc/hostname"}'
 * and in another terminal ANTHROPIC_BASE_URL=<the printed url> ANTHROPIC_API_KEY=any ccts …
 * A script file is a list; each entry is a reply: {"text"}, {"tool","input"}, {"thinking"}, {"error":529},
 * {"stop":"max_tokens"}, or a list of these.
 */
import { parseArgs } from "node:util"
import { chunks, error, fakeApi, type Part, type Reply, stop, text, thinking, toolUse } from "./fake-api.ts"

const USAGE =
  "usage: serve.ts [--port N] [--script FILE | --text BYTES [--rate TOKENS_PER_S] | --turns N --tool NAME --input JSON]"
/** About what a token is in English text. */
const CHARS_PER_TOKEN = 4

interface Entry {
  readonly text?: string
  readonly tool?: string
  readonly input?: Readonly<Record<string, unknown>>
  readonly thinking?: string
  readonly error?: number
  readonly stop?: string
}

function toParts(entry: Entry): Part[] {
  const parts: Part[] = []
  if (entry.thinking !== undefined) parts.push(thinking(entry.thinking))
  if (entry.text !== undefined) parts.push(text(entry.text))
  if (entry.tool !== undefined) parts.push(toolUse(entry.tool, entry.input ?? {}))
  if (entry.stop !== undefined) parts.push(stop(entry.stop))
  return parts
}

function toReply(entry: Entry | readonly Entry[]): Reply {
  const list = Array.isArray(entry) ? (entry as readonly Entry[]) : [entry as Entry]
  const failed = list.find((item) => item.error !== undefined)
  return failed?.error === undefined ? list.flatMap(toParts) : error(failed.error)
}

/** `bytes` of Markdown-like prose. */
function prose(bytes: number): string {
  const line = "The quick brown fox jumps over the lazy dog, and `code` follows with **weight**.\n"
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes)
}

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    script: { type: "string" },
    text: { type: "string" },
    rate: { type: "string" },
    turns: { type: "string" },
    tool: { type: "string", default: "Read" },
    input: { type: "string", default: "{}" },
    verbose: { type: "boolean", default: false },
  },
})

const replies = values.script ? ((await Bun.file(values.script).json()) as (Entry | Entry[])[]) : undefined
const body = values.text === undefined ? undefined : prose(Number(values.text))
const rate = Number(values.rate ?? process.env.FAKE_API_RATE ?? 0)
const turns = Number(values.turns ?? 0)
const input = JSON.parse(values.input) as Record<string, unknown>
if ([rate, turns].some(Number.isNaN)) {
  console.error(USAGE)
  process.exit(2)
}

/** One delta is one token; at a rate, an event of about 110 bytes is sent in each pause. */
function paced(value: string): Reply {
  const part = text(value, { delta: rate > 0 ? CHARS_PER_TOKEN : 400 })
  return rate > 0 ? [part, chunks(EVENT_BYTES, 1000 / rate)] : part
}
const EVENT_BYTES = 130

const api = await fakeApi({
  port: Number(values.port),
  script: (request, index) => {
    if (values.verbose)
      console.error(`${index} ${request.body.model} ${request.body.messages.length} messages`)
    const scripted = replies?.[index % replies.length]
    if (scripted) return toReply(scripted)
    if (turns > 0 && index % (turns + 1) < turns) return toolUse(values.tool, input)
    return paced(body ?? "Hello from the fake API.")
  },
})
console.log(api.url)
