/** The compiled program on a real terminal, talking to the fake API, with programs of the test's own in its PATH. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makePlace, type Place } from "../../scripts/bench/place.ts"
import { dist } from "../../scripts/lib/project.ts"
import { type FakeApi, fakeApi, text } from "../fake-api/fake-api.ts"
import type { Reply } from "../fake-api/reply.ts"
import { openTerminal, type Terminal } from "./terminal.ts"

/** A dialog takes no key before it was drawn and the person stopped typing. */
const GUARD_MS = 600

export interface Conversation {
  readonly on: Terminal
  readonly api: FakeApi
  readonly place: Place
  readonly home: string
  say(line: string): Promise<void>
  /** Takes the first choice of the dialog that asks `question`, or leaves it with `key`. */
  choose(question: string, key?: string): Promise<void>
  /** Everything below the home and the folder but the files of these names, and every request. */
  everythingKept(...but: readonly string[]): string
  close(): Promise<void>
}

export interface ConversationOptions {
  readonly flags?: readonly string[]
  /** Shell scripts by name. */
  readonly programs?: Readonly<Record<string, string>>
  /** Files of the working folder. */
  readonly files?: Readonly<Record<string, string>>
  readonly settings?: Readonly<Record<string, unknown>>
}

export async function openConversation(
  replies: readonly Reply[],
  { flags = [], programs = {}, files = {}, settings }: ConversationOptions = {},
): Promise<Conversation> {
  const place = makePlace()
  const home = place.env.HOME ?? ""
  mkdirSync(join(home, "bin"))
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(home, "bin", name), script)
    chmodSync(join(home, "bin", name), 0o755)
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(place.folder, name), content)
  if (settings !== undefined) {
    mkdirSync(join(home, ".claude"), { recursive: true })
    writeFileSync(join(home, ".claude/settings.json"), JSON.stringify(settings))
  }
  let next = 0
  const api = await fakeApi({ script: () => replies[next++] ?? text("no more"), side: () => text("title") })
  const on = await openTerminal({
    argv: [join(dist, "ccts"), ...flags],
    cwd: place.folder,
    env: {
      ...place.env,
      ANTHROPIC_BASE_URL: api.url,
      PATH: `${join(home, "bin")}:${place.env.PATH}`,
      COLORTERM: "truecolor",
    },
    columns: 100,
    rows: 30,
  })
  await on.waitFor(/\? for shortcuts|shift\+tab to cycle/)
  return {
    on,
    api,
    place,
    home,
    async say(line) {
      on.type(line)
      await on.waitFor(line)
      on.press("return")
    },
    async choose(question, key = "return") {
      await on.waitFor(question)
      await Bun.sleep(GUARD_MS)
      on.press(key)
    },
    everythingKept(...but) {
      const top = join(place.folder, "..")
      const ignored = new Set([...but, ...Object.keys(programs)])
      return [...contentsOf(top, ignored), ...api.requests.map((request) => JSON.stringify(request))].join(
        "\n",
      )
    },
    async close() {
      await on.close()
      await api.close()
      place[Symbol.dispose]()
    },
  }
}

function contentsOf(folder: string, ignored: ReadonlySet<string>): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (ignored.has(name)) return []
    return statSync(path).isDirectory() ? contentsOf(path, ignored) : [readFileSync(path, "latin1")]
  })
}
