/** Entry point of the search thread: one job at a time, one reply per job. */
import { answer } from "./answer.ts"
import type { Job } from "./job.ts"

declare const self: Worker

self.onmessage = async (event: MessageEvent<Job>) => {
  self.postMessage(await answer(event.data))
}
