import { createPicker, type PickerItem } from "../dialogs/picker.ts"
import { plural } from "../format.ts"
import { fuzzyFilter } from "../fuzzy.ts"
import type { CommandContext, SlashCommand } from "./command.ts"

type Prompt = ReturnType<CommandContext["prompts"]>[number]
type What = "both" | "conversation" | "code" | "nothing"

export const rewind: SlashCommand = {
  name: "rewind",
  aliases: ["checkpoint", "undo"],
  description: "Go back to before an earlier prompt: the conversation, the files, or both",
  run(context) {
    const { open, close, changed, notice, state } = context
    // What runs could still write behind what is brought back.
    if (state.turn !== null) return notice("info", "A turn is running; interrupt it with esc, then go back.")
    const prompts = context.prompts().map((prompt) => ({
      label: prompt.text.split("\n")[0] ?? "",
      hint: "",
      value: prompt,
    }))
    if (prompts.length === 0) return notice("info", "There is no prompt to go back to yet.")
    open(
      createPicker({
        title: "Go back to before which prompt?",
        load: async (query) => fuzzyFilter(query, prompts, (item) => item.label),
        pick: (prompt) => chooseWhat(context, prompt),
        cancel: close,
        changed,
      }),
    )
  },
}

function chooseWhat(context: CommandContext, prompt: Prompt) {
  const { open, close, changed, ports } = context
  open(
    createPicker<What>({
      title: "What should be as it was before that prompt?",
      async load(query) {
        const files = (await ports.checkpoints?.preview(prompt.uuid)) ?? null
        const conversation = {
          label: "Only the conversation",
          hint: "files stay",
          value: "conversation",
        } as const
        const never = { label: "Nothing", hint: "", value: "nothing" } as const
        const all: readonly PickerItem<What>[] =
          files === null || files.changed.length === 0
            ? [
                { ...conversation, label: "The conversation", hint: "no file was changed by a tool since" },
                never,
              ]
            : [
                { label: "The conversation and the files", hint: sizeOf(files), value: "both" },
                conversation,
                { label: "Only the files", hint: sizeOf(files), value: "code" },
                never,
              ]
        return fuzzyFilter(query, all, (item) => item.label)
      },
      pick(what) {
        close()
        if (what !== "nothing") void goBack(context, prompt, what)
      },
      cancel: close,
      changed,
    }),
  )
}

async function goBack(
  context: CommandContext,
  prompt: Prompt,
  what: Exclude<What, "nothing">,
): Promise<void> {
  const { ports, notice, changed, draft } = context
  let said = () => {}
  try {
    if (what !== "conversation" && ports.checkpoints !== undefined) {
      const { changed: files } = await ports.checkpoints.restore(prompt.uuid)
      said = () => notice("success", `Brought back: ${files.join(", ")}`)
    }
    if (what === "code") said()
    else {
      context.rewind(prompt.uuid, said)
      draft(prompt.text)
    }
  } catch (error) {
    notice("error", error instanceof Error ? error.message : String(error))
  }
  changed()
}

function sizeOf(files: {
  readonly changed: readonly string[]
  readonly insertions: number
  readonly deletions: number
}) {
  return `${plural(files.changed.length, "file")}, +${files.insertions} −${files.deletions}`
}
