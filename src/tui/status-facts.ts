import type { SessionState } from "../model/event.ts"
import type { StatusFacts } from "./preferences.ts"
import type { TuiState } from "./state.ts"

/** What the person's own status line is told. */
export function statusFacts(state: TuiState, session: SessionState): StatusFacts {
  const { totals, usage } = state
  const models = Object.values(totals?.models ?? {})
  const sum = (pick: (model: (typeof models)[number]) => number) =>
    models.reduce((total, model) => total + pick(model), 0)
  return {
    sessionId: session.id,
    ...(session.title === undefined ? {} : { sessionName: session.title }),
    cwd: session.cwd,
    mode: session.mode,
    model: { id: session.model, name: session.modelName },
    effort: session.effort,
    fast: session.fast === true,
    context: session.context,
    usage:
      usage === null
        ? null
        : {
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            cache_creation_input_tokens: usage.cache_creation_input_tokens,
            cache_read_input_tokens: usage.cache_read_input_tokens,
          },
    tokens: {
      input: sum(
        (model) =>
          model.usage.input_tokens +
          model.usage.cache_creation_input_tokens +
          model.usage.cache_read_input_tokens,
      ),
      output: sum((model) => model.usage.output_tokens),
    },
    costUsd: totals?.costUsd ?? 0,
    apiMs: totals?.apiMs ?? 0,
    ...state.edits,
  }
}
