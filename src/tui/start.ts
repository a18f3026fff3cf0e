/** The terminal reader: events become rows, keys become commands. Everything that happens starts here. */
import type { Engine } from "../model/engine.ts"
import type { Line } from "../model/line.ts"
import type { TuiPorts } from "./ports.ts"
import type { Screen } from "./screen/port.ts"
import { createTui } from "./tui.ts"

export interface TuiOptions {
  readonly engine: Engine
  readonly screen: Screen
  readonly ports: TuiPorts
  readonly initialPrompt?: string
  /** The newest lines of a resumed session, oldest first. */
  readonly resumed?: readonly Line[]
  /** Milliseconds; for tests. */
  readonly now?: () => number
}

/** Runs until the person leaves or the engine ends. Restores the terminal; settles with the exit code. */
export async function runTui(options: TuiOptions): Promise<number> {
  const { engine, screen } = options
  const left = Promise.withResolvers<number>()
  const tui = createTui(options, () => left.resolve(0))
  screen.onKey = tui.key
  screen.onPaste = tui.paste
  screen.onResize = tui.resize
  const read = async () => {
    for await (const event of engine.events()) tui.take(event)
    return 1
  }
  try {
    tui.begin()
    return await Promise.race([left.promise, read()])
  } finally {
    tui.stop()
    await Promise.allSettled([screen.close(), engine.close()])
  }
}
