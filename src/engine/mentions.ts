import { readdirSync, statSync } from "node:fs"
import { resolve } from "node:path"
import type { Block } from "../model/block.ts"
import { decide } from "../permissions/decide.ts"
import type { Run } from "./run.ts"
import { execute } from "./run-one.ts"

/** Files that one prompt may attach; a prompt that names more is pasted text. */
const MAX_MENTIONS = 20
/** Words with an `@` that are looked up; pasted text may hold any number of them. */
const MAX_LOOKUPS = 200
/** Entries of a folder that are listed. */
const MAX_ENTRIES = 500
/** `@path`, `@"path with spaces"`, at the start or after white space or an opening bracket. */
const MENTION = /(?:^|[\s([{])@(?:"([^"\n]+)"|([^\s"@]+))/g

/** `server:protocol:path`. */
const RESOURCE = /^[\w-]+:[a-z][a-z0-9+.-]*:./i

interface Mention {
  readonly path: string
  readonly lines?: { readonly from: number; readonly to: number | null }
}

/**
 * The blocks that the `@path` mentions of `text` stand for: what Read shows of a file (so the model may edit it), the
 * entries of a folder, an image. What does not exist, or what a rule denies, is left as text.
 */
export async function readMentions(run: Run, text: string): Promise<readonly Block[]> {
  const blocks: Block[] = []
  for (const mention of findMentions(text, run.session.place())) {
    if (run.signal.aborted) break
    // Files may go away between the look and the read.
    blocks.push(...(await readMention(run, mention).catch(() => [])))
  }
  return [...blocks, ...(await readResources(run, text))]
}

/** `@server:protocol://path`: what an MCP server offers to read. */
async function readResources(run: Run, text: string): Promise<readonly Block[]> {
  const { readResource } = run.session.options
  if (readResource === undefined) return []
  const words = new Set<string>()
  for (const [, quoted, word] of text.matchAll(MENTION)) {
    const name = quoted ?? word ?? ""
    if (words.size < MAX_MENTIONS && RESOURCE.test(name)) words.add(name)
  }
  const turn = { sessionId: run.history.sessionId, signal: run.signal }
  const found = await Promise.all([...words].map((word) => readResource(word, turn).catch(() => null)))
  return found.flatMap((blocks) => blocks ?? [])
}

function findMentions(
  text: string,
  { cwd, home }: { readonly cwd: string; readonly home: string },
): Mention[] {
  const found = new Map<string, Mention>()
  let lookups = 0
  for (const match of text.matchAll(MENTION)) {
    if (found.size >= MAX_MENTIONS || ++lookups > MAX_LOOKUPS) break
    const mention = mentionOf(match[1] ?? match[2] ?? "", cwd, home)
    if (mention !== null) found.set(`${mention.path}#${mention.lines?.from}`, mention)
  }
  return [...found.values()]
}

/** `a.ts`, `a.ts#L10`, `a.ts#L10-20`; punctuation that ends the sentence is none of the path. */
function mentionOf(word: string, cwd: string, home: string): Mention | null {
  for (const candidate of [word, word.replace(/[.,;:!?)\]}'"]+$/, "")]) {
    const [, path = "", from, to] = /^(.*?)(?:#L(\d+)(?:-L?(\d+))?)?$/.exec(candidate) ?? []
    if (path === "") continue
    const absolute = resolve(cwd, path.replace(/^~(?=\/|$)/, home))
    if (!exists(absolute)) continue
    if (from === undefined) return { path: absolute }
    return { path: absolute, lines: { from: Number(from), to: to === undefined ? null : Number(to) } }
  }
  return null
}

/** A name that is too long, or in a folder that may not be looked into, is no file of ours. */
function exists(path: string): boolean {
  try {
    statSync(path)
    return true
  } catch {
    return false
  }
}

async function readMention(run: Run, { path, lines }: Mention): Promise<readonly Block[]> {
  const access = [{ kind: "read" as const, path }]
  const input = {
    file_path: path,
    ...(lines === undefined
      ? {}
      : { offset: lines.from, limit: lines.to === null ? 1 : Math.max(1, lines.to - lines.from + 1) }),
  }
  // The person named the file, so nobody is asked; a deny rule still holds.
  if (decide({ tool: "Read", input, access }, run.policy()).verdict === "deny") {
    return [reminder(`${path} was mentioned, but a rule denies reading it.`)]
  }
  if (statSync(path).isDirectory()) return [reminder(listing(path))]
  const { read } = await import("../tools/read.ts")
  const output = await execute(run, {
    id: `mention_${crypto.randomUUID()}`,
    tool: read,
    input,
    title: path,
  }).catch(() => null)
  if (output === null) return []
  if (output.isError === true)
    return [reminder(`${path} was mentioned, but it cannot be read: ${String(output.content)}`)]
  if (typeof output.content === "string") return [reminder(`The person attached ${path}:\n${output.content}`)]
  return [reminder(`The person attached ${path}.`), ...output.content]
}

function listing(path: string): string {
  try {
    const entries = readdirSync(path, { withFileTypes: true })
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort()
    const rest = entries.length > MAX_ENTRIES ? `\n… and ${entries.length - MAX_ENTRIES} more` : ""
    return `The person attached the folder ${path}:\n${entries.slice(0, MAX_ENTRIES).join("\n")}${rest}`
  } catch (error) {
    return `${path} was mentioned, but it cannot be listed: ${error instanceof Error ? error.message : String(error)}`
  }
}

function reminder(text: string): Block {
  return { type: "text", text: `<system-reminder>\n${text}\n</system-reminder>` }
}
