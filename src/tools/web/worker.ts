/** Entry point of the thread that turns one page into Markdown and is ended after it. */
import type { Converted } from "./convert.ts"
import { toMarkdown } from "./to-markdown.ts"

declare const self: Worker

self.onmessage = async ({ data }: MessageEvent<{ readonly bytes: Uint8Array; readonly type: string }>) => {
  const reply: Converted = await toMarkdown(data.bytes, data.type).then(
    (markdown) => ({ markdown }),
    (error: Error) => ({ error: error.message }),
  )
  self.postMessage(reply)
}
