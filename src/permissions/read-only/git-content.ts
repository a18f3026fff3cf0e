/** Git commands that print what files hold, or held in another revision: a rule about reading a file is about these too. */

import type { FileUse, ShellWord } from "../shell/effects.ts"
import { HERE } from "../shell/effects.ts"
import type { ContentOptions, ParsedCall } from "./row.ts"

/** The reads of a command that prints content; none when its options make it print something else. */
export function contentUses(content: ContentOptions, call: ParsedCall): readonly FileUse[] {
  const given = (names: readonly string[] = []) => call.options.some((o) => names.includes(o.name))
  if ((content.when && !given(content.when)) || (given(content.unless) && !given(content.yet))) return []
  const revisions = call.operands.slice(0, call.operands.length - call.paths.length)
  // `HEAD:src/a.ts` is that file and nothing else.
  if (revisions.length > 0 && revisions.every((word) => /:./.test(word.text) && isFileName(word))) return []
  const now = content.now === true && revisions.length === 0 && !given(NOT_NOW)
  const repository = now ? "index" : "history"
  const except = call.paths.map((w) => w.text).filter(isExclusion)
  const wanted = call.paths.filter((w) => !isExclusion(w.text))
  return (wanted.length > 0 ? wanted : [HERE])
    .filter((word) => !isFileName(word))
    .map((word) => ({
      access: "read",
      word,
      deep: "all",
      repository,
      ...(except.length > 0 ? { except } : {}),
    }))
}

/** With these even `git diff` shows more than the files that are tracked now. */
const NOT_NOW = ["--cached", "--staged", "--merge-base"]

/** A pathspec that leaves files out. */
export function isExclusion(text: string): boolean {
  return /^:([!^]|\([a-z,]*\bexclude\b[a-z,]*\))/.test(text)
}

/** `src/a.ts` names one file, whatever else there is; its own read is judged already. */
function isFileName(word: ShellWord): boolean {
  return word.kind === "literal" && /(^|[/:])[^/:.*?[\]][^/:*?[\]]*\.[A-Za-z0-9]+$/.test(word.text)
}

/** Whether one of the exclusions leaves out everything that the rule's pattern is about. */
export function leavesOut(except: readonly string[], pattern: string): boolean {
  const plain = pattern.replace(/^\.?\/(?!\/)/, "")
  const floats = plain === pattern && (!plain.includes("/") || /^[^/]+\/\*\*$/.test(plain))
  const has = (...texts: readonly string[]) => texts.some((text) => except.includes(text))
  if (has(`:(exclude,glob)**/${plain}`, `:(glob,exclude)**/${plain}`)) return true
  if (!plain.includes("/") && (has(`:!*${plain}`, `:^*${plain}`) || bothPlaces(plain))) return true
  const folder = plain.replace(/\/\*\*$/, "")
  return !floats && has(`:!${folder}`, `:^${folder}`, `:(exclude)${folder}`, `:!${folder}/`)

  function bothPlaces(name: string): boolean {
    return [":!", ":^", ":(exclude)"].some((mark) => has(`${mark}${name}`) && has(`${mark}**/${name}`))
  }
}
