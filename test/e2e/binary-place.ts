/** A home, a project and an API of its own for one run of the built executable. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { type FakeApi, fakeApi, type Reply, text } from "../fake-api/fake-api.ts"
import { openTerminal, type Terminal, usualEnv } from "../pty/terminal.ts"

export const executable = join(import.meta.dir, "../../dist/ccts")
export const isBuilt = existsSync(executable)

/** Milliseconds; nothing here takes seconds unless it hangs. */
const DEADLINE = 30_000

export interface BinaryPlace {
  readonly api: FakeApi
  readonly home: string
  readonly cwd: string
  readonly top: string
  readonly env: Record<string, string>
  /** Files of the project, by relative path. */
  write(files: Readonly<Record<string, string>>): void
  trust(): void
  run(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }>
  open(args?: readonly string[], size?: { columns?: number; rows?: number }): Promise<Terminal>
}

export async function withBinary<T>(
  options: { readonly script?: readonly Reply[]; readonly env?: Readonly<Record<string, string>> },
  use: (place: BinaryPlace) => Promise<T>,
): Promise<T> {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "ccts-e2e-")))
  const [home, cwd, temporary] = ["home", "project", "tmp"].map((name) => join(top, name)) as [
    string,
    string,
    string,
  ]
  for (const folder of [home, cwd, temporary]) mkdirSync(folder)
  const api = await fakeApi({ script: options.script ?? [], side: () => text("title") })
  const key = "sk-ant-test-key-0000000000000000"
  const state: Record<string, unknown> = {
    hasCompletedOnboarding: true,
    customApiKeyResponses: { approved: [key.slice(-20)], rejected: [] },
  }
  const saveState = () => writeFileSync(join(home, ".claude.json"), JSON.stringify(state))
  saveState()
  const env = usualEnv({
    HOME: home,
    TMPDIR: temporary,
    SHELL: "/bin/bash",
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: key,
    CLAUDE_CODE_MAX_RETRIES: "0",
    ...options.env,
  })
  const terminals: Terminal[] = []
  try {
    return await use({
      api,
      home,
      cwd,
      top,
      env,
      write(files) {
        for (const [name, content] of Object.entries(files)) {
          mkdirSync(dirname(join(cwd, name)), { recursive: true })
          writeFileSync(join(cwd, name), content)
        }
      },
      trust() {
        state.projects = { [cwd]: { hasTrustDialogAccepted: true } }
        saveState()
      },
      async run(args) {
        const child = Bun.spawn([executable, ...args], {
          cwd,
          env,
          stdio: ["ignore", "pipe", "pipe"],
          timeout: DEADLINE,
          killSignal: "SIGKILL",
        })
        const [code, stdout, stderr] = await Promise.all([
          child.exited,
          child.stdout.text(),
          child.stderr.text(),
        ])
        return { code, stdout, stderr }
      },
      async open(args = [], size = { columns: 100, rows: 40 }) {
        const terminal = await openTerminal({ argv: [executable, ...args], cwd, env, ...size })
        terminals.push(terminal)
        return terminal
      },
    })
  } finally {
    await Promise.all(terminals.map((terminal) => terminal.close()))
    await api.close()
    rmSync(top, { recursive: true, force: true })
  }
}
