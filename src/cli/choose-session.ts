import { dirname } from "node:path"
import { projectDirs } from "../config/paths.ts"
import type { LoadedSession } from "../engine/options.ts"
import {
  findSession,
  isSessionId,
  latestSession,
  type SessionPlaces,
  sessionsTitled,
} from "../sessions/list.ts"
import { readTail } from "../sessions/read-tail.ts"
import type { SideState } from "../sessions/side.ts"
import type { Prepared } from "./prepare.ts"
import { StartError } from "./start-error.ts"

/** A session that was found on disk, with what its log needs to go on. */
export interface FoundSession extends LoadedSession {
  /** Folder of the `.jsonl`; a session of another project stays where it lies. */
  readonly dir: string
  readonly side: SideState
}

export type SessionChoice =
  | { readonly kind: "new"; readonly id: string }
  | { readonly kind: "old"; readonly session: FoundSession }
  /** `--resume` without a value: the terminal shows its picker. */
  | { readonly kind: "pick"; readonly id: string }

export function sessionPlaces({ paths, cwd }: Pick<Prepared, "paths" | "cwd">): SessionPlaces {
  return { project: projectDirs(paths, cwd), all: paths.projectsDir }
}

/** What `--continue`, `--resume`, `--fork-session` and `--session-id` ask for. */
export async function chooseSession(prepared: Prepared): Promise<SessionChoice> {
  const { flags } = prepared
  const id = flags.sessionId ?? crypto.randomUUID()
  if (!isSessionId(id)) throw new StartError(`--session-id: ${id} is not a UUID.`)
  if (flags.resume === true && !prepared.headless) return { kind: "pick", id }
  const file = await chosenFile(prepared)
  if (file === null) return { kind: "new", id }
  if (flags.forkSession !== true) return { kind: "old", session: await loadUpTo(file, flags) }
  const { forkSession } = await import("../sessions/fork.ts")
  const fork = await forkSession(file, {
    ...(flags.sessionId === undefined ? {} : { id }),
    ...(flags.resumeSessionAt === undefined ? {} : { upTo: flags.resumeSessionAt }),
  }).catch((error: unknown) => {
    throw new StartError(`--fork-session: ${error instanceof Error ? error.message : String(error)}`)
  })
  return { kind: "old", session: await loadSession(fork.file) }
}

/** `--resume-session-at`: up to this message; `--resume-drops-turn`: up to before this one. */
async function loadUpTo(
  file: string,
  { resumeSessionAt: at, resumeDropsTurn: dropped }: Prepared["flags"],
): Promise<FoundSession> {
  const session = await loadSession(file, at)
  if (at !== undefined && session.leaf !== at)
    throw new StartError(`--resume-session-at: the conversation has no message ${at}.`)
  if (dropped === undefined) return session
  const index = session.lines.findIndex((line) => line.uuid === dropped)
  const line = session.lines[index]
  if (line === undefined)
    throw new StartError(`--resume-drops-turn: the conversation has no message ${dropped}.`)
  const leaf = typeof line.parentUuid === "string" ? line.parentUuid : null
  return { ...session, lines: session.lines.slice(0, index), leaf }
}

async function chosenFile(prepared: Prepared): Promise<string | null> {
  const { flags } = prepared
  const places = sessionPlaces(prepared)
  if (flags.continue === true) {
    const latest = await latestSession(places)
    if (latest === null && prepared.headless) throw new StartError("No conversation found to continue")
    return latest?.file ?? null
  }
  if (flags.resume === undefined) return null
  if (flags.resume === true) throw new StartError("--resume needs a session id here: ccts -p --resume <id>")
  const file =
    (await findSession(flags.resume, places)) ?? (await sessionsTitled(flags.resume, places))[0]?.file
  if (file === undefined) throw new StartError(`No conversation found with session ID: ${flags.resume}`)
  return file
}

/** Throws `StartError` when the file cannot be read. */
export async function loadSession(file: string, leaf?: string): Promise<FoundSession> {
  try {
    const tail = await readTail(file, leaf === undefined ? {} : { leaf })
    const id = file.replace(/^.*[\\/]/, "").replace(/\.jsonl$/, "")
    return { id, lines: tail.lines, leaf: tail.leaf, dir: dirname(file), side: tail.side }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new StartError(`The conversation ${file} cannot be read: ${why}`)
  }
}
