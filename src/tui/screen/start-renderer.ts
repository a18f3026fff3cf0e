/** Starts OpenTUI as this program needs it: inline, silent, on demand, and without its own ideas of how to exit. */
import { CliRenderEvents, type CliRenderer, createCliRenderer } from "@opentui/core"

/** Rows of the footer when the first frame is drawn. */
export const startHeight = 2
// OpenTUI waits at most 120 ms for the terminal to say where the cursor is before it draws the first frame.
const firstFrameMs = 250

export async function startRenderer(): Promise<CliRenderer> {
  const before = processListeners()
  const renderer = await createCliRenderer({
    screenMode: "split-footer",
    footerHeight: startHeight,
    externalOutputMode: "capture-stdout",
    consoleMode: "disabled",
    openConsoleOnError: false,
    exitOnCtrlC: false,
    exitSignals: [],
    clearOnShutdown: false,
    useMouse: false,
    autoFocus: false,
    // Pacing is done here, with a leading edge; this only lets the library draw as soon as it is asked.
    maxFps: 1000,
  })
  removeNewListeners(before)
  return renderer
}

/** Settles when the first frame is out, or when it has had time enough. */
export async function firstFrame(renderer: CliRenderer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, firstFrameMs)
  renderer.once(CliRenderEvents.FRAME, () => resolve())
  await promise
  clearTimeout(timer)
}

const libraryEvents = ["uncaughtException", "unhandledRejection", "warning"] as const
type Listener = (...args: unknown[]) => void

function processListeners(): ReadonlyMap<string, ReadonlySet<unknown>> {
  return new Map(libraryEvents.map((event) => [event, new Set<unknown>(process.rawListeners(event))]))
}

/** OpenTUI's own handlers leave a crashed process hanging with a dead screen. */
function removeNewListeners(before: ReadonlyMap<string, ReadonlySet<unknown>>): void {
  for (const event of libraryEvents) {
    for (const listener of process.rawListeners(event)) {
      if (!before.get(event)?.has(listener)) process.removeListener(event, listener as Listener)
    }
  }
}
