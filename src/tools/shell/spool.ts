/**
 * The output of a command costs a fixed amount of memory and disk, whatever it prints: its beginning and its end
 * are kept in memory, all of it up to a cap in one file that exists only once it is needed.
 */
import { closeSync, copyFileSync, mkdirSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs"
import { dirname } from "node:path"

/** Covers the inline limit (150000 characters at most, BASH_MAX_OUTPUT_LENGTH) for ordinary text. */
const HEAD_BYTES = 192 * 1024
/** Of the end, in memory; own choice. */
const TAIL_BYTES = 64 * 1024
/** Own choice: what one command may put on the disk. Past it the end is still kept in memory. */
export const SPOOL_CAP = 64 * 1024 * 1024
/** spec/tools.md Bash: a command that prints more is ended. */
export const OUTPUT_CAP = 5 * 1024 ** 3

/** Of a buffer that grows; a page of memory. */
const MIN_BUFFER = 4_096

type Stream = "stdout" | "stderr"

/** Owns the spool file's descriptor; `close` when the command ended. */
export class Spool {
  /** Bytes printed so far, both streams. */
  total = 0
  private readonly ends = { stdout: new Ends(), stderr: new Ends() }
  private fd: number | null = null
  private onDisk = 0
  private broken = false
  /** Chunks held until the file is opened; within HEAD_BYTES. */
  private early: Uint8Array[] | null = []

  constructor(
    public path: string,
    private readonly cap = SPOOL_CAP,
  ) {}

  write(stream: Stream, chunk: Uint8Array): void {
    this.total += chunk.length
    this.ends[stream].add(chunk)
    if (this.early !== null) {
      this.early.push(chunk.slice())
      if (this.total > HEAD_BYTES) this.open()
      return
    }
    this.append(chunk)
  }

  /** True when the whole output is in the file, false when only its beginning fits. */
  get complete(): boolean {
    return !this.broken && this.total <= this.cap
  }

  /** Makes the file exist with everything printed so far. */
  open(): void {
    if (this.early === null) return
    const early = this.early
    this.early = null
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 })
      this.fd = openSync(this.path, "wx", 0o600)
    } catch {
      this.broken = true
      return
    }
    for (const chunk of early) this.append(chunk)
  }

  /** Makes the file exist at another place, with everything so far; later output follows it there. */
  relocate(path: string): void {
    const old = this.path
    this.path = path
    if (this.early !== null) this.open()
    else this.move(old, path)
  }

  private move(old: string, path: string): void {
    if (this.fd === null) return
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    try {
      renameSync(old, path)
    } catch {
      // Another file system.
      closeSync(this.fd)
      copyFileSync(old, path)
      this.fd = openSync(path, "a", 0o600)
      unlinkSync(old)
    }
  }

  get opened(): boolean {
    return this.early === null && !this.broken
  }

  close(): void {
    if (this.fd === null) return
    if (this.total > this.cap) this.note(`\n[output past ${this.cap} bytes was not kept]\n`)
    closeSync(this.fd)
    this.fd = null
  }

  /** One line of our own at the end of the file. */
  note(text: string): void {
    if (this.fd === null) return
    try {
      writeSync(this.fd, text)
    } catch {
      this.broken = true
    }
  }

  /** Beginning and end of one stream as text. `cut` counts the bytes between them. */
  text(stream: Stream): { readonly head: string; readonly cut: number; readonly tail: string } {
    return this.ends[stream].text()
  }

  /** The last lines of what was printed last, for progress. */
  recent(stream: Stream, bytes: number): string {
    return this.ends[stream].recent(bytes)
  }

  private append(chunk: Uint8Array): void {
    if (this.fd === null || this.onDisk >= this.cap) return
    const part = chunk.subarray(0, this.cap - this.onDisk)
    try {
      // A disk that is nearly full takes a part without complaint, and complains at the rest.
      for (let at = 0; at < part.length; ) {
        const written = writeSync(this.fd, part, at)
        at += written
        this.onDisk += written
      }
    } catch {
      // A full disk must not end the command; memory still holds both ends.
      closeSync(this.fd)
      this.fd = null
      this.broken = true
    }
  }
}

class Ends {
  private head = Buffer.alloc(0)
  private readonly ring = Buffer.alloc(TAIL_BYTES)
  private ringStart = 0
  private ringLength = 0
  private total = 0
  private headLength = 0

  add(chunk: Uint8Array): void {
    this.total += chunk.length
    let rest = chunk
    if (this.headLength < HEAD_BYTES) {
      const part = rest.subarray(0, HEAD_BYTES - this.headLength)
      this.growHead(part.length)
      this.head.set(part, this.headLength)
      this.headLength += part.length
      rest = rest.subarray(part.length)
    }
    if (rest.length > TAIL_BYTES) rest = rest.subarray(rest.length - TAIL_BYTES)
    while (rest.length > 0) {
      const at = (this.ringStart + this.ringLength) % TAIL_BYTES
      const part = rest.subarray(0, TAIL_BYTES - at)
      this.ring.set(part, at)
      const over = Math.max(0, this.ringLength + part.length - TAIL_BYTES)
      this.ringStart = (this.ringStart + over) % TAIL_BYTES
      this.ringLength += part.length - over
      rest = rest.subarray(part.length)
    }
  }

  text() {
    const cut = this.total - this.headLength - this.ringLength
    const head = this.head.subarray(0, this.headLength)
    if (cut === 0) return { head: clean(Buffer.concat([head, this.ordered()])), cut, tail: "" }
    return { head: clean(head), cut, tail: clean(this.ordered()) }
  }

  recent(bytes: number): string {
    const source = this.ringLength >= bytes ? this.ordered() : this.head.subarray(0, this.headLength)
    return clean(source.subarray(Math.max(0, source.length - bytes)))
  }

  private ordered(): Buffer {
    const end = this.ringStart + this.ringLength
    if (end <= TAIL_BYTES) return this.ring.subarray(this.ringStart, end)
    return Buffer.concat([this.ring.subarray(this.ringStart), this.ring.subarray(0, end - TAIL_BYTES)])
  }

  private growHead(by: number): void {
    const wanted = this.headLength + by
    if (wanted <= this.head.length) return
    const bigger = Buffer.alloc(Math.min(HEAD_BYTES, Math.max(MIN_BUFFER, wanted * 2)))
    this.head.copy(bigger, 0, 0, this.headLength)
    this.head = bigger
  }
}

/** Bytes as text: what is no UTF-8 becomes U+FFFD, NUL goes (the API refuses it). */
function clean(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replaceAll("\0", "")
}
