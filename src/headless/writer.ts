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
  /** Characters that the reader has not taken yet. */
  readonly backlog: number
  /** Settles when the reader has gone away. */
  readonly broken: Promise<void>
}

export function createWriter(stream: OutputStream): Writer {
  const broken = Promise.withResolvers<void>()
  /** Writers that wait for the reader, and flushes; none outlives the reader. */
  const stuck = new Set<() => void>()
  let gone = false
  let backlog = 0
  let unwritten = 0
  let onDrained = () => {}
  const leave = () => {
    gone = true
    broken.resolve()
    onDrained()
    for (const release of [...stuck]) release()
  }
  stream.on("error", leave)
  return {
    broken: broken.promise,
    get backlog() {
      return backlog
    },
    write(text) {
      if (gone) return Promise.resolve()
      unwritten++
      backlog += text.length
      return new Promise((resolve) => {
        const release = () => {
          stuck.delete(release)
          resolve()
        }
        stuck.add(release)
        const more = stream.write(text, (error) => {
          backlog -= text.length
          unwritten--
          if (error) leave()
          else if (unwritten === 0) onDrained()
          release()
        })
        if (more) release()
      })
    },
    flush(deadlineMs) {
      if (gone || unwritten === 0) return Promise.resolve()
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, deadlineMs)
        onDrained = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    },
  }
}
