import { isMessageLine } from "../model/line.ts"
import { contextTokens, toUsage } from "../model/usage.ts"
import type { LoadedSession } from "./options.ts"

/**
 * Tokens in the window when the resumed session last heard from the model; 0 when that is not known. Behind a
 * compaction the kept replies still carry the usage of the long conversation.
 */
export function usedBy(session: Pick<LoadedSession, "lines"> | undefined): number {
  const messages = (session?.lines ?? []).filter(isMessageLine)
  if (messages.some((line) => line.type === "user" && line.isCompactSummary === true)) return 0
  const last = messages.findLast((line) => line.type === "assistant")
  return last?.type === "assistant" ? contextTokens(toUsage(last.message.usage)) : 0
}
