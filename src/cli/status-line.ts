/**
 * The person's own status line (setting `statusLine`): a command that reads the session as JSON and prints rows. It runs when
 * what it is told has changed, not by the clock, one at a time, and what it prints cannot drive the terminal.
 */
import { isObject } from "../config/key-type.ts"
import { ansiRows } from "../tui/ansi-rows.ts"
import type { StatusFacts, StatusLinePort } from "../tui/preferences.ts"
import { span } from "../tui/rows.ts"
import type { Row } from "../tui/screen/port.ts"

export interface StatusLinePlace {
  /** As they are now; null or a broken value is no status line. */
  setting(): unknown
  readonly env: Readonly<Record<string, string>>
  readonly projectDir: string
  readonly version: string
  transcriptPath(sessionId: string): string
  addedDirs(): readonly string[]
  outputStyle(): string
  thinking(): boolean
  /** For tests. */
  readonly debounceMs?: number
}

/** Spec/interactive.md section 4. */
const DEBOUNCE_MS = 300
/** Own choice: a status that takes longer is no status. */
const DEADLINE_MS = 5_000
const MAX_BYTES = 16 * 1024
const MAX_ROWS = 5
const MIN_REFRESH_S = 1
/** Where the rows above begin. */
const INDENT = 2
const MAX_PADDING = 40
/** `exceeds_200k_tokens`. */
const LONG_CONTEXT = 200_000

export function createStatusLine(place: StatusLinePlace): StatusLinePort {
  const bornAt = performance.now()
  let facts: StatusFacts | null = null
  let told = ""
  let timer: ReturnType<typeof setTimeout> | null = null
  let clock: ReturnType<typeof setInterval> | null = null
  let clockS = 0
  let running: AbortController | null = null
  let rows: readonly Row[] = []

  const show = (next: readonly Row[]) => {
    if (JSON.stringify(next) === JSON.stringify(rows)) return
    rows = next
    port.onChange()
  }
  const run = async () => {
    const wanted = settingOf(place.setting())
    running?.abort()
    running = null
    if (wanted === null || facts === null) return show([])
    const mine = new AbortController()
    running = mine
    // Loaded with the first run: most people have no status line.
    const { commandOutput } = await import("./command-output.ts")
    const text = await commandOutput(
      {
        command: wanted.command,
        cwd: facts.cwd,
        env: {
          ...place.env,
          CLAUDECODE: "1",
          CLAUDE_CODE_CHILD_SESSION: "1",
          CLAUDE_PROJECT_DIR: place.projectDir,
        },
        input: statusInput(facts, place, Math.round(performance.now() - bornAt)),
        deadlineMs: DEADLINE_MS,
        maxBytes: MAX_BYTES,
      },
      mine.signal,
    )
    if (running !== mine) return
    running = null
    // One that fails shows nothing: what it said before is no longer true.
    const indent = " ".repeat(INDENT + wanted.padding)
    show(text === null ? [] : ansiRows(text, MAX_ROWS).map((row): Row => [span(indent), ...row]))
  }
  const soon = () => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => {
      timer = null
      void run()
    }, place.debounceMs ?? DEBOUNCE_MS)
  }
  /** A clock only where the person asked for one. */
  const follow = (seconds: number) => {
    if (seconds === clockS) return
    if (clock !== null) clearInterval(clock)
    clockS = seconds
    clock = seconds === 0 ? null : setInterval(soon, seconds * 1_000)
  }
  const port: StatusLinePort = {
    get rows() {
      return rows
    },
    onChange: () => {},
    update(next) {
      facts = next
      const wanted = settingOf(place.setting())
      follow(wanted?.refreshS ?? 0)
      if (wanted === null && rows.length === 0) return
      const now = JSON.stringify([wanted, next])
      if (now === told) return
      told = now
      soon()
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
      follow(0)
      running?.abort()
    },
  }
  return port
}

interface Wanted {
  readonly command: string
  readonly padding: number
  /** 0 is never. */
  readonly refreshS: number
}

function settingOf(value: unknown): Wanted | null {
  if (!isObject(value) || value.type !== "command") return null
  const { command, padding, refreshInterval } = value
  if (typeof command !== "string" || command.trim() === "") return null
  return {
    command,
    padding: typeof padding === "number" ? Math.min(MAX_PADDING, padding) : 0,
    refreshS: typeof refreshInterval === "number" ? Math.max(MIN_REFRESH_S, refreshInterval) : 0,
  }
}

/** The fields of spec/interactive.md section 4 that this program knows; what it does not know is left out. */
export function statusInput(facts: StatusFacts, place: StatusLinePlace, durationMs: number) {
  const { window } = facts.context
  const { usage } = facts
  const used =
    usage === null
      ? 0
      : usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens
  const share = usage === null || window === 0 ? null : Math.round((1000 * used) / window) / 10
  return {
    hook_event_name: "Status",
    session_id: facts.sessionId,
    ...(facts.sessionName === undefined ? {} : { session_name: facts.sessionName }),
    transcript_path: place.transcriptPath(facts.sessionId),
    cwd: facts.cwd,
    permission_mode: facts.mode,
    model: { id: facts.model.id, display_name: facts.model.name },
    workspace: {
      current_dir: facts.cwd,
      project_dir: place.projectDir,
      added_dirs: place.addedDirs(),
    },
    version: place.version,
    output_style: { name: place.outputStyle() },
    cost: {
      total_cost_usd: facts.costUsd,
      total_duration_ms: durationMs,
      total_api_duration_ms: facts.apiMs,
      total_lines_added: facts.linesAdded,
      total_lines_removed: facts.linesRemoved,
    },
    context_window: {
      total_input_tokens: facts.tokens.input,
      total_output_tokens: facts.tokens.output,
      context_window_size: window,
      used_percentage: share,
      remaining_percentage: share === null ? null : Math.round((100 - share) * 10) / 10,
      current_usage: usage,
    },
    exceeds_200k_tokens: used > LONG_CONTEXT,
    fast_mode: facts.fast,
    ...(facts.effort === null ? {} : { effort: { level: facts.effort } }),
    thinking: { enabled: place.thinking() },
  }
}
