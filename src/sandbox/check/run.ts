/** Runs the attempts one after the other in a real sandbox and judges them from outside. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { SpawnRequest } from "../../model/tool.ts"
import type { SandboxPlan } from "../plan.ts"
import { createSandbox } from "../runtime.ts"
import { ATTEMPTS, type Attempt } from "./attempts.ts"
import { type Listeners, openListeners } from "./listeners.ts"
import { makePlayground, type Playground } from "./playground.ts"

export interface Outcome {
  readonly attempt: Attempt
  readonly result: "blocked" | "escaped" | "works" | "failed" | "skipped"
  /** What was seen, or why it was skipped. */
  readonly detail: string
  readonly ok: boolean
}

/** One attempt never takes longer. */
const DEADLINE_MS = 15_000
/** All of them together; a machine on which that is not enough gets no verdict. */
const WHOLE_MS = 5 * 60_000
/** The one that leaves a process behind waits for less before it writes. */
const LATER_MS = 900

export interface CheckOptions {
  readonly programs: Pick<SandboxPlan, "bwrapPath" | "socatPath">
  readonly env: Readonly<Record<string, string | undefined>>
  /** `none`: the same attempts without a sandbox, to prove that they would get through. */
  readonly sandbox?: "none"
  readonly attempts?: readonly Attempt[]
  readonly signal?: AbortSignal
  /** Milliseconds for all attempts together. */
  readonly wholeMs?: number
}

export async function* runCheck(options: CheckOptions): AsyncGenerator<Outcome, void> {
  const place = makePlayground(options.programs)
  const sandbox = createSandbox(place.plan)
  const wrap =
    options.sandbox === "none" ? async (request: SpawnRequest) => request : sandbox.wrap.bind(sandbox)
  const listeners = await openListeners(place.top)
  const end = performance.now() + (options.wholeMs ?? WHOLE_MS)
  try {
    for (const attempt of options.attempts ?? ATTEMPTS) {
      options.signal?.throwIfAborted()
      if (performance.now() > end) {
        yield { attempt, result: "failed", detail: "not tried: the check took too long", ok: false }
        continue
      }
      const why = whyNot(attempt, options.env)
      if (why === null) yield await runOne(attempt, { place, listeners, wrap, options })
      else yield { attempt, result: "skipped", detail: why, ok: true }
    }
  } finally {
    listeners.close()
    await sandbox.close()
    place.remove()
  }
}

function whyNot({ needs = [], only }: Attempt, env: CheckOptions["env"]): string | null {
  const missing = needs.find((name) => Bun.which(name, { PATH: env.PATH ?? "" }) === null)
  if (missing !== undefined) return `${missing} is not installed`
  return only !== undefined && only !== `${process.platform}-${process.arch}` ? `only on ${only}` : null
}

async function runOne(
  attempt: Attempt,
  run: {
    readonly place: Playground
    readonly listeners: Listeners
    readonly wrap: (request: SpawnRequest) => Promise<SpawnRequest>
    readonly options: CheckOptions
  },
): Promise<Outcome> {
  const { place, listeners, wrap, options } = run
  place.reset()
  await listeners.restart()
  const number = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
  const mark = `ccts-check-${number}`
  const before = place.snapshot()
  const request: SpawnRequest = {
    argv: ["/bin/bash", "-c", attempt.script],
    cwd: place.project,
    env: {
      PATH: options.env.PATH ?? "/usr/bin:/bin",
      HOME: place.home,
      TMPDIR: place.plan.temporary,
      OUT: place.outside,
      SECRET: join(place.outside, "secret.txt"),
      MARK: mark,
      MARKNUM: String(number),
      EXE: process.execPath,
      CCTS_CHECK_SECRET: "environment-secret",
      ...listeners.env,
    },
  }
  let wrapped: SpawnRequest
  try {
    wrapped = await Promise.race([
      wrap(request),
      Bun.sleep(DEADLINE_MS).then(() => Promise.reject(new Error("the sandbox did not start in time"))),
    ])
  } catch (error) {
    return {
      attempt,
      result: "failed",
      detail: error instanceof Error ? error.message : String(error),
      ok: false,
    }
  }
  const child = Bun.spawn([...wrapped.argv], {
    cwd: wrapped.cwd,
    env: { ...wrapped.env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: DEADLINE_MS,
    killSignal: "SIGKILL",
    detached: true,
  })
  // A leftover may hold the pipe; what counts is what was said when the command had ended.
  const reader = readAll(child.stdout)
  const complaints = readAll(child.stderr)
  await child.exited
  await Promise.race([Promise.all([reader.done, complaints.done]), Bun.sleep(200)])
  wrapped.ended?.()
  if (attempt.script.includes("later")) await Bun.sleep(LATER_MS)
  const said = reader.text()
  if (attempt.expected === "works") {
    const worked = said.includes("WORKED")
    const detail = worked ? "" : lastLine(complaints.text())
    return { attempt, result: worked ? "works" : "failed", detail, ok: worked }
  }
  const seen = [
    ...(said.includes("ESCAPED") ? ["it says so"] : []),
    ...changes(before, place.snapshot()),
    ...(existsSync(join(place.project, "later")) ? ["a leftover wrote a file"] : []),
    ...listeners.reached(),
    ...leftovers(mark, `31.${number}`),
  ]
  const escaped = seen.length > 0
  return {
    attempt,
    result: escaped ? "escaped" : "blocked",
    detail: escaped ? seen.join(", ") : lastLine(complaints.text()),
    ok: !escaped,
  }
}

function changes(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const changed = [...after].filter(([path, what]) => before.get(path) !== what).map(([path]) => path)
  const gone = [...before.keys()].filter((path) => !after.has(path))
  return [...changed.map((path) => `${path} changed`), ...gone.map((path) => `${path} is gone`)].slice(0, 3)
}

/** Files and processes that carry the attempt's mark. They are removed and ended. */
function leftovers(mark: string, sleeper: string): string[] {
  const found: string[] = []
  for (const path of [`/tmp/${mark}-tmp`, `/dev/shm/${mark}-shm`]) {
    if (!existsSync(path)) continue
    rmSync(path, { force: true })
    found.push(`${path} was written`)
  }
  if (process.platform !== "linux") return found
  for (const name of readdirSync("/proc")) {
    const id = Number(name)
    if (!Number.isInteger(id) || readText(`/proc/${id}/cmdline`).split("\0")[1] !== sleeper) continue
    found.push("a process was left behind")
    try {
      process.kill(id, "SIGKILL")
    } catch {
      // It ended meanwhile.
    }
  }
  return found
}

function readText(path: string): string {
  try {
    return readFileSync(path, "latin1")
  } catch {
    return ""
  }
}

/** At most this much of what a script says is kept. */
const SAID_BYTES = 64 * 1024

function readAll(stream: ReadableStream<Uint8Array>): { readonly done: Promise<void>; text(): string } {
  const decoder = new TextDecoder()
  let text = ""
  const done = (async () => {
    for await (const chunk of stream)
      if (text.length < SAID_BYTES) text += decoder.decode(chunk, { stream: true })
  })().catch(() => {})
  return { done, text: () => text }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.slice(0, 160) ?? ""
}
