/** A policy and a call in one line, so that cases stay tables. */

import type {
  Access,
  Call,
  Decision,
  PermissionMode,
  Restrictions,
  Rule,
  RuleSource,
  Verdict,
} from "../../src/model/permission.ts"
import { decide } from "../../src/permissions/decide.ts"
import type { Policy } from "../../src/permissions/policy.ts"

export interface Setup {
  readonly mode?: PermissionMode
  readonly allow?: readonly string[]
  readonly ask?: readonly string[]
  readonly deny?: readonly string[]
  readonly source?: RuleSource
  readonly cwd?: string
  readonly roots?: readonly string[]
  /** Links: from → to. */
  readonly links?: Readonly<Record<string, string | null>>
  readonly sandboxed?: boolean
  readonly ownFiles?: readonly string[]
  readonly ownFolders?: readonly string[]
  readonly restrictions?: Restrictions
}

export function policy(setup: Setup = {}): Policy {
  const cwd = setup.cwd ?? "/proj"
  const roots = setup.roots ?? ["/proj"]
  const make = (behavior: Verdict, texts: readonly string[] = []): readonly Rule[] =>
    texts.map((text) => ({
      behavior,
      source: setup.source ?? "projectSettings",
      text,
      base: roots[0] ?? cwd,
    }))
  return {
    mode: setup.mode ?? "default",
    rules: [...make("allow", setup.allow), ...make("ask", setup.ask), ...make("deny", setup.deny)],
    cwd,
    roots,
    home: "/home/u",
    configDir: "/home/u/.claude",
    ownFiles: setup.ownFiles ?? [],
    ownFolders: setup.ownFolders ?? [],
    resolve: (path) => follow(path, setup.links ?? {}),
    sandboxed: setup.sandboxed ?? false,
    ...(setup.restrictions === undefined ? {} : { restrictions: setup.restrictions }),
  }
}

function follow(path: string, links: Readonly<Record<string, string | null>>): string | null {
  for (const [from, to] of Object.entries(links)) {
    if (path !== from && !path.startsWith(`${from}/`)) continue
    return to === null ? null : to + path.slice(from.length)
  }
  return path
}

export function bash(command: string, cwd = "/proj"): Call {
  return { tool: "Bash", input: { command }, access: [{ kind: "exec", command, cwd }] }
}

export function file(tool: string, path: string): Call {
  const kind = ["Edit", "Write", "NotebookEdit"].includes(tool) ? "write" : "read"
  return { tool, input: { file_path: path }, access: [{ kind, path }] }
}

export function other(tool: string, access: readonly Access[], input: Call["input"] = {}): Call {
  return { tool, input, access }
}

export function judgeBash(command: string, setup: Setup = {}): Decision {
  return decide(bash(command, setup.cwd), policy(setup))
}

export function verdictOf(command: string, setup: Setup = {}): Verdict {
  return judgeBash(command, setup).verdict
}
