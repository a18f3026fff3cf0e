/** Wires the parts: the state, what is printed, what is typed, what is asked. Decides nothing itself. */
import { giveBackMemory } from "../lib/give-back-memory.ts"
import { createMemoryWatch } from "../lib/memory-watch.ts"
import type { Event } from "../model/event.ts"
import { applyChange } from "./apply-change.ts"
import { createAsks } from "./asks.ts"
import { createAttention } from "./attention.ts"
import { createChangeQueue } from "./change-queue.ts"
import { createCommandContext, type Opened } from "./command-context.ts"
import { createCommandList } from "./commands/command-list.ts"
import { runCommand } from "./commands/registry.ts"
import { createComposer } from "./composer/composer.ts"
import { createDraftKeeper } from "./draft-keeper.ts"
import { fold } from "./fold.ts"
import { createFooterLinks } from "./footer-links.ts"
import { footerFrame } from "./frame.ts"
import { offerAutoMode } from "./offer-auto-mode.ts"
import type { TuiOptions } from "./options.ts"
import { createTranscriptViewer, type TranscriptViewer } from "./overlay/transcript-viewer.ts"
import { createPainter, type Drawn } from "./painter.ts"
import { DEFAULT_PREFERENCES, lookKey, type Preferences } from "./preferences.ts"
import { createPromptKeys } from "./prompt-keys.ts"
import { createRest } from "./rest.ts"
import type { Key, Size } from "./screen/port.ts"
import { createSessionHead } from "./session-head.ts"
import { createShellMode } from "./shell-mode.ts"
import { createState } from "./state.ts"
import { statusFacts } from "./status-facts.ts"
import { createTranscript, TRANSCRIPT_BUDGET } from "./transcript.ts"
import { SPINNER_MS, STILL_MS } from "./views/footer.ts"

export interface Tui {
  begin(): void
  take(event: Event): void
  /** Null while the terminal keeps up; otherwise settles when it has. */
  behind(): Promise<void> | null
  key(key: Key): void
  paste(text: string): void
  resize(size: Size): void
  /** Something that the program itself has to say. */
  say(level: "info" | "warning", text: string): void
  preferencesChanged(): void
  stop(): void
}

/** Events after which the person's own status line may have something else to say. */
const MOVES_STATUS: ReadonlySet<Event["type"]> = new Set(["session", "reply.end", "turn.end", "compacted"])
/** Milliseconds of a frame that go into what is to be printed; more of it waits until keys had their turn. */
const APPLY_MS = 6
/** While there is more to print than a frame takes, frames are shown this many milliseconds apart. */
const BUSY_FRAME_MS = 50
/** A window that is being dragged changes its size many times; the conversation is printed again once it rests. */
const RESIZE_REST_MS = 60
/** Who typed so recently may type on: no collection in between. */
const TYPING_PAUSE_MS = 2_000

export function createTui(options: TuiOptions, leave: () => void): Tui {
  const { engine, screen, ports, now = () => performance.now(), wall = Date.now } = options
  const preferences = (): Preferences => ports.preferences ?? DEFAULT_PREFERENCES
  const commands = createCommandList(ports)
  const state = createState()
  const transcript = createTranscript(screen, TRANSCRIPT_BUDGET, preferences)
  const links = createFooterLinks(() => preferences().footerLinks)
  const keeper = createDraftKeeper(ports.saveDraft)
  const painter = createPainter({ draw: () => draw() })
  const rest = createRest(giveBackMemory)
  let lastKey = Number.NEGATIVE_INFINITY
  const memory = createMemoryWatch({
    // A person does not feel the few milliseconds for which code is slower behind it; a host's three hundred turns do.
    collect: giveBackMemory,
    isQuiet: () => now() - lastKey > TYPING_PAUSE_MS,
  })
  const attention = createAttention(screen, "ccts", preferences)
  const composer = createComposer({
    history: ports.history,
    menu: {
      get commands() {
        return [...commands(), ...(state.session?.commands ?? [])]
      },
      completePath: ports.completePath,
      get emoji() {
        return preferences().completesEmoji
      },
    },
    changed: () => answer(),
  })
  const asks = createAsks({
    answer(ask, answer) {
      if (answer.verdict === "allow") state.agreed.push(...(answer.updates ?? []))
      engine.send({ type: "answer", ask: ask.ask, answer })
    },
    patience: preferences,
    expired: (text) => {
      changes.add({ change: "cell", cell: { kind: "notice", level: "warning", text } })
      painter.request("event")
    },
    startOver(plan) {
      engine.send({ type: "clear" })
      engine.send({ type: "mode", mode: "acceptEdits" })
      engine.send({ type: "prompt", content: `Carry out this plan:\n\n${plan}`, origin: "person" })
    },
  })
  const shell = createShellMode({
    state,
    screen,
    ports,
    now,
    send: (command) => engine.send(command),
    offer: asks.offer,
    withdraw: asks.remove,
    notice: (level, text) => transcript.add({ kind: "notice", level, text }),
    changed: () => painter.request("event"),
  })
  let shownLook = lookKey(preferences())
  const opened: Opened = { dialog: null, onRewound: () => {} }
  let viewer: TranscriptViewer | null = null
  let keyed = false
  let shownAt = Number.NEGATIVE_INFINITY
  let width = screen.size.columns
  let resting: ReturnType<typeof setTimeout> | null = null

  const promptKeys = createPromptKeys({
    state,
    composer,
    send(command) {
      if (command.type === "mode" && command.mode === "auto" && ports.autoMode?.accepted === false)
        return offerAutoMode(ports.autoMode, {
          asks,
          send: engine.send,
          changed: () => painter.request("key"),
        })
      engine.send(command)
    },
    exit: leave,
    redraw: () => {
      settle()
      transcript.replay()
    },
    showTranscript() {
      settle()
      viewer = createTranscriptViewer(transcript.cells, () => transcript.writing, preferences())
      transcript.covered = true
    },
    editExternally: () => void editExternally(),
    suspend: () => void ports.suspend().then(() => painter.request("key")),
    interruptShell: () => shell.interrupt(),
    rewind: () => runCommand(context, "/rewind"),
  })
  const context = createCommandContext({
    state,
    engine,
    screen,
    ports,
    transcript,
    composer,
    shell,
    opened,
    commands,
    settle: () => settle(),
    notice: (level, text) => changes.add({ change: "cell", cell: { kind: "notice", level, text } }),
    changed: () => answer(),
    exit: leave,
  })

  const dialog = () => asks.dialog ?? opened.dialog

  function draw(): Drawn {
    const started = performance.now()
    const more = !changes.drain(APPLY_MS)
    if (more && !keyed && started - shownAt < BUSY_FRAME_MS) return { stale: null, more }
    keyed = false
    shownAt = started
    if (viewer !== null) {
      screen.overlay(viewer.view(screen.size, asks.waiting > 0))
      return { stale: null, more }
    }
    const at = now()
    const { hint, shortcuts, todos } = promptKeys
    const frame = footerFrame(
      {
        state,
        transcript,
        composer,
        dialog: dialog(),
        hint,
        shortcuts,
        todos,
        now: at,
        preferences: preferences(),
        below: [...(ports.statusLine?.rows ?? []), ...(links.row === null ? [] : [links.row])],
      },
      screen.size,
    )
    screen.setFooter(frame.rows, frame.cursor)
    if (asks.dialog !== null) asks.drawn(screen.flushed())
    const resting = (state.turn === null && state.shell === null) || asks.dialog !== null
    return { stale: resting ? null : preferences().animates ? SPINNER_MS : STILL_MS, more }
  }

  const head = createSessionHead({
    state,
    transcript,
    attention,
    ports,
    ...(options.resumed === undefined ? {} : { resumed: options.resumed }),
    settle: () => settle(),
    changed: () => painter.request("event"),
    lost(text) {
      changes.add({ change: "cell", cell: { kind: "notice", level: "warning", text } })
      painter.request("event")
    },
  })
  const nameOf = () => (preferences().titleFromName ? state.session?.title : undefined)
  const side = {
    state,
    transcript,
    asks,
    attention,
    rest,
    head,
    nameOf,
    send: engine.send,
    signal: (sequence: string) => screen.signal(sequence),
  }
  const changes = createChangeQueue((change) => {
    applyChange(side, change)
    if (change.change === "cell") links.look(change.cell)
    if (change.change === "close" && change.content !== null)
      links.look({ kind: "text", block: change.block, source: change.content })
    if (change.change === "session" && change.why !== "other") links.clear()
  })
  /** Everything that waits is printed, however long that takes: for what looks at the transcript as a whole. */
  const settle = () => changes.drain(Number.POSITIVE_INFINITY)
  /** What a key changes is shown with the next frame, also while there is much to print. */
  const answer = () => {
    keyed = true
    painter.request("key")
  }

  const tellStatus = () => {
    if (state.session !== null) ports.statusLine?.update(statusFacts(state, state.session))
  }
  if (ports.statusLine) ports.statusLine.onChange = () => painter.request("event")

  const submit = (text: string) => {
    if (shell.submit(text)) return
    if (text.startsWith("/") && runCommand(context, text)) return
    engine.send({ type: "prompt", content: text, origin: "person" })
  }

  const takeBack = () => {
    const newest = state.queued.at(-1)
    if (newest === undefined) return composer.olderPrompt()
    engine.send({ type: "unqueue", uuid: newest.uuid })
    composer.setText(composer.text === "" ? newest.text : `${newest.text}\n${composer.text}`)
  }

  const editExternally = async () => {
    await screen.suspend()
    const edited = await ports.editExternally(composer.expanded()).catch(() => null)
    await screen.resume()
    if (edited !== null) composer.setText(edited.replace(/\n$/, ""))
    answer()
  }

  const leaveViewer = () => {
    viewer = null
    screen.overlay(null)
    transcript.covered = false
    transcript.replay()
  }

  const composerKey = (key: Key) => {
    const action = composer.key(key)
    if (key.text !== "" || key.name === "backspace") asks.typed(now())
    if (action.type === "submit") submit(action.text)
    else if (action.type === "take-back") takeBack()
  }

  const route = (key: Key) => {
    if (viewer !== null) return viewer.key(key) ? undefined : leaveViewer()
    const asked = asks.dialog
    if (asked !== null && asks.accepts(now())) {
      asks.touched()
      return asked.key(key)
    }
    if (asked === null && opened.dialog !== null) return opened.dialog.key(key)
    if (promptKeys.key(key, now())) return
    // Enter was meant for the draft, not for a dialog that came up meanwhile; nothing is sent behind it either.
    if (asked !== null && key.name === "return") return asks.typed(now())
    composerKey(key)
  }

  return {
    begin() {
      const draft = ports.loadDraft()
      if (draft !== "") composer.setText(draft)
      if (options.initialPrompt !== undefined) submit(options.initialPrompt)
      answer()
    },
    take(event) {
      if (event.type === "reply.begin") memory.look()
      const { verbs, showsTurnDuration } = preferences()
      for (const change of fold(state, event, now(), { verbs, showsTurnDuration, at: wall() }))
        changes.add(change)
      if (event.type === "rewound") opened.onRewound()
      if (ports.statusLine && MOVES_STATUS.has(event.type) && event.agent === undefined) tellStatus()
      painter.request("event")
    },
    behind: () => (changes.full ? changes.calm() : null),
    key(key) {
      if (shell.attached) return
      rest.putOff()
      lastKey = now()
      route(key)
      keeper.changed(composer.expanded())
      answer()
    },
    paste(text) {
      const open = asks.dialog ?? opened.dialog
      if (viewer !== null || shell.attached) return
      if (open === null || (open.guarded && !asks.accepts(now()))) {
        composer.paste(text)
        asks.typed(now())
      } else open.paste?.(text)
      keeper.changed(composer.expanded())
      answer()
    },
    resize(size) {
      answer()
      if (size.columns === width) return
      width = size.columns
      if (resting !== null) clearTimeout(resting)
      resting = setTimeout(() => {
        resting = null
        settle()
        if (viewer === null) transcript.replay()
        answer()
      }, RESIZE_REST_MS)
    },
    say(level, text) {
      transcript.add({ kind: "notice", level, text })
      painter.request("event")
    },
    preferencesChanged() {
      screen.useTheme(preferences().theme)
      attention.refresh()
      tellStatus()
      const next = lookKey(preferences())
      if (next !== shownLook) {
        shownLook = next
        settle()
        if (viewer === null) transcript.replay()
      }
      answer()
    },
    stop() {
      asks.stop()
      attention.stop()
      ports.statusLine?.stop()
      if (resting !== null) clearTimeout(resting)
      painter.stop()
      rest.stop()
      memory.stop()
      settle()
      keeper.flush()
    },
  }
}
