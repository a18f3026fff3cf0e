import type { SlashCommand } from "./command.ts"

export const copy: SlashCommand = {
  name: "copy",
  aliases: [],
  description: "Copy the last reply as it was written",
  run({ lastReply, screen, notice }) {
    const text = lastReply()
    if (text === "") return notice("info", "There is no reply to copy yet.")
    if (screen.copy(text)) return notice("success", `Copied ${text.length} characters to the clipboard.`)
    notice("error", "This terminal does not let programs write to the clipboard; select the text instead.")
  },
}
