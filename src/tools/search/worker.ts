/** Entry point of a search thread: one job at a time and one reply per job, or help with another thread's job. */
import { answer } from "./answer.ts"
import { fileScan } from "./grep-search.ts"
import type { Order, Told } from "./job.ts"
import { helpSearch, makeHelp } from "./share.ts"

declare const self: Worker

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  if ("help" in data) {
    helpSearch(data.help, fileScan(data.job), () => rest({ helped: true }))
    return
  }
  const reply = await answer(data.job, () => {
    const { mine, theirs } = makeHelp()
    tell({ wants: theirs }, theirs.port)
    return mine
  })
  rest({ reply })
}

function tell(told: Told, ...transfer: MessagePort[]): void {
  self.postMessage(told, transfer)
}

/** What a search leaves behind goes now, when nobody waits for this thread: it would be tens of megabytes. */
function rest(told: Told): void {
  tell(told)
  Bun.gc(true)
}
