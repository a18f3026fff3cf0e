/** One word of a command that names a file: every place it may mean is judged, and the worst counts. */

import type { Rule } from "../model/permission.ts"
import { ask, type Finding, strongest } from "./finding.ts"
import { contains, isAbsolute, joinPath } from "./paths/canonical.ts"
import { beforeGlob, judgePath } from "./paths/judge.ts"
import type { Policy } from "./policy.ts"
import type { Compiled } from "./rules/compile.ts"
import type { FileUse, Folders } from "./shell/effects.ts"

/** What the effects of one command are judged with. */
export interface Context {
  readonly policy: Policy
  readonly sandboxed: boolean
  /** The rule that allows the command as a whole. */
  readonly covered: string | null
  /** That rule is for every command, so it covers what cannot be followed too. */
  readonly anything: boolean
  /** Answers about unreadable code of this command. */
  readonly seen: Map<string, Rule | null>
  /** Folders that this command has filled so far: links in them are not where they were looked up. */
  readonly filled: { readonly place: string; readonly link: boolean }[]
  /** The whole command changes nothing. */
  readonly settled: boolean
  /** Folders that were looked into. */
  readonly listed: Map<string, readonly string[] | null>
  /** Deny and ask rules about commands. */
  readonly restricting: readonly Compiled<"command">[]
  /** There are some: what cannot be read may be evading them. */
  readonly restricted: boolean
}

export function judgeWord(use: FileUse, folders: Folders, subject: string, context: Context): Finding {
  const { word } = use
  if (word.kind === "dynamic" || word.kind === "data")
    return ask(subject, `the file ${word.raw} is only known when the command runs`, {
      reason: { kind: "safetyCheck" },
    })
  if (word.kind === "glob" && use.access === "write" && context.policy.mode !== "acceptEdits")
    return ask(subject, `the file ${word.raw} is a pattern`, { reason: { kind: "safetyCheck" } })
  if (!isAbsolute(word.text) && !folders)
    return ask(subject, `nobody knows in which folder ${word.text} is`, { reason: { kind: "safetyCheck" } })
  const starts = isAbsolute(word.text) ? [""] : (folders ?? []).map((f) => `${f}/`)
  const paths = starts.map((start) => joinPath("/", `${start}${word.text}`))
  if (
    use.access === "write" &&
    paths.some((path) => context.filled.some((f) => (f.link || f.place !== path) && contains(f.place, path)))
  )
    return ask(subject, `${word.raw} lies in a folder that the same command fills`, {
      reason: { kind: "safetyCheck" },
    })
  const listing = listingFor(use, context)
  const places = paths.map((path) => (word.kind === "glob" ? beforeGlob(path) : path))
  if (use.names === "plain" && !places.every((folder) => listing(folder)?.every(isPlainName(folder))))
    return ask(subject, `a file's name may read as other words where ${word.raw} stands`)
  const findings = starts.map((start, i) =>
    judgePath(
      {
        path: `${start}${word.text}`,
        access: use.access,
        glob: word.kind === "glob",
        tool: "Bash",
        ...(use.deep ? { deep: use.deep, listing: () => listing(places[i] ?? "/") } : {}),
        ...(use.except ? { except: use.except } : {}),
      },
      context.policy,
    ),
  )
  return strongest(findings) ?? ask(subject, "the path is empty")
}

/** What can be read below a folder; null unless the whole command only reads, so that it stays like that. */
function listingFor(
  use: FileUse,
  { policy, settled, listed }: Context,
): (folder: string) => readonly string[] | null {
  if (!settled || use.repository === "history") return () => null
  const list = use.repository === "index" ? policy.tracked : policy.below
  return (folder) => {
    const key = `${use.repository ?? ""}${folder}`
    const known = listed.get(key)
    if (known !== undefined) return known
    const found = list?.(folder) ?? null
    listed.set(key, found)
    return found
  }
}

/** One word for every program, and no option. */
function isPlainName(folder: string): (path: string) => boolean {
  return (path) => {
    const name = path.slice(folder === "/" ? 1 : folder.length + 1)
    return !name.startsWith("-") && !/[\s'"\\]/.test(name)
  }
}
