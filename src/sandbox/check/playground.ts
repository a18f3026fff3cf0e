/**
 * A throw-away world for the self-test: a project, and beside it everything a command must not touch. What matters is
 * compared before and after each attempt from outside, so that no attempt is judged by what it says of itself.
 */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import type { SandboxPlan } from "../plan.ts"

export interface Playground {
  readonly top: string
  readonly project: string
  readonly outside: string
  readonly home: string
  readonly plan: SandboxPlan
  /** Puts everything back to how it was. */
  reset(): void
  /** Paths and contents of what must stay as it is. */
  snapshot(): ReadonlyMap<string, string>
  remove(): void
}

export const SECRET = "the-secret-of-the-self-test"
/** The one host that the self-test's allow-list has; it does not exist. */
export const ALLOWED_HOST = "allowed.invalid"

const FILES: Readonly<Record<string, string>> = {
  "project/src/file.txt": "one\n",
  "project/.git/HEAD": "ref: refs/heads/main\n",
  "project/.git/config": "[core]\n\trepositoryformatversion = 0\n\tbare = false\n",
  "project/.git/hooks/README": "none\n",
  "project/.git/objects/info/.keep": "",
  "project/.git/refs/heads/.keep": "",
  "project/sub/.git/HEAD": "ref: refs/heads/main\n",
  "project/sub/.git/config": "[core]\n\tbare = false\n",
  "project/sub/file.txt": "two\n",
  "outside/target.txt": "original\n",
  "outside/folder/inner.txt": "original\n",
  "outside/secret.txt": `${SECRET}\n`,
  "home/.bashrc": "original\n",
  "home/.ssh/authorized_keys": "original\n",
  "home/.claude/settings.json": "{}\n",
  "home/.claude/.credentials.json": `{"token":"${SECRET}"}\n`,
}

/** In the project only these must stay; all else there is free to change. */
const GUARDED =
  /^project\/(\.claude$|\.claude\/(settings|hooks|commands|agents|skills)|\.mcp\.json|\.git$|\.git\/(hooks|config)|sub\/\.git$|sub\/\.git\/(hooks|config)|\.bashrc|\.vscode|\.gitmodules)/

export function makePlayground(programs: Pick<SandboxPlan, "bwrapPath" | "socatPath">): Playground {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "ccts-sandbox-check-")))
  const [project, outside, home] = ["project", "outside", "home"].map((name) => join(top, name)) as [
    string,
    string,
    string,
  ]
  const plan: SandboxPlan = {
    project,
    home,
    temporary: join(top, "temporary"),
    helpers: join(top, "helpers"),
    filesystem: {
      disabled: false,
      allowWrite: [],
      denyWrite: [join(home, ".claude"), process.execPath],
      denyRead: [join(outside, "secret.txt"), join(home, ".claude/.credentials.json")],
      allowRead: [],
    },
    network: {
      allowedDomains: [ALLOWED_HOST],
      deniedDomains: [],
      strict: false,
      allowUnixSockets: [],
      allowAllUnixSockets: false,
      allowLocalBinding: false,
      allowMachLookup: [],
    },
    ignoreViolations: {},
    hiddenEnv: ["CCTS_CHECK_SECRET"],
    ...programs,
    weakerNested: false,
    weakerNetwork: false,
    nestedUserNamespaces: false,
    appleEvents: false,
  }
  return {
    top,
    project,
    outside,
    home,
    plan,
    reset() {
      for (const folder of [project, outside, home]) rmSync(folder, { recursive: true, force: true })
      for (const [name, content] of Object.entries(FILES)) {
        mkdirSync(join(top, name, ".."), { recursive: true })
        writeFileSync(join(top, name), content)
      }
      mkdirSync(plan.temporary, { recursive: true, mode: 0o700 })
    },
    snapshot() {
      const found = new Map<string, string>()
      const visit = (path: string) => {
        const name = relative(top, path)
        const info = lstatSync(path, { throwIfNoEntry: false })
        if (info === undefined) return
        const counts = !name.startsWith("project/") || GUARDED.test(name)
        if (info.isDirectory()) {
          if (counts) found.set(name, `folder ${info.mode}`)
          for (const inner of readdirSync(path)) visit(join(path, inner))
        } else if (counts) {
          if (info.isSymbolicLink()) found.set(name, `link ${readlinkSync(path)}`)
          else if (info.isFile()) found.set(name, `file ${info.mode} ${readFileSync(path, "latin1")}`)
          else found.set(name, `special ${info.mode}`)
        }
      }
      for (const folder of [project, outside, home]) visit(folder)
      return found
    },
    remove: () => rmSync(top, { recursive: true, force: true }),
  }
}
