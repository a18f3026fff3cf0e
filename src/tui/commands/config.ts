import { createPicker } from "../dialogs/picker.ts"
import { createSettingEditor } from "../dialogs/setting.ts"
import { fuzzyFilter } from "../fuzzy.ts"
import type { SettingRow, SettingsPort } from "../ports.ts"
import type { CommandContext, SlashCommand } from "./command.ts"

export const config: SlashCommand = {
  name: "config",
  aliases: ["settings"],
  description: "Search and change settings",
  argumentHint: "[key] [value]",
  run(context, args) {
    const { settings } = context.ports
    if (settings === null) return context.notice("info", "The demo keeps no settings.")
    const [key = "", ...rest] = args.split(/\s+/)
    const row = settings.list().find((one) => one.key === key)
    if (key !== "" && row === undefined)
      return context.notice("error", `There is no setting ${key}; /config lists what there is.`)
    if (row !== undefined && rest.length > 0) return void save(context, settings, row, rest.join(" "))
    if (row !== undefined) return edit(context, settings, row)
    list(context, settings)
  },
}

function list(context: CommandContext, settings: SettingsPort): void {
  const { open, close, changed } = context
  const items = settings.list().map((row) => ({
    label: row.value === "" ? row.key : `${row.key} = ${row.value}`,
    hint: row.from,
    value: row,
    words: `${row.key} ${row.text}`,
  }))
  open(
    createPicker({
      title: "Settings",
      load: async (query) => fuzzyFilter(query, items, (item) => item.words),
      pick: (row) => edit(context, settings, row),
      cancel: close,
      changed,
    }),
  )
}

function edit(context: CommandContext, settings: SettingsPort, row: SettingRow): void {
  const { open, close, changed } = context
  open(
    createSettingEditor({
      row,
      explain: settings.explain(row.key),
      save(value) {
        close()
        void save(context, settings, row, value)
      },
      cancel: close,
    }),
  )
  changed()
}

async function save(
  { notice, changed }: CommandContext,
  settings: SettingsPort,
  row: SettingRow,
  value: string,
): Promise<void> {
  const { ok, text } = await settings
    .set(row.key, value)
    .catch((error: unknown) => ({ ok: false, text: error instanceof Error ? error.message : String(error) }))
  notice(ok ? "success" : "error", text)
  changed()
}
