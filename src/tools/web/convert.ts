/**
 * Pages become Markdown in a thread that can be killed: a page of a few hundred kilobytes can be built so that its
 * parser is busy for minutes or runs out of stack. What cannot be converted in time is given as plain text.
 */
import { plainText } from "./plain-text.ts"
import { isHtml, toMarkdown } from "./to-markdown.ts"

/** Ordinary pages of 2 MB take less than a second (measured); own choice. */
const CONVERT_MS = 10_000

export type Converted = { readonly markdown: string | null } | { readonly error: string }

/** Null for what is no text. Rejects at once with the signal's reason when aborted. */
export async function convertPage(
  bytes: Uint8Array,
  type: string,
  signal: AbortSignal,
  deadlineMs = CONVERT_MS,
): Promise<string | null> {
  if (!isHtml(bytes, type)) return toMarkdown(bytes, type)
  const worker = new Worker(new URL("./worker.ts", import.meta.url).href)
  const { promise, resolve, reject } = Promise.withResolvers<Converted>()
  const abort = () => reject(signal.reason)
  const late = setTimeout(() => resolve({ error: "out of time" }), deadlineMs)
  worker.onmessage = ({ data }: MessageEvent<Converted>) => resolve(data)
  worker.onerror = ({ message }) => resolve({ error: message })
  signal.addEventListener("abort", abort, { once: true })
  try {
    signal.throwIfAborted()
    worker.postMessage({ bytes, type })
    const converted = await promise
    if ("markdown" in converted) return converted.markdown
    return `[The structure of this page could not be read; this is its text alone.]\n\n${plainText(bytes, type)}`
  } finally {
    clearTimeout(late)
    signal.removeEventListener("abort", abort)
    worker.terminate()
  }
}
