/** The part of a Node stream that is needed; `process.stdout` is one. */
export interface OutputStream {
  write(text: string, done: (error?: Error | null) => void): boolean
  on(event: "error", listener: (error: Error) => void): unknown
  readonly isTTY?: boolean
}

/** Writes in order and waits for a slow reader; when the reader is gone, everything more is dropped quietly. */
export interface Writer {
  /** Settles at once while the stream takes more, otherwise when it has taken this. Never rejects. */
  write(text: string): Promise<void>
  /** Settles when all is written, the reader is gone, or after `deadlineMs`. */
  flush(deadlineMs: number): Promise<void>
  /** Settles when the reader has gone away. */
  readonly broken: Promise<void>
}

export function createWriter(stream: OutputStream): Writer {
  const broken = Promise.withResolvers<void>()
  let gone = false
  let unwritten = 0
  let drained = Promise.withResolvers<void>()
  const leave = () => {
    gone = true
    broken.resolve()
    drained.resolve()
  }
  stream.on("error", leave)
  return {
    broken: broken.promise,
    async write(text) {
      if (gone) return
      if (unwritten++ === 0) drained = Promise.withResolvers()
      const taken = new Promise<void>((resolve) => {
        const more = stream.write(text, (error) => {
          if (error) leave()
          if (--unwritten === 0) drained.resolve()
          resolve()
        })
        if (more) resolve()
      })
      await Promise.race([taken, broken.promise])
    },
    async flush(deadlineMs) {
      if (gone || unwritten === 0) return
      const late = Promise.withResolvers<void>()
      const timer = setTimeout(late.resolve, deadlineMs)
      await Promise.race([drained.promise, late.promise])
      clearTimeout(timer)
    },
  }
}
