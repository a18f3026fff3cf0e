/** Copies a session under a new id: new uuids, the same tree, each line saying where it came from. */
import { randomBytes, randomUUID } from "node:crypto"
import { mkdir, open, rename, unlink } from "node:fs/promises"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import type { SideLine } from "../model/line.ts"
import { LINE_MAX_BYTES } from "./backward.ts"
import { isChainLine } from "./chain.ts"
import { describeSession } from "./list.ts"
import { parseLine } from "./read-tail.ts"
import { titleLine } from "./side.ts"

export interface ForkOptions {
  /** Id of the new session; default a fresh one. */
  readonly id?: string
  /** Folder of the new file; default beside the old one. */
  readonly dir?: string
  /** Copy up to this line, inclusive. */
  readonly upTo?: string
  /** Default: the old title with `(fork)`. */
  readonly title?: string
  readonly signal?: AbortSignal
}

/** Kinds that belong to the old session alone: its undo history and its lists' names. */
const LEFT_BEHIND: ReadonlySet<string> = new Set([
  "file-history-snapshot",
  "custom-title",
  "tag",
  "queue-operation",
])

/**
 * @returns the new session. @throws when `upTo` is not in the file, or the file system refuses; nothing is left then.
 */
export async function forkSession(
  file: string,
  options: ForkOptions = {},
): Promise<{ readonly id: string; readonly file: string }> {
  const id = options.id ?? randomUUID()
  const dir = options.dir ?? dirname(file)
  const target = join(dir, `${id}.jsonl`)
  const beside = join(dir, `.${id}.${randomBytes(4).toString("hex")}.tmp`)
  const title = options.title ?? `${(await describeSession(file))?.title ?? "Session"} (fork)`
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const source = await open(file, "r")
  try {
    const out = await open(beside, "wx", 0o600)
    try {
      const renew = renewer(id)
      let reached = options.upTo === undefined
      for await (const text of createInterface({ input: source.createReadStream({ autoClose: false }) })) {
        options.signal?.throwIfAborted()
        if (text.length > LINE_MAX_BYTES) continue
        const line = parseLine(Buffer.from(text))
        if (!line || LEFT_BEHIND.has(line.type)) continue
        await out.write(`${JSON.stringify(renew(line as SideLine))}\n`)
        if (isChainLine(line) && line.uuid === options.upTo) {
          reached = true
          break
        }
      }
      if (!reached) throw new Error(`session ${file} has no message ${options.upTo}`)
      await out.write(`${JSON.stringify(titleLine(title, id))}\n`)
      await out.sync()
    } finally {
      await out.close()
    }
    await rename(beside, target)
    return { id, file: target }
  } catch (error) {
    await unlink(beside).catch(() => undefined)
    throw error
  } finally {
    await source.close()
  }
}

/** Gives every uuid a new one, the same for the same, wherever a line refers to it. */
function renewer(sessionId: string): (line: SideLine) => SideLine {
  const fresh = new Map<string, string>()
  const renewed = (old: unknown): unknown => {
    if (typeof old !== "string") return old
    const known = fresh.get(old) ?? randomUUID()
    fresh.set(old, known)
    return known
  }
  return (line) => {
    const next: Record<string, unknown> = { ...line }
    for (const key of ["parentUuid", "logicalParentUuid", "uuid", "leafUuid"]) {
      if (key in next) next[key] = renewed(next[key])
    }
    if ("sessionId" in next) next.sessionId = sessionId
    if (isChainLine(line)) next.forkedFrom = { sessionId: line.sessionId, messageUuid: line.uuid }
    return next as SideLine
  }
}
