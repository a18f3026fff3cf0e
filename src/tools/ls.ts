/** LS: a folder as a tree, level by level until the limit, so that a huge folder cannot hide its siblings. */
import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import * as z from "zod"
import { failed, type Tool } from "../model/tool.ts"
import { explainError } from "./files/explain-error.ts"
import prompt from "./ls.md" with { type: "text" }
import { absolutePath, shownPath } from "./paths.ts"
import { refused } from "./result.ts"
import { globRules } from "./search/globs.ts"

/** About 10,000 tokens; own choice. */
const MAX_ENTRIES = 1_000
/** Nobody looks for a file deeper than this by listing; own choice. */
const MAX_DEPTH = 12
/** Shown, but not entered: nobody asks for their insides. */
const CLOSED = new Set([".git", "node_modules", ".hg", ".svn", ".jj", "__pycache__"])

const schema = z.strictObject({
  path: z.string().describe("Absolute path of the folder"),
  ignore: z.array(z.string()).optional().describe("Glob patterns to leave out"),
})

interface Node {
  readonly name: string
  readonly path: string
  readonly children: Node[] | null
}

export const ls: Tool<z.infer<typeof schema>> = {
  name: "LS",
  prompt,
  schema,
  offered: "asked",
  normalize: (input, place) => ({ ...input, path: absolutePath(input.path, place) }),
  access: (input, place) => [{ kind: "read", path: absolutePath(input.path, place) }],
  title: (input, place) => shownPath(absolutePath(input.path, place), place.cwd),
  async *run(input, ctx) {
    const root = absolutePath(input.path, ctx)
    if (root.includes("\0")) return refused("The path contains a NUL character.")
    const found = await stat(root).catch((error: NodeJS.ErrnoException) => error)
    if (found instanceof Error && found.code !== "ENOENT" && found.code !== "ENOTDIR")
      return failed(explainError(found, root, "listed"))
    if (found instanceof Error)
      return refused(`Directory does not exist: ${root}. Note: your current working directory is ${ctx.cwd}.`)
    if (!found.isDirectory()) return refused(`Path is not a directory: ${root}`)
    const left = (input.ignore ?? []).length > 0 ? globRules((input.ignore ?? []).join(" ")) : null
    const top: Node = { name: root, path: "", children: [] }
    let level: readonly Node[] = [top]
    let count = 0
    let cut = false
    for (let depth = 0; level.length > 0 && depth < MAX_DEPTH && !cut; depth += 1) {
      const next: Node[] = []
      for (const folder of level) {
        ctx.signal.throwIfAborted()
        let entries: Awaited<ReturnType<typeof list>>
        try {
          entries = await list(join(root, folder.path))
        } catch (error) {
          if (folder === top) return failed(explainError(error, root, "listed"))
          continue
        }
        for (const entry of entries) {
          const path = folder.path === "" ? entry.name : `${folder.path}/${entry.name}`
          if (left?.file(path)) continue
          if (count >= MAX_ENTRIES) {
            cut = true
            break
          }
          count += 1
          const node: Node = { name: entry.name, path, children: entry.isDirectory() ? [] : null }
          folder.children?.push(node)
          if (entry.isDirectory() && !CLOSED.has(entry.name)) next.push(node)
        }
      }
      level = next
    }
    const note = cut
      ? `\n\n(Only the first ${MAX_ENTRIES} entries are listed; name a folder further down.)`
      : ""
    const text = `${render(top, 0).join("\n")}${note}`
    return {
      content: text,
      data: text,
      view: { kind: "text", summary: `Listed ${count}${cut ? "+" : ""} entries` },
    }
  },
}

async function list(path: string) {
  const entries = await readdir(path, { withFileTypes: true })
  return entries.sort(
    (a, b) => Number(b.isDirectory()) - Number(a.isDirectory()) || (a.name < b.name ? -1 : 1),
  )
}

/** A name with a line break would read as two entries. */
function oneLine(name: string): string {
  return name.replaceAll("\n", "\\n").replaceAll("\r", "\\r")
}

function render(node: Node, depth: number): string[] {
  const slash = node.children !== null && !node.name.endsWith("/") ? "/" : ""
  const line = `${"  ".repeat(depth)}- ${oneLine(node.name)}${slash}`
  return [line, ...(node.children ?? []).flatMap((child) => render(child, depth + 1))]
}
