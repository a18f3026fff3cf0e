/** What a conversation that is taken up again has cost so far, as its transcript says: replies of the main conversation. */

import { isMessageLine } from "../model/line.ts"
import type { ModelInfo } from "../model/model-info.ts"
import { toUsage, type Usage } from "../model/usage.ts"
import type { Ledger } from "./ledger.ts"
import type { LoadedSession } from "./options.ts"

export function restoreTotals(
  ledger: Ledger,
  { lines }: Pick<LoadedSession, "lines">,
  resolve: (name: string) => ModelInfo,
): void {
  // A reply has a line for every block; the last one knows what the whole cost.
  const replies = new Map<string, { readonly model: string; readonly usage: Usage }>()
  for (const line of lines) {
    if (!isMessageLine(line) || line.type !== "assistant" || line.isApiErrorMessage === true) continue
    const { id, model, usage } = line.message
    if (typeof id === "string" && typeof model === "string") replies.set(id, { model, usage: toUsage(usage) })
  }
  for (const { model, usage } of replies.values())
    if (model !== "<synthetic>") ledger.restore(model, usage, resolve(model))
}
