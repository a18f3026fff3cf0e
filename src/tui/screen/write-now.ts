import { writeSync } from "node:fs"

// Between a slow terminal and one that has stopped reading (Ctrl+S); what is written here can be missed.
const patienceMs = 2000

/** Writes to the terminal at once and past OpenTUI, which captures the ordinary way to write. */
export function writeNow(text: string | Uint8Array): void {
  let rest =
    typeof text === "string" ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.length)
  const deadline = performance.now() + patienceMs
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(process.stdout.fd, rest))
    } catch (error) {
      // A slow terminal takes the rest a moment later; one that is gone takes nothing any more.
      if (!isBusy(error) || performance.now() > deadline) return
      Bun.sleepSync(1)
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN"
}
