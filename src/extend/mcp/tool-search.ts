/** Tools that a request names only: the model finds them by words and then has their schemas (spec/tools.md, ToolSearch). */
import { z } from "zod"
import type { AnyTool, Tool } from "../../model/tool.ts"
import { toolSize } from "./tool-size.ts"

export const TOOL_SEARCH = "ToolSearch"
/** Characters of names in the description; beyond them the model must search by words. */
const MAX_NAMES_CHARS = 30_000
const DEFAULT_RESULTS = 5
const MAX_RESULTS = 20

/** When tools of servers are put off: always, or when all of them take more than so many characters. */
export interface Deferral {
  readonly minChars: number
}

const schema = z.object({
  query: z
    .string()
    .describe(
      'Words to look for in names and descriptions, or "select:Name1,Name2" for tools by their exact names',
    ),
  max_results: z.number().int().positive().optional().describe(`${DEFAULT_RESULTS} by default`),
})

/** The tools with those marked that are put off, and the tool that finds them; the same tools when none is. */
export function deferTools(
  tools: readonly AnyTool[],
  isKept: (tool: AnyTool) => boolean,
  { minChars }: Deferral,
): readonly AnyTool[] {
  const some = tools.filter((tool) => !isKept(tool))
  const size = some.reduce((sum, tool) => sum + toolSize(tool), 0)
  if (some.length === 0 || size < minChars) return tools
  const marked = new Map(some.map((tool): [AnyTool, AnyTool] => [tool, { ...tool, deferred: true }]))
  return [...tools.map((tool) => marked.get(tool) ?? tool), toolSearch([...marked.values()])]
}

function toolSearch(tools: readonly AnyTool[]): Tool<z.infer<typeof schema>> {
  return {
    name: TOOL_SEARCH,
    prompt: [
      "Finds tools that are listed here by name only. What it finds can be called from then on, with its full description and schema. Look for several at once when you need several.",
      `Tools by name:\n${namesOf(tools)}`,
    ].join("\n\n"),
    schema,
    access: () => [],
    title: ({ query }) => query,
    async *run({ query, max_results: wanted = DEFAULT_RESULTS }) {
      const found = search(tools, query, Math.min(wanted, MAX_RESULTS))
      const names = found.map(({ name }) => name)
      const data = { matches: names, query, total_deferred_tools: tools.length }
      const view = { kind: "text", summary: names.length === 0 ? "nothing found" : names.join(", ") } as const
      if (names.length === 0)
        return { content: `No tool fits ${JSON.stringify(query)}. Try other words.`, data, view }
      return { content: names.map((name) => ({ type: "tool_reference", tool_name: name })), data, view }
    },
  }
}

function namesOf(tools: readonly AnyTool[]): string {
  const all = tools.map(({ name }) => name).join("\n")
  if (all.length <= MAX_NAMES_CHARS) return all
  const shown = all.slice(0, all.lastIndexOf("\n", MAX_NAMES_CHARS))
  return `${shown}\n… and ${tools.length - shown.split("\n").length} more, found by words`
}

/** By exact names, or by how many of the words a name (most) and a description have; ties by name. */
function search(tools: readonly AnyTool[], query: string, max: number): readonly AnyTool[] {
  const select = /^\s*select:(.*)$/is.exec(query)?.[1]
  if (select !== undefined) {
    const names = new Set(select.split(",").map((name) => name.trim().toLowerCase()))
    return tools.filter(({ name }) => names.has(name.toLowerCase())).slice(0, MAX_RESULTS)
  }
  const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return tools
    .map((tool) => ({ tool, score: scoreOf(tool, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.tool.name < b.tool.name ? -1 : 1))
    .slice(0, max)
    .map(({ tool }) => tool)
}

const NAME_SCORE = 3

function scoreOf({ name, prompt }: AnyTool, words: readonly string[]): number {
  const [inName, inPrompt] = [name.toLowerCase(), prompt.toLowerCase()]
  return words.reduce(
    (score, word) => score + (inName.includes(word) ? NAME_SCORE : 0) + (inPrompt.includes(word) ? 1 : 0),
    0,
  )
}
