/**
 * Trust of a folder covers the hooks that it had then: when they are others now, the terminal asks before they run.
 * What was agreed to is kept as a hash in our own folder, never in the project's.
 */
import { join } from "node:path"
import { isObject } from "../config/key-type.ts"
import { openState, trustKey } from "../config/state.ts"
import { contentHash } from "../lib/content-hash.ts"
import { patchJson } from "../lib/patch-json.ts"
import type { StartAnswer, StartQuestion } from "../tui/dialogs/start-question.ts"
import type { Prepared } from "./prepare.ts"
import { folderHooks, folderHooksText, isOfFolder } from "./session-hooks.ts"

/** Remembers the hooks of now as agreed to. */
export async function rememberHooks(prepared: Prepared): Promise<void> {
  const { cwd } = prepared
  const value = hashOf(prepared)
  await patchJson(fileOf(prepared), () => [{ path: [trustKey(cwd), cwd], value }], { mode: 0o600 })
}

/**
 * The same session, without the folder's hooks when the person does not want the changed ones. A folder that was
 * trusted before hashes were kept, or in another program, counts as agreed to as it is now.
 */
export async function confirmHooks(
  prepared: Prepared,
  ask: (question: StartQuestion) => Promise<StartAnswer>,
  lost: string[],
): Promise<Prepared> {
  const { flags, cwd, config } = prepared
  if (flags.bare === true || flags.safeMode === true) return prepared
  const known = openState({ stateFile: fileOf(prepared) }).read([trustKey(cwd)])
  const now = hashOf(prepared)
  const before = isObject(known) ? known[cwd] : undefined
  if (before === now) return prepared
  const items = itemsOf(prepared)
  const agreed = known === undefined || items.length === 0 || (await ask(question(prepared, items))) === "yes"
  if (agreed) {
    await rememberHooks(prepared).catch((error: unknown) => {
      lost.push(
        `The hooks of this folder will be asked about again: ${error instanceof Error ? error.message : String(error)}`,
      )
    })
    return prepared
  }
  const layers = config.layers.map((layer) => {
    if (!isOfFolder(layer)) return layer
    const { hooks: _, ...values } = layer.values
    return { ...layer, values }
  })
  return { ...prepared, config: { ...config, layers } }
}

function fileOf({ paths }: Prepared): string {
  return join(paths.ownDir, "hook-approvals.json")
}

function hashOf({ config }: Prepared): string {
  return contentHash(Buffer.from(folderHooksText(config)))
}

function question({ cwd }: Prepared, items: StartQuestion["groups"][number]["items"]): StartQuestion {
  return {
    title: "The hooks of this folder have changed since you trusted it. Run them?",
    subject: cwd,
    paragraphs: [
      "Hooks are programs that start by themselves, with your rights, at the events that they name.",
    ],
    groups: [{ heading: "They are now:", items }],
    yes: "Yes, run them",
    no: "No, go on without this folder's hooks (esc)",
    colour: "warning",
    first: "no",
  }
}

/** Each hook whole: the event, the matcher, the file, and what runs. */
function itemsOf(prepared: Prepared): { readonly name: string; readonly value: string }[] {
  return folderHooks(prepared.config).flatMap(({ label, hooks }) => {
    if (!isObject(hooks)) return [{ name: label, value: textOf(hooks) }]
    return Object.entries(hooks).flatMap(([event, groups]) =>
      (Array.isArray(groups) ? groups : [groups]).flatMap((group: unknown) => {
        const matcher = isObject(group) && typeof group.matcher === "string" ? ` ${group.matcher}` : ""
        const list = isObject(group) && Array.isArray(group.hooks) ? group.hooks : [group]
        return list.map((hook: unknown) => ({
          name: `${event}${matcher} (${label})`,
          value: isObject(hook) && typeof hook.command === "string" ? describe(hook) : textOf(hook),
        }))
      }),
    )
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
