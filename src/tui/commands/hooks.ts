import { sanitiseLine } from "../../lib/sanitise.ts"
import type { HookRow } from "../../model/hook.ts"
import { createPicker } from "../dialogs/picker.ts"
import { fuzzyFilter } from "../fuzzy.ts"
import type { SlashCommand } from "./command.ts"

/** Only looks: hooks are changed where they are written. */
export const hooks: SlashCommand = {
  name: "hooks",
  aliases: [],
  description: "Show the hooks of this session and where they come from",
  run({ ports, notice, open, close, changed }) {
    const rows = ports.hooks?.() ?? []
    if (rows.length === 0)
      return notice(
        "info",
        "No hooks are configured. They are written into settings files, and into the heads of skills and agents.",
      )
    const items = rows.map((row, at) => ({ label: labelOf(row), hint: hintOf(row), value: String(at) }))
    open(
      createPicker({
        title: "Hooks of this session",
        load: async (query) => fuzzyFilter(query, items, (item) => `${item.label} ${item.hint}`),
        pick(at) {
          close()
          const row = rows[Number(at)]
          if (row !== undefined) notice("info", detailsOf(row))
        },
        cancel: close,
        changed,
      }),
    )
  },
}

function labelOf({ event, matcher, text, statusMessage }: HookRow): string {
  const where = matcher === "" ? event : `${event} ${matcher}`
  return sanitiseLine(`${where} · ${statusMessage ?? text}`)
}

/** The file is told when one is picked: a path would push the hook itself off a narrow screen. */
function hintOf({ type, source, disabled }: HookRow): string {
  return sanitiseLine(`${type} · ${SOURCES[source] ?? source}${disabled === true ? " · off" : ""}`)
}

function detailsOf(row: HookRow): string {
  const lines = [
    `${row.event}${row.matcher === "" ? "" : `, for ${row.matcher}`}`,
    `  ${row.type}: ${row.text}`,
    `  from ${SOURCES[row.source] ?? row.source}: ${row.label}`,
    ...(row.if === undefined ? [] : [`  only for ${row.if}`]),
    ...(row.timeout === undefined ? [] : [`  ends after ${row.timeout} s`]),
    ...(row.background === true ? ["  in the background"] : []),
    ...(row.once === true ? ["  once"] : []),
    ...(row.disabled === true ? ["  off: the settings or the policy keep it from running"] : []),
  ]
  return lines.map((line) => line.trimEnd()).join("\n")
}

const SOURCES: Readonly<Record<string, string>> = {
  userSettings: "user settings",
  projectSettings: "project settings",
  localSettings: "local settings",
  policySettings: "managed settings",
  flagSettings: "--settings",
  sessionHook: "this session",
}
