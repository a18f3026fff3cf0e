import type { Engine } from "../model/engine.ts"
import type { Line } from "../model/line.ts"
import type { TuiPorts } from "./ports.ts"
import type { Screen } from "./screen/port.ts"

export interface TuiOptions {
  readonly engine: Engine
  readonly screen: Screen
  readonly ports: TuiPorts
  readonly initialPrompt?: string
  /** The newest lines of a resumed session, oldest first. */
  readonly resumed?: readonly Line[]
  /** Milliseconds; for tests. */
  readonly now?: () => number
  /** The time of day, milliseconds since 1970; for tests. */
  readonly wall?: () => number
}
