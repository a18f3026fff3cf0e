/** The questions that stand before a session in the terminal: is this folder trusted, is bypass mode meant, may what came later run. */
import { type Brought, folderBrings } from "../config/folder-brings.ts"
import { persistSetting } from "../config/persist.ts"
import { recordTrust, trustKey } from "../config/state.ts"
import { AUTO_WORDS } from "../model/auto-mode.ts"
import type { StartAnswer, StartQuestion } from "../tui/dialogs/start-question.ts"
import { allFolderItems, confirmFolder, rememberFolder } from "./confirm-folder.ts"
import { confirmServers } from "./confirm-servers.ts"
import { extensionGrants } from "./extension-grants.ts"
import { type Prepared, prepare } from "./prepare.ts"
import { screenSettings } from "./screen-settings.ts"

export interface Confirmed {
  readonly prepared: Prepared
  /** What could not be remembered, for stderr at the end. */
  readonly lost: readonly string[]
}

/** What was agreed to, or null when the person leaves. Nothing of the folder counts before the first answer. */
export async function confirmStart(first: Prepared): Promise<Confirmed | null> {
  const lost: string[] = []
  let prepared = first
  if (!prepared.trusted) {
    // The yes is given to what is shown: what is written into the folder meanwhile waits.
    const items = allFolderItems(prepared)
    if ((await ask(prepared, trustQuestion(prepared))) !== "yes") return null
    await recordTrust(prepared.cwd, prepared.paths).catch((error: unknown) => {
      lost.push(`The folder is trusted for this session only: ${textOf(error)}`)
    })
    await rememberFolder(prepared, items, lost)
    prepared = prepare(prepared.flags, false, true)
  } else prepared = await confirmFolder(prepared, (question) => ask(prepared, question), lost)
  if (prepared.mode === "bypassPermissions" && !hasAcceptedBypass(prepared)) {
    if ((await ask(prepared, BYPASS)) !== "yes") return null
    const { files } = prepared.config
    await persistSetting("skipDangerousModePermissionPrompt", true, "user", files).catch((error: unknown) => {
      lost.push(`Bypass mode will be asked about again: ${textOf(error)}`)
    })
  }
  if (prepared.mode === "auto" && prepared.config.settings.skipAutoPermissionPrompt !== true) {
    if ((await ask(prepared, AUTO)) !== "yes") return null
    await persistSetting("skipAutoPermissionPrompt", true, "user", prepared.config.files).catch(
      (error: unknown) => {
        lost.push(`Auto mode will be asked about again: ${textOf(error)}`)
      },
    )
  }
  prepared = await confirmServers(prepared, (question) => ask(prepared, question), lost)
  return { prepared, lost }
}

function hasAcceptedBypass({ config, state }: Prepared): boolean {
  return (
    config.settings.skipDangerousModePermissionPrompt === true ||
    state.read(["bypassPermissionsModeAccepted"]) === true
  )
}

async function ask(prepared: Prepared, question: StartQuestion): Promise<StartAnswer> {
  const [{ openScreen }, { askAtStart }] = await Promise.all([
    import("../tui/screen/open-screen.ts"),
    import("../tui/ask-at-start.ts"),
  ])
  const leaving = new AbortController()
  const screen = await openScreen({
    ...screenSettings(prepared),
    onLeave: () => leaving.abort(),
  })
  try {
    return await askAtStart(screen, question, leaving.signal)
  } finally {
    await screen.close()
  }
}

export function trustQuestion(prepared: Prepared): StartQuestion {
  const { cwd, paths } = prepared
  const brought = folderBrings({ cwd, env: process.env, paths })
  const key = trustKey(cwd)
  const isHome = key === paths.home
  const of = (kind: Brought["kind"]) =>
    brought
      .filter((one) => one.kind === kind)
      .map(({ file, what, value }) => ({
        name: kind === "instructs" ? file : `${what} (${file})`,
        value,
      }))
  const more = (kind: Brought["kind"]) =>
    [...Map.groupBy(extensionGrants(prepared), ({ what }) => what)]
      .filter(([, [first]]) => first?.kind === kind)
      .map(([what, items]) => ({
        name: `${what} (.claude)`,
        value: items
          .map(({ value }) => (typeof value === "string" ? value : JSON.stringify(value)))
          .join(", "),
      }))
  const groups = [
    { heading: "It starts programs or changes where requests go:", items: [...of("runs"), ...more("runs")] },
    { heading: "It permits without a question:", items: [...of("grants"), ...more("grants")] },
    { heading: "It gives the model instructions:", items: of("instructs") },
  ].filter(({ items }) => items.length > 0)
  return {
    title: "Do you trust the files in this folder?",
    subject: key === cwd ? cwd : `${cwd} (in ${key})`,
    paragraphs: [
      "ccts reads files here and, with your permission, changes them and runs commands. Once the folder is trusted, its own settings count: what they start runs without a question. Trust it only when you know who wrote it.",
      groups.length === 0
        ? "This folder brings no settings, hooks or servers of its own."
        : "This folder brings:",
      ...(isHome ? ["This is your home folder: it is trusted for this session only."] : []),
    ],
    groups,
    yes: "Yes, I trust this folder",
    no: "No, leave (esc)",
    colour: "warning",
    first: "yes",
  }
}

const BYPASS: StartQuestion = {
  title: "Run without asking for permission?",
  paragraphs: [
    "In bypass mode ccts runs commands and changes files without asking. What the model reads on the way (a web page, a file, a tool's answer) can make it do harm. Use it only in a container or a virtual machine that holds nothing you would miss and cannot reach what you would not show.",
    "Deny rules still hold, ask rules still ask, and removing your home or the system still asks.",
  ],
  groups: [],
  yes: "Yes, I accept that",
  no: "No, leave (esc)",
  colour: "bypass",
  first: "no",
}

const AUTO: StartQuestion = {
  title: "Let a model decide what runs without asking you?",
  paragraphs: AUTO_WORDS,
  groups: [],
  yes: "Yes, use auto mode",
  no: "No, leave (esc)",
  colour: "warning",
  first: "no",
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
