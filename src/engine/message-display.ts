/**
 * MessageDisplay hooks see the text of a reply, and may have people see something else in its place. What is kept and
 * what the model reads never changes. On a screen the text is held back until its hooks have answered; a host gets it as
 * it comes, and its hooks are told of each message once.
 */
import { raceAbort } from "../lib/abort.ts"
import { isBlock } from "../model/block.ts"
import type { BlockEnd, EventBody } from "../model/event.ts"
import { fireHook, hears } from "./fire-hook.ts"
import type { Run } from "./run.ts"

const EVENT = "MessageDisplay"

export interface Display {
  emit(body: EventBody): void
  /** Settles when everything that was emitted is on its way to the readers. */
  shown(): Promise<void>
}

export function createDisplay(run: Run): Display {
  if (run.agent !== undefined || !hears(run, EVENT)) return { emit: run.emit, shown: async () => {} }
  const isScreen = run.session.canAsk && run.session.options.defers !== true
  if (!isScreen) {
    return {
      emit(body) {
        run.emit(body)
        if (isText(body)) run.session.settle("told", ask(run, body))
      },
      shown: async () => {},
    }
  }
  /** Blocks of text that are open: what streams of them is not shown. */
  const held = new Set<number>()
  let chain = Promise.resolve()
  return {
    emit(body) {
      if (body.type === "block.begin" && body.kind === "text") held.add(body.block)
      if (body.type === "block.grow" && held.has(body.block)) return
      chain = chain.then(async () => {
        const shown = isText(body) ? await ask(run, body) : undefined
        run.emit(shown === undefined || !isText(body) ? body : { ...body, shown })
      })
    },
    shown: () => chain,
  }
}

type TextEnd = BlockEnd & { readonly content: { readonly type: "text"; readonly text: string } }

function isText(body: EventBody): body is TextEnd {
  return body.type === "block.end" && body.content !== undefined && isBlock(body.content, "text")
}

async function ask(run: Run, { content, uuid }: TextEnd): Promise<string | undefined> {
  const id = uuid ?? crypto.randomUUID()
  const outcome = await raceAbort(
    fireHook(run, EVENT, {
      turn_id: run.session.promptId() ?? id,
      message_id: id,
      index: 0,
      final: true,
      delta: content.text,
    }),
    run.signal,
  )
  return outcome === "aborted" ? undefined : outcome.displayContent
}
