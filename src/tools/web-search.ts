/** WebSearch: the service searches, through the session's port (spec/tools.md WebSearch). */
import * as z from "zod"
import { type FileMemory, failed, type Tool, type ToolContext, type WebSearchReply } from "../model/tool.ts"
import { refused, spillLarge } from "./result.ts"
import prompt from "./web-search.md" with { type: "text" }

/** Calls per session (spec/tools.md). */
const MAX_CALLS = 200

const domains = z.array(z.string()).optional()
const schema = z.strictObject({
  query: z.string().min(2).describe("What to search for"),
  allowed_domains: domains.describe("Only results from these domains"),
  blocked_domains: domains.describe("No results from these domains"),
})

const calls = new WeakMap<FileMemory, number>()

export const webSearch: Tool<z.infer<typeof schema>> = {
  name: "WebSearch",
  prompt,
  schema,
  offered: "always",
  // The search itself happens at the service; the rule `WebSearch` has no specifier.
  access: () => [{ kind: "net", url: "https://api.anthropic.com/" }],
  title: (input) => input.query,
  async *run(input, ctx) {
    if (input.allowed_domains?.length && input.blocked_domains?.length)
      return refused("Cannot specify both allowed_domains and blocked_domains in the same request.")
    if (ctx.searchWeb === undefined) return failed("Web search is not available with this provider.")
    const used = calls.get(ctx.files) ?? 0
    const most = limitFrom(ctx.env)
    if (used >= most) return failed(`Web search was used ${most} times in this session; that is the limit.`)
    calls.set(ctx.files, used + 1)
    const started = performance.now()
    yield `Searching: ${input.query}`
    try {
      const reply = await ctx.searchWeb(
        {
          query: input.query,
          ...(input.allowed_domains ? { allowedDomains: input.allowed_domains } : {}),
          ...(input.blocked_domains ? { blockedDomains: input.blocked_domains } : {}),
        },
        ctx.signal,
      )
      const { results, searchCount } = reply
      const durationSeconds = (performance.now() - started) / 1000
      return {
        content: await spillLarge(ctx, render(input.query, reply)),
        data: { query: input.query, results, durationSeconds, searchCount },
        view: {
          kind: "text",
          summary: `${searchCount} ${searchCount === 1 ? "search" : "searches"} in ${Math.round(durationSeconds)}s`,
        },
      }
    } catch (error) {
      ctx.signal.throwIfAborted()
      return failed(`The web search failed: ${(error as Error).message}`)
    }
  },
}

/** CLAUDE_CODE_MAX_WEB_SEARCHES_PER_SESSION (spec/cli.md section 5.1). */
function limitFrom({ CLAUDE_CODE_MAX_WEB_SEARCHES_PER_SESSION: word }: ToolContext["env"]): number {
  return word !== undefined && /^\d{1,9}$/.test(word) ? Number(word) : MAX_CALLS
}

function render(query: string, reply: WebSearchReply): string {
  const parts = reply.results.map((one) => {
    if (typeof one === "string") return one
    if (one.content.length === 0) return "No links found."
    return one.content
      .map((hit) => `- [${hit.title}](${hit.url})${hit.snippet ? `: ${hit.snippet}` : ""}`)
      .join("\n")
  })
  const body = parts.length === 0 ? "No results." : parts.join("\n\n")
  return `Web search results for query: "${query}"\n\n${body}\n\nMention the sources you use as links in your answer.`
}
