import { sanitise } from "../lib/sanitise.ts"
import type { SdkMessage, SdkResult } from "./sdk-message.ts"
import { shortLine } from "./short-line.ts"
import type { Writer } from "./writer.ts"

/** Where messages go, by `--output-format`. */
export interface Sink {
  take(message: SdkMessage): Promise<void>
  /** After the last message. */
  end(): Promise<void>
}

/** `whole`: the host is known to read lines of any length. */
export function streamSink(writer: Writer, { whole }: { readonly whole: boolean }): Sink {
  return {
    take: (message) => writer.write(`${whole ? JSON.stringify(message) : shortLine(message)}\n`),
    end: async () => {},
  }
}

/** One object: the last result. */
export function jsonSink(writer: Writer): Sink {
  let last: SdkResult | null = null
  return {
    async take(message) {
      if (isResult(message)) last = message
    },
    async end() {
      if (last !== null) await writer.write(`${JSON.stringify(last)}\n`)
    },
  }
}

/** `--output-format json --verbose`: an array of all messages, written as they come. */
export function jsonArraySink(writer: Writer): Sink {
  let begun = false
  return {
    async take(message) {
      await writer.write(`${begun ? ",\n" : "["}${JSON.stringify(message)}`)
      begun = true
    },
    async end() {
      await writer.write(begun ? "]\n" : "[]\n")
    },
  }
}

/** The final text. A terminal gets it without control sequences, a pipe as it is. */
export function textSink(writer: Writer, { terminal }: { readonly terminal: boolean }): Sink {
  let last: SdkResult | null = null
  return {
    async take(message) {
      if (isResult(message)) last = message
    },
    async end() {
      // Only the hooks of the start ran (`--init-only`): there is nothing to say.
      if (last === null || last.local_command === "init") return
      const text = finalText(last)
      await writer.write(`${terminal ? sanitise(text) : text}\n`)
    },
  }
}

function finalText(result: SdkResult): string {
  if (result.result !== undefined) return result.result
  if (result.terminal_reason?.startsWith("aborted")) return "Execution error"
  return result.errors?.join("\n") || "Execution error"
}

export function isResult(message: SdkMessage): message is SdkResult {
  return message.type === "result"
}
