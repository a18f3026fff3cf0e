/** Piped text beyond this is refused (spec/headless.md section 1). */
const MAX_STDIN_BYTES = 10 * 1024 * 1024

/** With a prompt argument, a pipe that stays silent this long is not waited for. */
const SILENT_STDIN_MS = 3_000

export interface PromptInput extends AsyncIterable<Uint8Array> {
  readonly isTTY?: boolean
}

export type PromptRead =
  | { readonly prompt: string; readonly warning?: string }
  /** One line for stderr; exit code 1. */
  | { readonly error: string; readonly missing?: true }

/** The argument, then what is piped in, joined by a newline. */
export async function readPrompt(
  argument: string | undefined,
  stdin: PromptInput,
  { silentMs = SILENT_STDIN_MS }: { readonly silentMs?: number } = {},
): Promise<PromptRead> {
  const given = argument ?? ""
  const piped: Piped = stdin.isTTY ? { text: "" } : await readPiped(stdin, given === "" ? null : silentMs)
  if ("error" in piped) return piped
  const prompt = [given, piped.text].filter((part) => part.trim() !== "").join("\n")
  if (prompt !== "") return piped.warning === undefined ? { prompt } : { prompt, warning: piped.warning }
  if (piped.warning !== undefined) return { error: piped.warning }
  return { error: 'No prompt: give one as an argument (ccts -p "…") or pipe it to stdin.', missing: true }
}

type Piped = { readonly text: string; readonly warning?: string } | { readonly error: string }

async function readPiped(stdin: AsyncIterable<Uint8Array>, silentMs: number | null): Promise<Piped> {
  const iterator = stdin[Symbol.asyncIterator]()
  const silence = Promise.withResolvers<"silent">()
  const timer = silentMs === null ? undefined : setTimeout(() => silence.resolve("silent"), silentMs)
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    let first = true
    while (true) {
      const next = await (first ? Promise.race([iterator.next(), silence.promise]) : iterator.next())
      clearTimeout(timer)
      if (next === "silent") return { text: "", warning: "Nothing arrived on stdin; going on without it." }
      first = false
      if (next.done) break
      bytes += next.value.length
      if (bytes > MAX_STDIN_BYTES) {
        return {
          error: `Stdin is larger than ${MAX_STDIN_BYTES / 1024 / 1024} MB; put it in a file and name the file.`,
        }
      }
      chunks.push(next.value.slice())
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { text: "", warning: `Stdin cannot be read (${why}); going on without it.` }
  } finally {
    clearTimeout(timer)
  }
  return { text: new TextDecoder().decode(Buffer.concat(chunks)).replace(/\n+$/, "") }
}
