/**
 * Trust of a folder covers what its files started and permitted then: what came or changed since is asked about in the
 * terminal before it counts. Nothing is asked about what is gone.
 */
import { folderItems, openFolderApprovals, rememberItems } from "../config/folder-approvals.ts"
import type { GatedItem } from "../config/gated-items.ts"
import { isObject } from "../config/key-type.ts"
import type { StartAnswer, StartQuestion } from "../tui/dialogs/start-question.ts"
import { extensionGrants } from "./extension-grants.ts"
import { type Prepared, prepare, readConfig } from "./prepare.ts"

/** Every item of the folder's files, agreed to or not. */
export function allFolderItems(prepared: Prepared): readonly GatedItem[] {
  return [
    ...folderItems(readConfig({ ...prepared, trusted: true, unagreed: true })),
    ...extensionGrants(prepared),
  ]
}

/**
 * The same session, with what changed in its folder when the person wants it. A folder that was trusted before items
 * were kept, or in another program, counts as agreed to as it is now, and that is remembered.
 */
export async function confirmFolder(
  prepared: Prepared,
  ask: (question: StartQuestion) => Promise<StartAnswer>,
  lost: string[],
): Promise<Prepared> {
  const { flags, cwd, paths, config } = prepared
  if (flags.bare === true || flags.safeMode === true) return prepared
  const approvals = openFolderApprovals(cwd, paths, config.files.local)
  const items = allFolderItems(prepared)
  const waiting = items.filter((item) => !approvals.agreed(item))
  if (waiting.length === 0) {
    if (!approvals.known) await rememberFolder(prepared, items, lost)
    return prepared
  }
  if ((await ask(question(cwd, waiting))) !== "yes") return prepared
  await rememberFolder(prepared, items, lost)
  return prepare(flags, prepared.headless, true)
}

/** Remembers a trusted folder as it is at first sight, where nobody is asked. A read-only home only means: another time. */
export async function noteFolder(prepared: Prepared): Promise<void> {
  const { cwd, paths, config, trusted } = prepared
  if (!trusted || openFolderApprovals(cwd, paths, config.files.local).known) return
  const items = allFolderItems(prepared)
  if (items.length > 0) await rememberItems(cwd, paths, items).catch(() => {})
}

/** Remembers that this is what the person has seen and wants. */
export async function rememberFolder(
  { cwd, paths }: Prepared,
  items: readonly GatedItem[],
  lost: string[],
): Promise<void> {
  await rememberItems(cwd, paths, items).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    lost.push(`What this folder brings will be asked about again: ${why}`)
  })
}

function question(subject: string, items: readonly GatedItem[]): StartQuestion {
  const of = (kind: GatedItem["kind"]) => items.filter((item) => item.kind === kind).flatMap(rowsOf)
  return {
    title: "This folder has changed since you trusted it. Use what is new?",
    subject,
    paragraphs: [
      "Its files now ask for more than what you agreed to. What they start runs with your rights.",
    ],
    groups: [
      { heading: "It starts programs or changes where requests go:", items: of("runs") },
      { heading: "It permits without a question:", items: of("grants") },
    ].filter((group) => group.items.length > 0),
    yes: "Yes, use it",
    no: "No, go on without what is new (esc)",
    colour: "warning",
    first: "no",
  }
}

/** Each item whole: of hooks the event, the matcher, the file, and what runs. */
function rowsOf({
  what,
  source,
  value,
}: GatedItem): readonly { readonly name: string; readonly value: string }[] {
  const settings = source === "projectSettings" ? ".claude/settings.json" : ".claude/settings.local.json"
  const file = what.includes(" of ") ? ".claude" : settings
  if (!what.startsWith("hooks.")) return [{ name: `${what} (${file})`, value: textOf(value) }]
  return (Array.isArray(value) ? value : [value]).flatMap((group: unknown) => {
    const matcher = isObject(group) && typeof group.matcher === "string" ? ` ${group.matcher}` : ""
    const list = isObject(group) && Array.isArray(group.hooks) ? group.hooks : [group]
    return list.map((hook: unknown) => ({
      name: `${what}${matcher} (${file})`,
      value: isObject(hook) && typeof hook.command === "string" ? describe(hook) : textOf(hook),
    }))
  })
}

/** The command, and whatever else the entry says. */
function describe(hook: Readonly<Record<string, unknown>>): string {
  const { type: _, command, ...more } = hook
  return Object.keys(more).length === 0 ? String(command) : `${String(command)}  ${JSON.stringify(more)}`
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "")
}
