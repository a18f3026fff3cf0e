/** Results become lines and events in the order of the calls, however the calls finish. */
import type { Prepared } from "./call.ts"
import type { Run } from "./run.ts"
import type { Done } from "./run-one.ts"

export function recordInOrder(run: Run, group: readonly Prepared[]) {
  const waiting = new Map<number, Done>()
  let next = 0
  return {
    done(index: number, done: Done): void {
      waiting.set(index, done)
      for (let ready = waiting.get(next); ready !== undefined; ready = waiting.get(next)) {
        waiting.delete(next)
        record(run, group[next] as Prepared, ready)
        next++
      }
    },
  }
}

function record(run: Run, prepared: Prepared, { output, durationMs, refused }: Done): void {
  const id = prepared.kind === "ready" ? prepared.call.id : prepared.id
  const tool = prepared.kind === "ready" ? prepared.call.tool.name : prepared.tool
  const isError = output.isError === true
  const result = {
    type: "tool_result" as const,
    tool_use_id: id,
    content: output.content,
    ...(isError ? { is_error: true } : {}),
  }
  const line = run.history.addUser([result], { toolUseResult: output.data, sourceToolUseID: id })
  run.emit({
    type: "tool.end",
    id,
    tool,
    result,
    data: output.data,
    view: output.view,
    isError,
    ...(refused === undefined ? {} : { refused }),
    uuid: line.uuid,
    durationMs,
  })
}
