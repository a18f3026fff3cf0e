/**
 * The task list on disk: one JSON file per task, named by its number, so that several agents and sessions can work
 * on one list without losing each other's tasks. Unknown keys are kept.
 */
import { mkdir, open, readdir, readFile, unlink } from "node:fs/promises"
import { join } from "node:path"
import * as z from "zod"
import { writeAtomic } from "../../lib/atomic-write.ts"
import type { FileMemory, ToolContext } from "../../model/tool.ts"

/** A list is for people; more is a mistake. Own choice. */
const MAX_TASKS = 1_000
/** As much as Read shows at once (spec/tools.md Read); own choice. */
const MAX_TASK_BYTES = 256 * 1024
/** Room for the number that a task still gets. */
const ID_BYTES = 100

const task = z.looseObject({
  id: z.string(),
  subject: z.string(),
  description: z.string(),
  activeForm: z.string().optional(),
  owner: z.string().optional(),
  status: z.enum(["pending", "in_progress", "completed"]),
  blocks: z.array(z.string()),
  blockedBy: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()).optional(),
})
export type Task = z.infer<typeof task>

export interface TaskStore {
  /** Gives the task the next free number. Throws past `MAX_TASKS`, and like `put`. */
  create(fields: Omit<Task, "id">): Promise<Task>
  get(id: string): Promise<Task | null>
  /** In order of their numbers; damaged files are passed over. */
  list(): Promise<Task[]>
  /** Throws past `MAX_TASK_BYTES`: what cannot be read again is not written. */
  put(one: Task): Promise<void>
  remove(id: string): Promise<void>
}

const inMemory = new WeakMap<FileMemory, TaskStore>()

/** The session's list: on disk when the session has a place for it, else in memory for as long as it lives. */
export function taskStore(ctx: ToolContext): TaskStore {
  if (ctx.stateDir !== undefined) return diskStore(ctx.stateDir)
  const known = inMemory.get(ctx.files) ?? memoryStore()
  inMemory.set(ctx.files, known)
  return known
}

function memoryStore(): TaskStore {
  const tasks = new Map<string, Task>()
  let last = 0
  return {
    async create(fields) {
      checkedJson(fields)
      if (tasks.size >= MAX_TASKS) throw tooMany()
      last += 1
      const made = { ...fields, id: String(last) } as Task
      tasks.set(made.id, made)
      return made
    },
    get: async (id) => tasks.get(id) ?? null,
    list: async () => [...tasks.values()],
    async put(one) {
      checkedJson(one)
      tasks.set(one.id, one)
    },
    remove: async (id) => void tasks.delete(id),
  }
}

function diskStore(folder: string): TaskStore {
  const file = (id: string) => join(folder, `${id}.json`)
  const isId = (id: string) => /^\d{1,9}$/.test(id)
  async function read(id: string): Promise<Task | null> {
    if (!isId(id)) return null
    const text = await readFile(file(id), "utf8").catch(() => null)
    if (text === null || Buffer.byteLength(text) > MAX_TASK_BYTES) return null
    try {
      return task.parse(JSON.parse(text))
    } catch {
      return null
    }
  }
  async function ids(): Promise<string[]> {
    const names = await readdir(folder).catch(() => [])
    return names
      .filter((name) => name.endsWith(".json") && isId(name.slice(0, -5)))
      .map((name) => name.slice(0, -5))
      .sort((a, b) => Number(a) - Number(b))
      .slice(0, MAX_TASKS)
  }
  const put = async (one: Task) => writeAtomic({ path: file(one.id), bytes: checkedJson(one), mode: 0o600 })
  return {
    async create(fields) {
      checkedJson(fields)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const taken = await ids()
      if (taken.length >= MAX_TASKS) throw tooMany()
      for (let id = Number(taken.at(-1) ?? 0) + 1; ; id += 1) {
        // "wx" gives a number to one session only.
        const claim = await open(file(String(id)), "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
          if (error.code === "EEXIST") return null
          throw error
        })
        if (claim === null) continue
        await claim.close()
        const made = { ...fields, id: String(id) } as Task
        await put(made)
        return made
      }
    },
    get: read,
    list: async () => (await Promise.all((await ids()).map(read))).filter((one) => one !== null),
    put,
    remove: async (id) => void (isId(id) && (await unlink(file(id)).catch(() => {}))),
  }
}

/** The bytes of the task's file. */
function checkedJson(one: Omit<Task, "id">): Buffer {
  const bytes = Buffer.from(JSON.stringify(one, null, 2))
  if (bytes.length <= MAX_TASK_BYTES - ID_BYTES) return bytes
  throw new Error(
    `The task is too large (at most ${MAX_TASK_BYTES} bytes). Put long texts into a file and name that file.`,
  )
}

function tooMany(): Error {
  return new Error(
    `The task list is full (${MAX_TASKS} tasks). Delete finished ones with TaskUpdate status "deleted".`,
  )
}
