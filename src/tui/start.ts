/** The terminal reader: events become rows, keys become commands. Everything that happens starts here. */
import type { TuiOptions } from "./options.ts"
import { createTui } from "./tui.ts"

/** Runs until the person leaves or the engine ends. Restores the terminal; settles with the exit code. */
export async function runTui(options: TuiOptions): Promise<number> {
  const { engine, screen } = options
  const left = Promise.withResolvers<number>()
  const tui = createTui(options, () => {
    engine.send({ type: "leaving", why: "prompt_input_exit" })
    left.resolve(0)
  })
  screen.onKey = tui.key
  screen.onPaste = tui.paste
  screen.onResize = tui.resize
  const read = async () => {
    for await (const event of engine.events()) {
      tui.take(event)
      const behind = tui.behind()
      if (behind !== null) await behind
    }
    return 1
  }
  const unwatch = options.ports.settings?.watch(tui.say, tui.preferencesChanged)
  try {
    tui.begin()
    return await Promise.race([left.promise, read()])
  } finally {
    unwatch?.()
    tui.stop()
    await Promise.allSettled([screen.close(), engine.close()])
  }
}
