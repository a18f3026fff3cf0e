import type { Leaving } from "./leave.ts"
import { openPlainScreen } from "./plain-screen.ts"
import type { Screen } from "./port.ts"
import { coloursOff, guessMode } from "./theme.ts"
import type { ThemeName } from "./theme-names.ts"

export interface ScreenOptions {
  /** One line after the other, never repainted: for screen readers. */
  readonly plain?: boolean
  readonly theme?: ThemeName | "auto"
  /** Where `NO_COLOR` and `COLORFGBG` are read. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Runs once before the terminal is given back because of a signal or a bug; not after an ordinary `close`. */
  readonly onLeave?: (leaving: Leaving) => void | Promise<void>
}

/** Takes the terminal. Falls back to plain lines, saying so in one line, where the display library cannot load. */
export async function openScreen(options: ScreenOptions = {}): Promise<Screen> {
  const env = options.env ?? process.env
  const theme = options.theme ?? "auto"
  const guess = guessMode(env)
  // What such a terminal is sent is what it shows: Emacs' shell, some build logs and editors.
  const dumb = env.TERM === "dumb"
  const plain = (notice?: string) => openPlainScreen({ theme, guess, notice, dumb, onLeave: options.onLeave })
  if (options.plain === true || dumb) return plain()
  try {
    const { openOpentuiScreen } = await import("./opentui-screen.ts")
    return await openOpentuiScreen({ theme, guess, colours: !coloursOff(env), onLeave: options.onLeave })
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n", 1)[0] : String(error)
    return plain(
      `Showing plain lines: the display library could not be loaded (${reason}). Check that the temporary directory exists and allows executables.`,
    )
  }
}
