/**
 * Pseudo-terminals for commands that talk to a person, and the person's way to them. What passes through is written
 * to the person's terminal and to a short ring for coming back; it reaches no file, no event and no model.
 */
import { type Pty, startPty } from "../lib/pty.ts"
import type { TerminalEnd, TerminalPort, TerminalRequest } from "../model/terminal.ts"
import type { TerminalDoor } from "../tui/ports.ts"
import { writeNow } from "../tui/screen/write-now.ts"

/** What is shown again on coming back: more than a screen of text. */
const RING_BYTES = 64 * 1024
/** Ctrl+] as a legacy terminal and as the kitty protocol send it; telnet's key for the same. */
const DETACH = [Buffer.from("\u001d"), Buffer.from("\u001b[93;5u")]
/** Leaves every mode that a full-screen program may have left on: alternate screen, mouse, paste, keypad, colours. */
const RESET =
  "\u001b[?1049l\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?2004l\u001b[?1l\u001b>\u001b[<u\u001b[?25h\u001b[0m"

/** The terminal this program was started on. */
export interface OwnTerminal {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: Pick<NodeJS.WriteStream, "columns" | "rows" | "on" | "off">
  /** Past the screen's library, which captures the ordinary way to write. */
  write(text: string | Uint8Array): void
}

function ownTerminal(): OwnTerminal {
  return { stdin: process.stdin, stdout: process.stdout, write: writeNow }
}

interface Room {
  readonly id: string
  readonly request: TerminalRequest
  readonly end: PromiseWithResolvers<TerminalEnd>
  pty: Pty | null
  ring: Buffer
  /** Set while the person is connected. */
  show: ((bytes: Uint8Array) => void) | null
}

export interface TerminalRoom extends TerminalPort, TerminalDoor {
  /** A room for a command the person typed; it starts when they attach. */
  open(request: TerminalRequest): { readonly id: string; readonly end: Promise<TerminalEnd> }
}

export function createTerminalRoom(own: OwnTerminal = ownTerminal()): TerminalRoom {
  const rooms = new Map<string, Room>()
  let number = 0

  function enter(request: TerminalRequest): Room {
    number += 1
    const room: Room = {
      id: `t${number}`,
      request,
      end: Promise.withResolvers(),
      pty: null,
      ring: Buffer.alloc(0),
      show: null,
    }
    rooms.set(room.id, room)
    void room.end.promise.then(() => {
      rooms.delete(room.id)
      room.ring = Buffer.alloc(0)
    })
    return room
  }

  function start(room: Room): Pty {
    const { columns = 80, rows = 24 } = own.stdout
    const pty = startPty({
      ...room.request,
      columns,
      rows,
      onData(bytes) {
        room.show?.(bytes)
        room.ring = Buffer.concat([room.ring, bytes]).subarray(-RING_BYTES)
      },
    })
    room.pty = pty
    void pty.ended.then(({ code }) => room.end.resolve({ kind: "ended", code }))
    return pty
  }

  const door: TerminalRoom = {
    onOffer: () => {},
    onWithdraw: () => {},
    async run(request, signal) {
      const room = enter(request)
      const abort = () => {
        if (room.pty === null) room.end.resolve({ kind: "refused" })
        else room.pty.stop()
      }
      signal.addEventListener("abort", abort, { once: true })
      if (signal.aborted) abort()
      else door.onOffer({ id: room.id, command: request.command })
      try {
        return await room.end.promise
      } finally {
        signal.removeEventListener("abort", abort)
        door.onWithdraw(room.id)
      }
    },
    open(request) {
      const room = enter(request)
      return { id: room.id, end: room.end.promise }
    },
    refuse(id) {
      const room = rooms.get(id)
      if (room !== undefined && room.pty === null) room.end.resolve({ kind: "refused" })
    },
    running: () =>
      [...rooms.values()].flatMap(({ id, request, pty }) =>
        pty === null ? [] : [{ id, command: request.command }],
      ),
    async attach(id) {
      const room = rooms.get(id)
      if (room === undefined) return "ended"
      return connect(room)
    },
  }
  return door

  async function connect(room: Room): Promise<"ended" | "detached"> {
    const { stdin, stdout } = own
    // Nobody else may hear what is typed from here on: neither the screen's own listeners nor a stray one.
    const listeners = stdin.listeners("data") as ((chunk: Buffer) => void)[]
    stdin.removeAllListeners("data")
    const detached = Promise.withResolvers<"detached">()
    const onInput = (chunk: Buffer) => {
      const cut = DETACH.map((key) => chunk.indexOf(key)).filter((at) => at !== -1)
      const bytes = cut.length === 0 ? chunk : chunk.subarray(0, Math.min(...cut))
      if (bytes.length > 0) room.pty?.write(bytes)
      if (cut.length > 0) detached.resolve("detached")
    }
    const onResize = () => room.pty?.resize(stdout.columns, stdout.rows)
    try {
      own.write("\u001b[2m[ctrl+] comes back to ccts]\u001b[0m\r\n")
      if (room.ring.length > 0) own.write(room.ring)
      room.show = own.write
      stdin.setRawMode?.(true)
      stdin.on("data", onInput)
      stdin.resume()
      stdout.on("resize", onResize)
      const pty = room.pty ?? start(room)
      // A program that draws the whole screen does so again when its size changes.
      if (room.ring.length > 0) {
        pty.resize(stdout.columns, Math.max(1, stdout.rows - 1))
        pty.resize(stdout.columns, stdout.rows)
      }
      return await Promise.race([detached.promise, pty.ended.then(() => "ended" as const)])
    } catch (error) {
      own.write(`the command could not be started: ${(error as Error).message}\r\n`)
      room.end.resolve({ kind: "ended", code: 126 })
      return "ended"
    } finally {
      room.show = null
      stdout.off("resize", onResize)
      stdin.off("data", onInput)
      stdin.setRawMode?.(false)
      stdin.pause()
      own.write(`${RESET}\r\n`)
      for (const listener of listeners) stdin.on("data", listener)
      stdin.pause()
    }
  }
}
