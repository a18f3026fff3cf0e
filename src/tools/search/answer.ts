/** Runs one search where it stands: in the worker, or in this thread when there is none. */
import { searchNames } from "./glob-search.ts"
import { searchText } from "./grep-search.ts"
import type { Help, Job, Reply } from "./job.ts"
import { BadPattern } from "./pattern.ts"

/** `askHelp` gets another thread to share a large search with, or null. */
export async function answer(job: Job, askHelp: () => Help | null = () => null): Promise<Reply> {
  try {
    return { answer: job.kind === "glob" ? await searchNames(job) : await searchText(job, askHelp) }
  } catch (error) {
    if (error instanceof BadPattern) return { error: error.message }
    return { error: `The search failed: ${(error as Error).message}` }
  }
}
