/**
 * Child processes in groups of their own. Every group started here is known until its last member is gone, so
 * that ending the program leaves nobody behind, and reading a pipe never outlives the caller's patience. Who leaves a
 * group by `setsid` is found by its environment (escaped.ts).
 */
import { constants } from "node:os"
import { MARK_NAME, markedProcesses, nextMark, signalEach } from "./escaped.ts"

/** Between TERM and KILL. */
const GRACE_MS = 2_000
/** After the leader ended: how long its pipe may stay silent before we stop waiting for a grandchild that holds it. */
const LINGER_MS = 100
/** The same for a grandchild that never stops printing. */
const LINGER_MAX_MS = 1_000
/** Buffers outside the heap do not press the collector: after so much output it is asked (2 to 10 ms). */
const SWEEP_BYTES = 64 * 1024 * 1024
/** How often a stopping group is looked at. */
const PROBE_MS = 50

export interface GroupRequest {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** An open file that becomes the child's descriptor 3. */
  readonly fd3?: number
  /** What the child reads: nothing by default, these bytes, or what `Group.write` gives it. */
  readonly stdin?: Uint8Array | "pipe"
  /** It may run while the program ends: who started it ends it, and only the very end kills it. */
  readonly lasting?: true
  /** Chunks in order per stream. The buffer is only valid during the call. */
  onData(stream: "stdout" | "stderr", chunk: Uint8Array): void
}

export interface Exit {
  /** As a shell would say it: 128 + n for signal n. */
  readonly code: number
  readonly signal: NodeJS.Signals | null
}

export interface Group {
  readonly pid: number
  /** The leader ended and its output was read to the end, or to the point where only grandchildren hold the pipe. */
  readonly ended: Promise<Exit>
  /** With `stdin: "pipe"`: settles when the system took the bytes; rejects when the child reads no more. */
  write(bytes: Uint8Array | string): Promise<void>
  /** With `stdin: "pipe"`: the child reads its end. */
  endInput(): void
  /** Some member still runs, also after the leader ended. */
  alive(): boolean
  /** TERM to the whole group now, KILL to what is left after a grace. Repeated calls do nothing. */
  stop(): void
  /** KILL to the whole group now. */
  kill(): void
}

const live = new Set<Pick<Group, "pid">>()
/** Marks of groups that may run while the program ends. */
const lasting = new Map<object, string>()

/** A group whose leader somebody else started, put under the same promise. */
export function trackGroup(pid: number, mark: string): { ended(): void; stop(): void } {
  const group = { pid }
  live.add(group)
  return {
    ended() {
      if (!isGroupAlive(pid)) live.delete(group)
    },
    stop() {
      signalGroup(pid, "SIGHUP")
      signalGroup(pid, "SIGTERM")
      signalEach(markedProcesses(mark), "SIGTERM")
      void escalate(pid, mark)
    },
  }
}

export function exitOf(child: { readonly signalCode: unknown; readonly exitCode: number | null }): Exit {
  const signal = typeof child.signalCode === "string" ? (child.signalCode as NodeJS.Signals) : null
  return { code: signal ? 128 + signalNumber(signal) : (child.exitCode ?? 1), signal }
}

/** Starts argv in a new session, with empty stdin unless asked otherwise. Throws when the program cannot be started. */
export function startGroup(request: GroupRequest): Group {
  const { fd3, stdin = "ignore" } = request
  const mark = nextMark()
  const child = Bun.spawn({
    cmd: [...request.argv],
    cwd: request.cwd,
    env: { ...request.env, [MARK_NAME]: mark },
    stdio: fd3 === undefined ? [stdin, "pipe", "pipe"] : [stdin, "pipe", "pipe", fd3],
    detached: true,
  })
  const input = typeof child.stdin === "object" && child.stdin !== null ? child.stdin : null
  const { pid } = child
  let stopping = false
  const drains = [
    drain(child.stdout as ReadableStream<Uint8Array>, (chunk) => request.onData("stdout", chunk)),
    drain(child.stderr as ReadableStream<Uint8Array>, (chunk) => request.onData("stderr", chunk)),
  ]
  const group: Group = {
    pid,
    ended: finish(),
    async write(bytes) {
      if (input === null || child.exitCode !== null) throw new Error("the process reads no input")
      input.write(bytes)
      await input.flush()
    },
    endInput() {
      // A child that is gone has no input to end.
      if (input !== null) void Promise.resolve(input.end()).catch(() => {})
    },
    alive: () => isGroupAlive(pid),
    stop() {
      if (stopping) return
      stopping = true
      signalGroup(pid, "SIGTERM")
      signalEach(markedProcesses(mark), "SIGTERM")
      void escalate(pid, mark).then(() => cancelDrains())
    },
    kill() {
      stopping = true
      signalGroup(pid, "SIGKILL")
      signalEach(markedProcesses(mark), "SIGKILL")
      cancelDrains()
    },
  }
  live.add(group)
  if (request.lasting === true) lasting.set(group, mark)
  return group

  async function finish(): Promise<Exit> {
    await child.exited
    const drained = Promise.all(drains.map((one) => one.done)).then(() => true)
    const deadline = Date.now() + LINGER_MAX_MS
    const total = () => drains.reduce((sum, one) => sum + one.bytes(), 0)
    for (let before = total(); Date.now() < deadline; ) {
      if (await Promise.race([drained, Bun.sleep(LINGER_MS).then(() => false)])) break
      if (total() === before) break
      before = total()
    }
    if (!isGroupAlive(pid)) forget()
    else void drained.then(forgetWhenGone)
    return exitOf(child)
  }

  function forgetWhenGone() {
    if (!isGroupAlive(pid)) forget()
  }

  function forget() {
    live.delete(group)
    lasting.delete(group)
  }

  function cancelDrains() {
    for (const one of drains) one.cancel()
    forgetWhenGone()
  }
}

/** Ends every group that is still alive, but for lasting ones: TERM, then KILL. Settles when they are gone or were killed. */
export async function endAllGroups(): Promise<void> {
  signalEnding("SIGTERM")
  const deadline = Date.now() + GRACE_MS
  const left = () => ending().some(({ pid }) => isGroupAlive(pid)) || markedEnding().length > 0
  while (left() && Date.now() < deadline) await Bun.sleep(PROBE_MS)
  signalEnding("SIGKILL")
  for (const group of ending()) live.delete(group)
}

function ending(): readonly Pick<Group, "pid">[] {
  return [...live].filter((group) => !lasting.has(group))
}

/** Marked processes that belong to no lasting group. */
function markedEnding(): readonly number[] {
  const spared = new Set([...lasting.values()].flatMap((mark) => markedProcesses(mark)))
  return markedProcesses().filter((pid) => !spared.has(pid))
}

function signalEnding(signal: NodeJS.Signals): void {
  for (const { pid } of ending()) signalGroup(pid, signal)
  signalEach(markedEnding(), signal)
}

/** For exit handlers, which cannot wait: KILL to every group that is still alive. */
export function killAllGroupsNow(): void {
  for (const group of live) signalGroup(group.pid, "SIGKILL")
  live.clear()
  lasting.clear()
  signalEach(markedProcesses(), "SIGKILL")
}

function drain(stream: ReadableStream<Uint8Array>, onChunk: (chunk: Uint8Array) => void) {
  const reader = stream.getReader()
  let total = 0
  let unswept = 0
  const done = (async () => {
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        total += value.length
        onChunk(value)
        unswept += value.length
        if (unswept < SWEEP_BYTES) continue
        unswept = 0
        Bun.gc(true)
      }
    } catch {
      // A pipe that breaks has nothing more to say.
    }
  })()
  return { done, bytes: () => total, cancel: () => void reader.cancel().catch(() => {}) }
}

async function escalate(pid: number, mark: string): Promise<void> {
  const deadline = Date.now() + GRACE_MS
  while (Date.now() < deadline) {
    if (!isGroupAlive(pid) && markedProcesses(mark).length === 0) return
    await Bun.sleep(PROBE_MS)
  }
  signalGroup(pid, "SIGKILL")
  signalEach(markedProcesses(mark), "SIGKILL")
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // ESRCH: already gone.
  }
}

function isGroupAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

function signalNumber(signal: NodeJS.Signals): number {
  return constants.signals[signal] ?? 0
}
