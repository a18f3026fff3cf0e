/** Plain questions on the terminal, before any screen is up. Each ends with an answer, the end of the input, or the signal. */
import { createInterface } from "node:readline"

export interface Questions {
  /** False on a plain Enter. */
  confirm(question: string): Promise<boolean>
  /** Lines as they are typed, until the input ends or the signal fires. */
  lines(signal: AbortSignal): AsyncIterable<string>
}

export interface QuestionStreams {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
}

export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

export function createQuestions(
  streams: QuestionStreams = { input: process.stdin, output: process.stderr },
): Questions {
  return {
    confirm(question) {
      const reader = createInterface({ input: streams.input, output: streams.output })
      const answer = Promise.withResolvers<boolean>()
      reader.on("close", () => answer.resolve(false))
      reader.on("SIGINT", () => reader.close())
      reader.question(`${question} [y/N] `, (text) => answer.resolve(/^\s*y(es)?\s*$/i.test(text)))
      return answer.promise.finally(() => reader.close())
    },
    async *lines(signal) {
      const reader = createInterface({ input: streams.input, signal })
      reader.on("SIGINT", () => reader.close())
      try {
        yield* reader
      } catch (error) {
        if (!signal.aborted) throw error
      } finally {
        reader.close()
      }
    },
  }
}
