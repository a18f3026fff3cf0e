import { describeType } from "../config/key-type.ts"
import { KEYS, type KeyInfo, keyInfo } from "../config/keys.ts"
import { choicesOf, parseValue } from "../config/parse-value.ts"
import { persistSetting } from "../config/persist.ts"
import { caveat, explainLines, showSetting } from "../config/show-settings.ts"
import type { SettingsPort } from "../tui/ports.ts"
import type { LiveSettings } from "./live-settings.ts"

/** What a person should know who set it. */
function about(key: string): string {
  const said = caveat(key)
  return said === null ? "" : `; ${said}`
}

/** With what a person should know before they set it. */
function textOf({ key, text }: KeyInfo): string {
  const about = caveat(key)
  return about === null ? text : `${text} (${about})`
}

/** `/config` over the live settings; writes go to the user's file. */
export function createSettingsPort(live: LiveSettings): SettingsPort {
  return {
    list: () =>
      KEYS.filter(({ scope }) => scope !== "managed").map((info) => {
        const { value, from } = showSetting(live.config, info.key)
        return {
          key: info.key,
          value: value === undefined ? "" : JSON.stringify(value),
          from,
          text: textOf(info),
          accepts: describeType(info.type),
          choices: choicesOf(info.type),
        }
      }),
    async set(key, typed) {
      const info = keyInfo(key)
      if (info === undefined) return { ok: false, text: `There is no setting ${key}.` }
      try {
        await persistSetting(
          key,
          typed === "" ? undefined : parseValue(info, typed),
          "user",
          live.config.files,
        )
      } catch (error) {
        return { ok: false, text: error instanceof Error ? error.message : String(error) }
      }
      live.reload()
      const shown = showSetting(live.config, key)
      const now = shown.value === undefined ? "unset" : JSON.stringify(shown.value)
      const other =
        shown.from === "default" || shown.from === "unset" || shown.from.startsWith(live.config.files.user)
      return {
        ok: true,
        text: `${key} = ${now}${other ? "" : ` (${shown.from} outranks the user settings)`}${about(key)}`,
      }
    },
    explain: (key) => explainLines(live.config, key),
    // What is wrong at the start is among the reader's first notices.
    watch: (said, changed) => live.watch(said, changed),
  }
}
