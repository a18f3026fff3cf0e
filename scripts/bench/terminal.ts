/** Drives a program in a real pseudo-terminal with an emulator behind it, and says when something can be seen. */
import { Terminal as Emulator } from "@xterm/headless"
import type { Place } from "./place.ts"
import { contextSwitches, cpuSeconds, peakMegabytes, residentMegabytes } from "./proc.ts"

export interface Terminal extends AsyncDisposable {
  readonly pid: number
  write(keys: string): void
  /** Settles when the screen or its scrollback shows `text`; with the time (Bun.nanoseconds) at which its bytes came. */
  shows(text: string, deadline?: number): Promise<number>
  /** Settles when the program writes `text` in one go, whatever the screen looks like. */
  prints(text: string, deadline?: number): Promise<number>
  readonly bytes: () => number
  /** From now on nothing is emulated, only searched: for measuring a flood without the emulator's own work. */
  mute(): void
  /** The exit code, or 128 and the signal. */
  readonly exited: Promise<number>
}

const DEADLINE = 20_000
const size = { cols: 120, rows: 40 }

export function openTerminal(command: readonly string[], place: Place): Terminal {
  const emulator = new Emulator({ ...size, scrollback: 5000, allowProposedApi: true, logLevel: "off" })
  const waiting = new Set<(printed: string) => void>()
  const decoder = new TextDecoder()
  let bytes = 0
  let muted = false
  const child = Bun.spawn([...command], {
    cwd: place.folder,
    env: place.env,
    terminal: {
      ...size,
      data(_, chunk) {
        bytes += chunk.length
        const printed = Bun.stripANSI(decoder.decode(chunk, { stream: true }))
        for (const check of waiting) check(printed)
        if (muted) return
        emulator.write(chunk, () => {
          for (const check of waiting) check("")
        })
      },
    },
  })
  const tty = child.terminal
  if (tty === undefined) throw new Error("no pseudo-terminal")
  emulator.onData((answer) => tty.write(answer))

  const until = (seen: (printed: string) => boolean, what: string, deadline: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const check = (printed: string) => {
        if (bytes === 0 || !seen(printed)) return
        end()
        resolve(Bun.nanoseconds())
      }
      const giveUp = (reason: string) => {
        end()
        reject(
          new Error(`${reason} before ${JSON.stringify(what)} was shown; the screen:\n${screenOf(emulator)}`),
        )
      }
      const timer = setTimeout(() => giveUp(`${deadline / 1000} s passed`), deadline)
      void child.exited.then((code) => giveUp(`the program ended with ${code}`))
      const end = () => {
        clearTimeout(timer)
        waiting.delete(check)
      }
      waiting.add(check)
      check("")
    })

  return {
    pid: child.pid,
    write: (keys) => void tty.write(keys),
    shows: (text, deadline = DEADLINE) => until(() => screenOf(emulator).includes(text), text, deadline),
    prints: (text, deadline = DEADLINE) => until((printed) => printed.includes(text), text, deadline),
    bytes: () => bytes,
    mute() {
      muted = true
    },
    exited: child.exited,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL")
      await child.exited
      tty.close()
      emulator.dispose()
    },
  }
}

function screenOf(emulator: Emulator): string {
  const { active } = emulator.buffer
  const lines: string[] = []
  for (let row = active.baseY; row < active.baseY + size.rows; row++) {
    lines.push(active.getLine(row)?.translateToString(true) ?? "")
  }
  return lines.join("\n").trimEnd()
}

/** A letter that nothing else on the screen writes. */
const LETTER = "Z"

/** Milliseconds between two tries while the program does not listen yet. */
const RETRY = 2

/** Settles when the prompt takes keys; the time (Bun.nanoseconds) at which the first key was seen. The prompt is empty after. */
export async function promptReady(terminal: Terminal): Promise<number> {
  // Before the program has written anything, the kernel itself would echo what is typed.
  await terminal.prints("")
  let typed = 0
  const type = () => {
    typed++
    terminal.write(LETTER)
  }
  const seen = terminal.prints(LETTER)
  type()
  const typing = setInterval(type, RETRY)
  const at = await seen.finally(() => clearInterval(typing))
  await Bun.sleep(300)
  terminal.write("\x7f".repeat(typed))
  await Bun.sleep(200)
  return at
}

/** Types one letter and takes it back; milliseconds until its bytes are there. */
export async function echoTime(terminal: Terminal): Promise<number> {
  const start = Bun.nanoseconds()
  const seen = terminal.prints(LETTER, 5000)
  terminal.write(LETTER)
  const elapsed = ((await seen) - start) / 1e6
  await Bun.sleep(40)
  terminal.write("\x7f")
  await Bun.sleep(60)
  return elapsed
}

export interface Load {
  /** Share of one processor, in percent. */
  readonly cpu: number
  readonly switchesPerSecond: number
  /** MB at the end, and the highest since the start of the program. */
  readonly resident: number
  readonly peak: number
}

/** What a program costs over `seconds`. */
export async function loadOver(pid: number, seconds: number): Promise<Load> {
  const [cpu, switches, start] = [cpuSeconds(pid), contextSwitches(pid), performance.now()]
  await Bun.sleep(seconds * 1000)
  const elapsed = (performance.now() - start) / 1000
  return {
    cpu: ((cpuSeconds(pid) - cpu) / elapsed) * 100,
    switchesPerSecond: (contextSwitches(pid) - switches) / elapsed,
    resident: residentMegabytes(pid),
    peak: peakMegabytes(pid),
  }
}
