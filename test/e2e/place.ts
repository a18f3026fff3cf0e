import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { type FakeApi, fakeApi, type Script } from "../fake-api/fake-api.ts"
import { runSdk, type SdkOutcome, type SdkSession } from "./sdk-session.ts"

export const executable = join(import.meta.dir, "../../dist/ccts")
export const built = existsSync(executable)
if (!built) console.warn("test/e2e is skipped: there is no dist/ccts; run the build first")

/** A run of the executable that lasts longer is stopped and its test fails. */
const DEADLINE_MS = 20_000

export type Env = Readonly<Record<string, string | undefined>>

/** A project folder, a config folder and an API of its own. */
export interface Place {
  readonly api: FakeApi
  readonly cwd: string
  readonly config: string
  readonly env: Env
  /** Drives the executable with the published SDK. */
  sdk(
    session: Pick<SdkSession, "prompt" | "options" | "onMessage"> & { readonly env?: Env },
  ): Promise<SdkOutcome>
  /** Starts the executable itself. */
  start(args: readonly string[], options?: StartOptions): Started
  write(path: string, text: string): void
  read(path: string): string
  /** The lines of every transcript of this place. */
  transcript(): readonly Readonly<Record<string, unknown>>[]
}

export interface StartOptions {
  /** Written to stdin, which is then closed; without it stdin is closed at once. */
  readonly input?: string | Uint8Array
  /** Stdin stays open for `send`. */
  readonly open?: boolean
  readonly env?: Env
}

export interface Started {
  readonly process: Bun.Subprocess<"pipe", "pipe", "pipe">
  send(...messages: readonly unknown[]): void
  end(): void
  readonly done: Promise<Ended>
  /** Settles with the first message that fits; fails when the run ends before. */
  message(fits: (message: Message) => boolean): Promise<Message>
}

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into messages whose shape is what they assert
export type Message = Readonly<Record<string, any>>

/** `side: "script"`: requests beside the turns are answered by the script, too. */
export async function withPlace<T>(
  script: Script,
  use: (place: Place) => Promise<T>,
  options: { readonly side?: "script" } = {},
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), "ccts-e2e-"))
  const [cwd, config] = [join(root, "project"), join(root, "config")]
  mkdirSync(cwd)
  mkdirSync(config)
  const api = await fakeApi({ script, ...options })
  const env = {
    PATH: process.env.PATH,
    HOME: config,
    CLAUDE_CONFIG_DIR: config,
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: "test-key",
    CLAUDE_CODE_MAX_RETRIES: "0",
  }
  const started: Started[] = []
  try {
    return await use({
      api,
      cwd,
      config,
      env,
      sdk: ({ env: more, ...session }) => runSdk({ executable, cwd, env: { ...env, ...more }, ...session }),
      start(args, options) {
        const one = start(args, cwd, { ...env, ...options?.env }, options ?? {})
        started.push(one)
        return one
      },
      write(path, text) {
        const file = join(cwd, path)
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, text)
      },
      read: (path) => readFileSync(join(cwd, path), "utf8"),
      transcript: () => transcriptLines(join(config, "projects")),
    })
  } finally {
    for (const { process: child } of started) if (child.exitCode === null) child.kill("SIGKILL")
    await api.close()
    rmSync(root, { recursive: true, force: true })
  }
}

function start(args: readonly string[], cwd: string, env: Env, options: StartOptions): Started {
  const child = Bun.spawn([executable, ...args], {
    cwd,
    env: { ...env },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  })
  const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS)
  const messages: Message[] = []
  const watchers = new Set<() => void>()
  let out = ""
  let ended = false
  const reading = (async () => {
    const decoder = new TextDecoder()
    let rest = ""
    for await (const chunk of child.stdout) {
      const text = decoder.decode(chunk, { stream: true })
      out += text
      const lines = (rest + text).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) if (line.startsWith("{")) messages.push(JSON.parse(line))
      for (const wake of watchers) wake()
    }
  })()
  const done = (async () => {
    const [err, code] = await Promise.all([new Response(child.stderr).text(), child.exited, reading])
    clearTimeout(timer)
    ended = true
    for (const wake of watchers) wake()
    return { code: code as number, out, err }
  })()
  void feed(child.stdin, options)
  return {
    process: child,
    done,
    send(...sent) {
      for (const message of sent) child.stdin.write(`${JSON.stringify(message)}\n`)
      child.stdin.flush()
    },
    end: () => void child.stdin.end(),
    message(fits) {
      let at = 0
      return new Promise((resolve, reject) => {
        const look = () => {
          while (at < messages.length) {
            const message = messages[at++] as Message
            if (!fits(message)) continue
            watchers.delete(look)
            return resolve(message)
          }
          if (!ended) return
          watchers.delete(look)
          reject(new Error(`the run ended without the message; stdout: ${out.slice(-2_000)}`))
        }
        watchers.add(look)
        look()
      })
    },
  }
}

/** The executable may refuse its input and go away before it took all of it. */
async function feed(stdin: Bun.FileSink, { input, open }: StartOptions): Promise<void> {
  try {
    if (input !== undefined) await stdin.write(input)
    if (open !== true) await stdin.end()
  } catch {
    // A broken pipe: what the run says about it is what the test looks at.
  }
}

function transcriptLines(folder: string): readonly Message[] {
  if (!existsSync(folder)) return []
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n"))
    .map((line) => JSON.parse(line))
}

/** A prompt on stdin. */
export function userMessage(text: string, extra: Message = {}): Message {
  return { type: "user", message: { role: "user", content: text }, parent_tool_use_id: null, ...extra }
}

let requests = 0
export function controlRequest(
  subtype: string,
  body: Message = {},
): Message & { readonly request_id: string } {
  requests++
  return { type: "control_request", request_id: `r${requests}`, request: { subtype, ...body } }
}

/** Flags of a host on stream-json. */
export const STREAM = [
  "--output-format",
  "stream-json",
  "--verbose",
  "--input-format",
  "stream-json",
] as const
